"""Scripts as files: found, read, and refused with the place of what is wrong."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from generator import personalise
from generator.cli import options
from generator.errors import ScriptError, UsageError
from generator.script import available, files, glance, load, survey
from generator.script.names import RESERVED

FRONT = """title = "A Small Script"
summary = "For a test."
kind = "practice"
language = "en"
sources = ["Somebody"]
lengths = ["8m", "25m"]
switches = ["gentle", "check_in"]
bed = "brown"

[fields.age]
ask = "At what age?"
example = "7"
kind = "whole"
least = 3
most = 17

[fields.pronoun]
ask = "Which word?"
kind = "choice"
choices = ["he", "they"]
default = "they"

[lists]
rungs = [3, 6, 9]
wishes = ["be safe", "be well"]
"""
BODY = "Sit down.\n"
USING = 'Sit down. {{ part("opening") }}\n'


def put(folder: Path, slug: str = "small", front: str = FRONT, body: str = BODY) -> Path:
    path = folder / f"{slug}.j2"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"+++\n{front}+++\n{body}", "utf-8")
    return path


def refusal(folder: Path, slug: str = "small") -> str:
    with pytest.raises(ScriptError) as caught:
        load(slug, [folder])
    return str(caught.value)


def test_the_front_matter_becomes_the_script(tmp_path: Path) -> None:
    path = put(tmp_path, body=USING)
    put(tmp_path, "parts/opening", body="Hello.\n")
    put(tmp_path, "parts/closing", body="Goodbye.\n")
    script = load("small", [tmp_path])
    assert (script.slug, script.title, script.kind) == ("small", "A Small Script", "practice")
    assert (script.least_s, script.most_s) == (480, 1500)
    assert (script.switches, script.bed) == (("gentle", "check_in"), "brown")
    assert script.lists == {"rungs": (3, 6, 9), "wishes": ("be safe", "be well")}
    age, pronoun = script.fields
    assert (age.kind, age.least, age.most, age.example) == ("whole", 3, 17, "7")
    assert (pronoun.choices, pronoun.default) == (("he", "they"), "they")
    assert script.find("pronoun") is pronoun
    assert script.body == USING
    lines = path.read_text().splitlines()
    assert lines[script.body_line - 1] == USING.strip()
    assert set(script.parts) == {"opening"}, "a part nobody names does not belong to the script"


def test_line_ends_and_a_byte_order_mark_of_another_system_are_read(tmp_path: Path) -> None:
    path = put(tmp_path, body="One.\n\nTwo.\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load("small", [tmp_path]).body == "One.\n\nTwo.\n"


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('title = "A Small Script"', "", "'title' must be text"),
        ('title = "A Small Script"', 'title = " "', "'title' must be text"),
        ('title = "A Small Script"', "title = 3", "'title' must be text"),
        ("summary", "sumary", "unknown key 'sumary'. Did you mean 'summary'?"),
        ('"practice"', '"exercise"', "'kind' must be one of practice, talk"),
        (
            'bed = "brown"',
            'not_for = ["sleeep"]',
            "there is no profile 'sleeep'. Did you mean 'sleep'?",
        ),
        ('bed = "brown"', 'not_for = "sleep"', "'not_for' must be a list of texts"),
        ('["8m", "25m"]', '["8m"]', "'lengths' must be the least and the most"),
        ('["8m", "25m"]', '["8m", "25 m"]', "'lengths' must be the least and the most"),
        ('["8m", "25m"]', '["25m", "8m"]', "'lengths' must rise"),
        ('["8m", "25m"]', '["0m", "8m"]', "'lengths' must be the least"),
        ('["Somebody"]', '"Somebody"', "'sources' must be a list of texts"),
        ('["gentle", "check_in"]', "[1]", "'switches' must be a list of texts"),
        ('["gentle", "check_in"]', '["check-in"]', "'check-in' is not a name"),
        ('["gentle", "check_in"]', '["gentle", "gentle"]', "'gentle' has a meaning already"),
        ('["gentle", "check_in"]', '["age"]', "'age' has a meaning already"),
        ('["gentle", "check_in"]', '["pause"]', "'pause' has a meaning already"),
        ("[fields.age]", "[fields.bell]", "'bell' has a meaning already"),
        ("[fields.age]", "[fields.length_minutes]", "'length_minutes' has a meaning already"),
        ("[fields.age]", "[fields.rungs]", "'rungs' has a meaning already"),
        ("[fields.age]", "[fields.for]", "'for' has a meaning already"),
        ("[fields.age]", "[fields.json]", "'json' has a meaning already"),
        ("[fields.age]", "[fields.with_text]", "'with_text' has a meaning already"),
        ("[fields.age]", "[fields.loop]", "'loop' has a meaning already"),
        ("[fields.age]", "[fields.no_gentle]", "'no_gentle' has a meaning already"),
        ('["gentle", "check_in"]', '["input"]', "'no_input' has a meaning already"),
        ("rungs = [3, 6, 9]", "self = [3, 6, 9]", "'self' has a meaning already"),
        ("[fields.age]", "[fields.Age]", "'fields.Age' is not a name"),
        ("[fields.age]", '[fields."a b"]', "'fields.a b' is not a name"),
        ('ask = "At what age?"', "", "'ask' must be text"),
        ('kind = "whole"', 'kind = "number"', "'kind' must be one of text, whole, choice"),
        ("least = 3", "least = 17", "a whole number needs 'least' and 'most'"),
        ("least = 3", "least = true", "'least' must be a whole number"),
        ("most = 17", "most = 17\ndefault = 2", "'default' must be an answer the field allows"),
        ("most = 17", 'most = 17\ndefault = "7"', "'default' must be an answer the field allows"),
        ("most = 17", "most = 17\nsize = 3", "unknown key 'size'"),
        ('default = "they"', 'default = "it"', "'default' must be an answer the field allows"),
        ('choices = ["he", "they"]', "", "a choice needs 'choices'"),
        ("[3, 6, 9]", "[3, 6.5]", "'lists.rungs' must be a list of texts or whole numbers"),
        ("[3, 6, 9]", "[3, true]", "'lists.rungs' must be a list of texts or whole numbers"),
        ("[3, 6, 9]", str(list(range(61))), "'lists.rungs' has more than 60 items"),
        ("[lists]\n", "[[lists]]\n", "'lists' must be a table"),
        ('"brown"', '"rane"', "there is no bed 'rane'. Did you mean 'rain'?"),
        ('"brown"', '"recording"', "there is no bed 'recording'"),
        ('"A Small Script"', '"…"', "'title' must have a letter or a digit in it"),
        ('"A Small Script"', '"\\u200b"', "a text is too long or has a control"),
        ('["he", "they"]', '["he", ""]', "a text in 'choices' is empty"),
        ('["he", "they"]', '["he", "He "]', "'choices' has the same choice twice"),
        ('["he", "they"]', '["he", "a\\tb"]', "a text in 'choices' has a character that"),
        ('["he", "they"]', '["he", "?!"]', "a text in 'choices' has nothing that can be spoken"),
        ('["he", "they"]', '["' + "x" * 121 + '"]', "a text in 'choices' has 121 characters"),
        ('["be safe", "be well"]', '["", " "]', "a text in 'lists.wishes' is empty"),
        ('["be safe", "be well"]', '["…"]', "a text in 'lists.wishes' has nothing that can be"),
        ('["be safe", "be well"]', '["[[h@loU]]"]', "a text in 'lists.wishes' has brackets"),
        ('"en"', '"English"', "'language' must be a BCP 47 tag. As in en, en-US or pt-BR."),
        ("A Small Script", "x" * 301, "'title' has more than 300 characters"),
        ("For a test.", "x" * 1_001, "a text is too long"),
        ("At what age?", "x" * 301, "'ask' has more than 300 characters"),
        (
            '["he", "they"]',
            '["he", "they\\nx"]',
            "'choices' has a text over 300 characters or one line",
        ),
        ("[3, 6, 9]", "[3, 1000001]", "'lists.rungs' goes beyond 1,000,000"),
        ("least = 3", "least = -1000001", "'least' goes beyond 1,000,000"),
        (
            "A Small Script",
            "A\\u001b[2J",
            "a text is too long or has a control or private character",
        ),
    ],
)
def test_what_is_wrong_in_the_front_matter_is_named(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    assert FRONT.count(before) == 1
    path = put(tmp_path, front=FRONT.replace(before, after))
    message = refusal(tmp_path)
    assert message.startswith(str(path))
    assert f"front matter: {complaint}" in message


TEXT_FIELD = """
[fields.name]
ask = "What would you like to be called?"
"""


@pytest.mark.parametrize(
    ("default", "complaint"),
    [
        ('"a\\n\\nb [[h@loU]] <speak>"', "a text in 'default' has more than one line"),
        ('"[[h@loU]]"', "a text in 'default' has brackets or markup"),
        ('"<speak>"', "a text in 'default' has brackets or markup"),
        ('"?!"', "a text in 'default' has nothing that can be spoken"),
        ('""', "a text in 'default' is empty"),
        ('"' + "x" * 121 + '"', "a text in 'default' has 121 characters"),
        ("7", "'default' must be an answer the field allows"),
    ],
)
def test_a_default_meets_what_an_answer_meets(tmp_path: Path, default: str, complaint: str) -> None:
    """Seen: a default brought a second paragraph and marks of a voice's own along."""
    path = put(tmp_path, front=f"{FRONT}{TEXT_FIELD}default = {default}\n")
    line = path.read_text("utf-8").splitlines().index(f"default = {default}") + 1
    assert refusal(tmp_path).startswith(f"{path}:{line} [fields.name]: front matter: {complaint}")


def test_defaults_choices_and_turns_are_tidied_as_answers_are(tmp_path: Path) -> None:
    """Seen: a choice nobody could ever choose, because answers are composed and trimmed."""
    front = FRONT.replace('["he", "they"]', '["Cafe\u0301", "they ", "c  d"]')
    front = front.replace('"be safe"', '" be\u00ad safe"')
    put(tmp_path, front=f'{front}{TEXT_FIELD}default = " the\u00a0one "\n')
    script = load("small", [tmp_path])
    _age, pronoun, name = script.fields
    assert (pronoun.choices, name.default) == (("Café", "they", "c d"), "the one")
    assert script.lists["wishes"] == ("be safe", "be well")
    for each in pronoun.choices:
        assert personalise.checked(pronoun, each) == each


@pytest.mark.parametrize(
    ("front", "line"),
    [
        (FRONT.replace('"brown"', '"rane"'), 'bed = "rane"'),
        (FRONT.replace('"brown"', '"\\u200b"'), 'bed = "\\u200b"'),
        (FRONT.replace('"8m"', '"8"'), 'lengths = ["8", "25m"]'),
        (FRONT.replace("[fields.age]", "[fields.for]"), "[fields.for]"),
        (FRONT.replace('ask = "At what age?"', ""), "[fields.age]"),
        (FRONT.replace("least = 3", "least = true"), "least = true"),
        (FRONT.replace('default = "they"', 'default = "it"'), 'default = "it"'),
        (FRONT.replace("[3, 6, 9]", "[3, true]"), "rungs = [3, true]"),
        (FRONT.replace("[lists]", "[[lists]]"), "[[lists]]"),
        (FRONT.replace("summary", "sumary"), 'sumary = "For a test."'),
        ("fields.for.ask = 'x'\n" + FRONT[: FRONT.index("[fields")], "fields.for.ask = 'x'"),
        ("fields.a = {ask = 3}\n" + FRONT[: FRONT.index("[fields")], "fields.a = {ask = 3}"),
    ],
)
def test_what_is_wrong_in_the_front_matter_has_its_line(
    tmp_path: Path, front: str, line: str
) -> None:
    path = put(tmp_path, front=front)
    number = path.read_text("utf-8").splitlines().index(line) + 1
    assert re.match(rf"{re.escape(str(path))}:{number}( \[[\w.]+\])?: front", refusal(tmp_path))


def test_no_field_is_called_like_an_option_of_its_command() -> None:
    """Seen: a script was called sound, and could not be rendered."""
    flags = {flag for each in options.EVERY for flag in (each.name or "", *each.opts)}
    flags |= {flag for each in options.EVERY for flag in each.secondary_opts}
    assert {each.lstrip("-").replace("-", "_") for each in flags} <= RESERVED


def test_broken_toml_is_refused_with_its_line_in_the_file(tmp_path: Path) -> None:
    path = put(tmp_path, front=FRONT.replace('bed = "brown"', 'bed = "brown'))
    line = 1 + path.read_text().splitlines().index('bed = "brown')
    assert refusal(tmp_path).startswith(f"{path}:{line}: front matter: ")


def test_a_summary_over_several_lines_is_read_as_one(tmp_path: Path) -> None:
    put(tmp_path, front=FRONT.replace('"For a test."', '"""\nFor\n  a test."""'))
    assert load("small", [tmp_path]).summary == "For a test."


@pytest.mark.parametrize(
    "front", ["bed = " + "[" * 20_000, "least = " + "9" * 5_000, 'title = "x"\ntitle = "y"']
)
def test_hostile_toml_is_refused_like_any_other(tmp_path: Path, front: str) -> None:
    path = put(tmp_path, front=front + "\n")
    assert refusal(tmp_path).startswith(str(path))


@pytest.mark.parametrize("text", ["", "Sit down.\n", "+++\ntitle = 3\n", " +++\n\n+++\n"])
def test_a_file_without_front_matter_says_how_to_begin(tmp_path: Path, text: str) -> None:
    path = tmp_path / "small.j2"
    path.write_text(text)
    assert refusal(tmp_path).startswith(f"{path}:1: does not begin with front matter")


def test_a_file_that_is_no_text_or_too_long_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path)
    path.write_bytes(path.read_bytes() + b"\xff\xfe")
    assert "is not UTF-8 text" in refusal(tmp_path)
    put(tmp_path, body="word " * 30_000)
    assert "is longer than 128 KiB" in refusal(tmp_path)


@pytest.mark.parametrize("wrong", ["\x1b[2J", "\u202e", "\x00", "\ue000", "\U000e0041"])
def test_a_character_that_could_fool_a_terminal_is_refused_with_its_line(
    tmp_path: Path, wrong: str
) -> None:
    path = put(tmp_path, body=f"Sit down.\n\n{{# {wrong} #}}\n")
    line = path.read_text("utf-8").count("\n")
    assert refusal(tmp_path).startswith(f"{path}:{line}: has a control or private character, U+")


# --- nothing but plain files in their folder --------------------------------------------------


def test_one_s_own_folder_may_be_a_link_as_into_a_synced_one(tmp_path: Path) -> None:
    put(tmp_path / "synced", body=USING)
    put(tmp_path / "synced", "parts/opening")
    put(tmp_path / "synced", "talks/first")
    (tmp_path / "scripts").symlink_to(tmp_path / "synced")
    folders = [tmp_path / "scripts"]
    assert set(load("small", folders).parts) == {"opening"}
    assert available(folders) == ("small", "talks/first")
    assert load("talks/first", folders).slug == "talks/first"


def test_one_broken_file_harms_no_other(tmp_path: Path) -> None:
    put(tmp_path, body=USING)
    put(tmp_path, "parts/opening")
    put(tmp_path, "hasty", front="title = 3\n")
    (tmp_path / "linked.j2").symlink_to(tmp_path / "small.j2")
    (tmp_path / "talks").mkdir()
    (tmp_path / "talks" / "binary.j2").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.j2").mkdir()
    (tmp_path / "gone.j2").symlink_to("nowhere")
    (tmp_path / "loop.j2").symlink_to("loop.j2")
    (tmp_path / "parts" / "loop.j2").symlink_to("loop.j2")
    sound, broken = survey([tmp_path])
    assert [each.slug for each in sound] == ["small"]
    assert set(broken) == {"hasty", "linked", "talks/binary"}
    assert all(str(error).startswith(str(tmp_path)) for error in broken.values())


def test_at_a_glance_no_more_is_read_than_the_front_matter(tmp_path: Path) -> None:
    """Seen: three thousand long scripts took seven seconds to list, and 384 MB to check."""
    put(tmp_path, "sound", body=USING)
    put(tmp_path, "parts/opening")
    put(tmp_path, "late", body="Sit\u202e down.\n")
    put(tmp_path, "long", body="word " * 30_000)
    put(tmp_path, "endless", front=FRONT + "# " + "x" * 17_000 + "\n")
    sound, broken = survey([tmp_path])
    assert [each.slug for each in sound] == ["late", "sound"]
    assert {slug: "KiB" in str(error) for slug, error in broken.items()} == {
        "long": True,
        "endless": True,
    }
    sound, broken = survey([tmp_path], whole=True)
    assert [each.slug for each in sound] == ["sound"]
    assert set(broken) == {"late", "long", "endless"}
    assert not any(each.body or each.parts for each in sound)
    assert glance("sound", [tmp_path]) == replace(load("sound", [tmp_path]), body="", parts={})


def test_more_scripts_than_anybody_reads_are_found_but_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_LISTED", 2)
    for slug in ("one", "three", "two"):
        put(tmp_path, slug)
    assert available([tmp_path]) == ("one", "three")
    assert [each.slug for each in survey([tmp_path])[0]] == ["one", "three"]
    assert load("two", [tmp_path]).slug == "two"


@pytest.mark.parametrize("part", ["loop", "gone", "folder"])
def test_a_part_that_is_no_file_is_named_when_it_is_used(tmp_path: Path, part: str) -> None:
    put(tmp_path, body=f"Sit. {{{{ part('{part}') }}}}\n")
    (tmp_path / "parts" / "folder.j2").mkdir(parents=True)
    (tmp_path / "parts" / "gone.j2").symlink_to("nowhere")
    (tmp_path / "parts" / "loop.j2").symlink_to("loop.j2")
    assert refusal(tmp_path).startswith(str(tmp_path / "parts" / f"{part}.j2"))


def test_a_folder_that_cannot_be_looked_through_is_named(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 5_000)
    for look in (lambda: available([folder]), lambda: load("small", [folder])):
        with pytest.raises(UsageError, match="the folder cannot be looked through"):
            look()


def test_a_script_that_is_a_link_is_refused(tmp_path: Path) -> None:
    elsewhere = put(tmp_path / "elsewhere")
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "small.j2").symlink_to(elsewhere)
    assert "a script may not be a link" in refusal(folder)


def test_a_part_that_is_a_link_is_refused_and_not_read(tmp_path: Path) -> None:
    put(tmp_path, body=USING)
    secret = tmp_path / "secret"
    secret.write_text("Quillfeather")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "opening.j2").symlink_to(secret)
    message = refusal(tmp_path)
    assert "a script may not be a link" in message
    assert "Quillfeather" not in message


@pytest.mark.parametrize("linked", ["parts", "talks"])
def test_a_folder_that_is_a_link_is_refused(tmp_path: Path, linked: str) -> None:
    folder = tmp_path / "scripts"
    put(folder, body=USING)
    put(tmp_path / "elsewhere", "first")
    put(tmp_path / "elsewhere", "opening")
    (folder / linked).symlink_to(tmp_path / "elsewhere")
    slug = "talks/first" if linked == "talks" else "small"
    assert "a script may not be a link" in refusal(folder, slug)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_part_that_is_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    put(tmp_path, body=USING)
    (tmp_path / "parts").mkdir()
    os.mkfifo(tmp_path / "parts" / "opening.j2")
    started_s = time.perf_counter()
    assert "is not a file" in refusal(tmp_path)
    assert time.perf_counter() - started_s < 2


@pytest.mark.parametrize(
    "slug",
    [
        "../small",
        "parts/opening",
        "/etc/passwd",
        "small.j2",
        "Small",
        "sm all",
        "",
        "a/b/c",
        "small\n",
        "small\x00",
        "x" * 5_000,
        "../" * 2_000,
    ],
)
def test_a_name_that_could_lead_elsewhere_is_no_name(tmp_path: Path, slug: str) -> None:
    put(tmp_path / "scripts")
    put(tmp_path)
    put(tmp_path / "scripts", "parts/opening")
    with pytest.raises(UsageError, match="a script's name is lower-case letters"):
        load(slug, [tmp_path / "scripts"])


def test_an_unknown_name_comes_with_the_nearest_one(tmp_path: Path) -> None:
    put(tmp_path, "care-circuit")
    with pytest.raises(UsageError, match=re.escape("Did you mean 'care-circuit'?")):
        load("care-circut", [tmp_path])


def test_a_folder_looked_through_first_wins_for_scripts_and_parts(tmp_path: Path) -> None:
    own, builtin = tmp_path / "own", tmp_path / "builtin"
    put(own, body="Mine.\n")
    put(builtin, body="Theirs.\n")
    put(builtin, "other", body=USING + "{{ part(slug='closing') }}")
    for folder, words in ((own, "My opening."), (builtin, "Their opening.")):
        (folder / "parts").mkdir()
        (folder / "parts" / "opening.j2").write_text(words)
    (builtin / "parts" / "closing.j2").write_text("Their closing.")
    folders = [own, builtin]
    assert load("small", folders).body == "Mine.\n"
    expected = {"opening": "My opening.", "closing": "Their closing."}
    assert load("other", folders).parts == expected


def test_what_can_be_rendered_is_listed_once_in_order_and_parts_are_not(tmp_path: Path) -> None:
    own, builtin = tmp_path / "own", tmp_path / "builtin"
    for slug in ("small", "talks/first", "es/small", "parts/opening", "Not A Slug", "x/y/deep"):
        put(own, slug)
    put(builtin, "small")
    put(builtin, "another")
    slugs = available([own, builtin, tmp_path / "missing"])
    assert slugs == ("another", "es/small", "small", "talks/first")
