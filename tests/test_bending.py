"""What a listener wrote, bent to fit the sentence it is woven into."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from written import script

from generator.errors import DetailError
from generator.personalise import (
    FILTERS,
    again,
    agrees,
    article,
    checked,
    noun,
    possessive,
    rung,
    their,
    them,
    they,
    words,
    yours,
)

SCRIPT = script("")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("my old dog Biscuit", "your old dog Biscuit"),
        ("My grandmother Rose", "Your grandmother Rose"),
        ("I can't ever rest", "you can't ever rest"),
        ("it is my fault when I'm late", "it is your fault when you're late"),
        ("I’ve lost what I’ll need and I'd want", "you’ve lost what you’ll need and you'd want"),
        ("the day I was born", "the day you were born"),
        ("I wasn't ready and I am not", "you weren't ready and you are not"),
        ("who am I", "who are you"),
        ("what was I thinking", "what were you thinking"),
        ("a friend of mine", "a friend of yours"),
        ("the old mine", "the old mine"),
        ("talking to myself", "talking to yourself"),
        ("someone who likes me", "someone who likes you"),
        ("Me and my twins", "You and your twins"),
        ("Amy, Mimi and the army", "Amy, Mimi and the army"),
        ("the sound of rain on my tent", "the sound of rain on your tent"),
        ("Dr. Müller", "Dr. Müller"),
        ("the dog I am walking", "the dog you are walking"),
        ("where I always was happy", "where you always were happy"),
        ("I never really was", "you never really were"),
        ("the lake where I grew up and was happy", "the lake where you grew up and were happy"),
        ("the man I was and am", "the man you were and are"),
        ("where I was and my dog was", "where you were and your dog was"),
        ("the dog I had was old", "the dog you had was old"),
        ("I loved a dog that was old and was tired", "you loved a dog that was old and was tired"),
        ("I knew she was near", "you knew she was near"),
        ("I, who am shy", "you, who are shy"),
        ("me, who was always late", "you, who were always late"),
        ("someone I'm fond of", "someone you're fond of"),
        ("am I", "are you"),
        ("why was I so late", "why were you so late"),
        ("wasn’t I ready", "weren’t you ready"),
        ("it was I", "it was you"),
        ("i am, i'm, i’ve", "you are, you're, you’ve"),
        ("MY DOG AND I", "YOUR DOG AND YOU"),
        ("I AM, AND I WAS", "YOU ARE, AND YOU WERE"),
        ("IM TIRED", "YOU'RE TIRED"),
        ("im not good enough", "you're not good enough"),
        ("Im a bad mother", "you're a bad mother"),
        ("ive always failed", "you've always failed"),
        ("I´m tired and I`ve failed", "you're tired and you've failed"),
        ("das Haus im Wald", "das Haus im Wald"),
        ("Oh my God", "Oh my God"),
        ("oh my", "oh my"),
        ("My goodness, my dog", "My goodness, your dog"),
        ("to find my goodness", "to find your goodness"),
        ("my God who comforts me", "your God who comforts you"),
        ("Excuse me, said my dog", "Excuse me, said your dog"),
        ("people who excuse me", "people who excuse you"),
        ("me mum and me dad", "your mum and your dad"),
        ("me, mum and dad", "you, mum and dad"),
        ("Elizabeth I", "Elizabeth I"),
        ("Henry I of England", "Henry I of England"),
        ("King Charles I, and my dog", "King Charles I, and your dog"),
        ("the dog Charles I had", "the dog Charles you had"),
        ("the best part I remember", "the best part you remember"),
        ("the war I fought in", "the war you fought in"),
        ("my dad. I was his favourite.", "your dad. You were his favourite."),
        ("my dad… I miss him", "your dad… You miss him"),
        ("my father's mine", "your father's mine"),
        ("the dog's mine", "the dog's yours"),
        ("I’M HERE", "YOU’RE HERE"),
        ("me and my dog", "you and your dog"),
        ("mine", "yours"),
        ("that's mine, all mine", "that's yours, all yours"),
        ("the love that's mine", "the love that's yours"),
        ("an old coal mine", "an old coal mine"),
        ("our old house", "your old house"),
        ("where we were, just us", "where you were, just you"),
        ("we're ourselves there", "you're yourselves there"),
        ("a house of ours in the US", "a house of yours in the US"),
        ("Ours and Us", "Yours and You"),
        ("the bus at 10 am, when I wake", "the bus at 10 am, when you wake"),
        ("I wake at six am", "you wake at six am"),
        ("at 10 a.m. I rest", "at 10 a.m. you rest"),
        ("das Haus am See", "das Haus am See"),
        ("stories of World War I", "stories of World War I"),
        ("A.I. and i.e. and I-beams", "A.I. and i.e. and I-beams"),
    ],
)
def test_a_listener_s_words_are_said_to_the_listener(told: str, said: str) -> None:
    assert yours(told) == said


FIRST = frozenset(
    re.split(" ", "i me my myself we us our ours ourselves am i'm i've i'd i'll we're we've")
)
WORDS = st.sampled_from(
    re.split(
        "_",
        "I_i_me_my_My_myself_we_us_our_ours_ourselves_was_wasn't_I'm_I’ve_I'd_I'll_we're_and_or_who"
        "_always_never_the_dog_she_happy_near_lake_Sam_really_is_were_that_,_._Why?_I am_am I"
        "_I never really am_a friend of mine_that's mine",
    )
)


def tokens(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower().replace("’", "'"))


@given(st.lists(WORDS, max_size=12).map(" ".join))
@example("that am I")
@settings(max_examples=300)
def test_no_word_of_the_first_person_is_left_and_none_comes_back(text: str) -> None:
    bent = yours(text)
    assert not set(tokens(bent)) & {*FIRST, "mine"}
    assert yours(bent) == bent
    assert len(tokens(bent)) == len(tokens(text))


@given(st.text(max_size=60))
def test_a_text_without_the_first_person_is_left_as_it_is(text: str) -> None:
    first = FIRST | {"mine", "ourself", "was", "wasn"}
    assume(not {each.split("'")[0] for each in tokens(text)} & first)
    assert yours(text) == text


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("my old dog Biscuit", "your old dog Biscuit"),
        ("I can't ever rest", "the thought that you can't ever rest"),
        ("I love my cat.", "the thought that you love your cat"),
        ("im not good enough", "the thought that you're not good enough"),
        ("She makes me laugh", "the thought that she makes you laugh"),
        ("we're by the sea", "the thought that you're by the sea"),
        ("it is my fault when they shout", "the thought that it is your fault when they shout"),
        ("there's a lake I know", "the thought that there's a lake you know"),
        ("nobody can find me there", "the thought that nobody can find you there"),
        ("me and my twins", "you and your twins"),
        ("we two", "you two"),
        ("I", "you"),
        ("me when I was seven", "you when you were seven"),
        ("everyone at my table", "everyone at your table"),
        ("that old song", "that old song"),
        ("I AM AT SEA!", "the thought that YOU ARE AT SEA"),
        ("It", "It"),
        ("he who laughs", "he who laughs"),
        ("To sleep in my own bed", "the wish to sleep in your own bed"),
        ("to the lake with my twins", "to the lake with your twins"),
        ("when I am by the lake", "when you are by the lake"),
        ("im Garten", "im Garten"),
        ("Dr. Müller", "Dr. Müller"),
        ("Iris", "Iris"),
        ("a she-wolf", "a she-wolf"),
        ("the sound of rain on my tent", "the sound of rain on your tent"),
    ],
)
def test_a_sentence_and_a_hope_become_something_to_speak_of(told: str, said: str) -> None:
    assert noun(told) == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("an old oak", "the old oak"),
        ("A friend of mine", "the friend of yours"),
        ("a bit of sun", "a bit of sun"),
        ("a", "a"),
        ("my old dog", "your old dog"),
        ("Anna", "Anna"),
        ("I can't ever rest", "that thought"),
        ("to sleep", "that wish"),
    ],
)
def test_what_was_named_once_is_known_the_second_time(told: str, said: str) -> None:
    assert again(told) == said


@given(st.text(max_size=130))
def test_any_text_can_be_said_to_the_listener(text: str) -> None:
    assert yours(yours(text)) == yours(text)


@pytest.mark.parametrize(
    ("bend", "arguments", "said"),
    [
        (possessive, ("Biscuit",), "Biscuit's"),
        (possessive, ("James",), "James's"),
        (possessive, ("my twins",), "my twins'"),
        (possessive, ("the Millers",), "the Millers'"),
        (possessive, ("my boss",), "my boss's"),
        (possessive, ("the old bus",), "the old bus's"),
        (possessive, ("my children",), "my children's"),
        (article, ("old dog",), "an old dog"),
        (article, ("hour",), "an hour"),
        (article, ("8",), "an 8"),
        (article, ("11 o'clock sun",), "an 11 o'clock sun"),
        (article, ("18",), "an 18"),
        (article, ("800 km walk",), "an 800 km walk"),
        (article, ("11,000",), "an 11,000"),
        (article, ("1",), "a 1"),
        (article, ("180",), "a 180"),
        (article, ("éclair",), "an éclair"),
        (article, ("an apple",), "an apple"),
        (article, ("",), ""),
        (article, ("…",), "…"),
        (article, ("university",), "a university"),
        (article, ("lake",), "a lake"),
        (words, (7,), "seven"),
        (words, ("17",), "seventeen"),
        (words, (41,), "forty-one"),
        (rung, (41, 1, 7), "0"),
        (rung, (41, 4, 7), "10"),
        (rung, ("41", 7, 7), "41"),
        (they, ("she",), "she"),
        (they, ("they",), "they"),
        (them, ("she",), "her"),
        (them, ("he",), "him"),
        (them, ("it",), "it"),
        (them, ("they",), "them"),
        (their, ("she",), "her"),
        (their, ("he",), "his"),
        (their, ("it",), "its"),
        (their, ("they",), "their"),
        (agrees, ("she", "does", "do"), "does"),
        (agrees, ("it", "does", "do"), "does"),
        (agrees, ("they", "does", "do"), "do"),
    ],
)
def test_words_bend_to_fit_the_sentence(bend, arguments: tuple[object, ...], said: str) -> None:
    assert bend(*arguments) == said
    assert FILTERS[bend.__name__] is bend


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40))
@settings(max_examples=60)
def test_whatever_passes_the_check_can_be_bent(value: str) -> None:
    try:
        text = checked(SCRIPT.fields[0], value)
    except DetailError:
        assume(False)
    for bend in (yours, noun, again, possessive, article):
        assert bend(str(text)).strip()


@pytest.mark.parametrize("of", range(2, 10))
@pytest.mark.parametrize("age", range(18, 111))
def test_a_ladder_leads_from_birth_to_today_in_widening_steps(age: int, of: int) -> None:
    ages = [int(rung(age, number, of)) for number in range(1, of + 1)]
    steps = [after - before for before, after in pairwise(ages)]
    assert (ages[0], ages[-1]) == (0, age)
    assert steps == sorted(steps)
    assert steps[0] >= 1


@pytest.mark.parametrize(("number", "of"), [(0, 7), (8, 7), (1, 1), (1, 10)])
def test_there_is_no_rung_beside_the_ladder(number: int, of: int) -> None:
    with pytest.raises(ValueError, match="2 to 9 rungs"):
        rung(41, number, of)
