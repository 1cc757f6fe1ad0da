"""Long sentences in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.speech.text import pieces

WORDS = st.lists(
    st.text("abcdefghé'", min_size=1, max_size=12).filter(lambda word: word.strip("'"))
    | st.sampled_from(["and", "so,", "rest;", "which"]),
    min_size=1,
    max_size=60,
).map(" ".join)


def test_a_short_text_stays_whole():
    assert list(pieces("Breathe in; and out.", 20)) == ["Breathe in; and out."]


@given(text=WORDS, most=st.integers(20, 120))
def test_no_word_is_lost_and_no_piece_is_too_long(text, most):
    parts = list(pieces(text, most))
    assert " ".join(parts) == text
    assert all(0 < len(each) <= most for each in parts)


@given(text=st.text(min_size=1, max_size=300), most=st.integers(2, 40))
def test_whatever_the_text_the_pieces_fit_and_come_to_an_end(text, most):
    parts = list(pieces(text, most))
    assert all(len(each) <= most for each in parts)
    said = [each for each in "".join(parts) if each.isalnum()]
    assert said == [each for each in text if each.isalnum()]


def test_a_semicolon_goes_before_a_comma_before_a_word_of_joining():
    whole = "be soft and be slow, be warm and be still; be here and be now, be well"
    before, *_after = pieces(whole, 45)
    assert before.endswith(";")
    before, *_after = pieces(whole.replace(";", ""), 45)
    assert before.endswith(",")
    _before, after, *_rest = pieces(whole.replace(";", "").replace(",", ""), 45)
    assert after.startswith("and")


def test_the_break_nearest_the_middle_wins():
    assert list(pieces("one, two, three, four, five, six", 20)) == [
        "one, two, three,",
        "four, five, six",
    ]


def test_a_break_that_would_leave_a_crumb_is_passed_over():
    text = "So, let all of the weight that you carry sink into the ground below"
    before, *_after = pieces(text, 50)
    assert len(before) > 15


def test_a_dash_becomes_the_break():
    assert list(pieces("all that you hold – all that you are", 20)) == [
        "all that you hold",
        "all that you are",
    ]


def test_a_word_longer_than_a_piece_is_cut():
    assert [len(each) for each in pieces("a" * 25, 10)] == [10, 7, 8]
