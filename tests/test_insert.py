"""A recording of the author's own inside a script: what may be named, and where it has to lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import soundfile
from conftest import sine_at
from hypothesis import given
from hypothesis import strategies as st
from written import FIRST_LINE, filled, script

from generator import api, system
from generator.cli import checkup
from generator.errors import ScriptError, UsageError
from generator.model import Insert, Listener, Pause, Phrase
from generator.script import bounds, inserts, load, sounds, survey

FRONT = """+++
title = "A Small Test"
summary = "Some sentences."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "3m"]
bed = "none"
+++
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of scripts with one recording."""
    (tmp_path / "scripts" / "sounds").mkdir(parents=True)
    welcome = tmp_path / "scripts" / "sounds" / "welcome.wav"
    soundfile.write(welcome, sine_at(440, -20, 1.0), 48_000)
    return tmp_path / "scripts"


def written(folder: Path, body: str, slug: str = "small") -> Path:
    path = folder / f"{slug}.j2"
    path.parent.mkdir(exist_ok=True)
    path.write_text(FRONT + body)
    return path


def named(folder: Path, body: str, slug: str = "small") -> dict[str, Path]:
    written(folder, body, slug)
    return inserts(load(slug, [folder]))


# --- the cue ----------------------------------------------------------------------------------


def test_a_recording_stands_where_it_was_written_with_the_gap_of_a_paragraph() -> None:
    cues = filled('Sit. {{ insert("welcome.wav") }} Rest. {{ pause(3) }}')
    assert [type(each) for each in cues] == [Phrase, Pause, Insert, Pause, Phrase, Pause, Pause]
    assert cues[2:4] == (Insert("welcome.wav", "[Recording]"), Pause(2.2, 2.2, 2.2, "paragraph"))


def test_the_transcript_has_the_words_its_author_gives_or_says_what_it_is() -> None:
    body = '{{ insert("a.wav", text="Welcome to you.") }} {{ insert("a.wav") }} Calma.'
    for language, shown in (("en", "[Recording]"), ("es-MX", "[Grabación]")):
        cues = filled(body, language=language)
        texts = [cue.text for cue in cues if isinstance(cue, Insert)]
        assert texts == ["Welcome to you.", shown]


def test_what_follows_a_recording_begins_a_sentence() -> None:
    cues = filled('Now comes {{ insert("a.wav") }} {{ name }}, rest.', {"name": "sam"})
    assert [cue.text for cue in cues if isinstance(cue, Phrase)] == ["Now comes", "Sam, rest."]


@pytest.mark.parametrize(
    "call",
    [
        *('insert("")', "insert()", "insert(3)", "insert(true)", "insert(none)", "insert(name)"),
        *('insert("../a.wav")', 'insert("/etc/passwd")', 'insert("a/b.wav")', 'insert(".a.wav")'),
        *('insert("..")', 'insert("a\\\\b.wav")', 'insert("a\\0.wav")', 'insert("a\\n.wav")'),
        *('insert("\\ud800.wav")', 'insert("a\u202eb.wav")', f'insert("{"x" * 81}")'),
        *('insert("a.wav", "")', 'insert("a.wav", "...")', f'insert("a.wav", "{"x " * 200}")'),
        *('insert("a.wav", text=name)', 'insert("a.wav", level=3)', 'insert("a.wav", "b", "c")'),
        *('insert("a" "b.wav")', '("a.wav") | insert', 'insert("a" ~ name)', 'insert("a.wav") ~ 1'),
    ],
)
def test_nothing_but_a_plain_name_may_be_inserted(call: str, folder: Path) -> None:
    """Whatever finds the names before a script is filled, what it misses is refused there."""
    body = f"Sit.\n{{{{ {call} }}}}"
    with pytest.raises(ScriptError, match=rf"small\.j2:{FIRST_LINE + 1}: "):
        filled(body)
    written = script(body, path=folder / "small.j2")
    try:
        found = inserts(written)
    except ScriptError:
        return
    assert set(found) <= {"a.wav", "welcome.wav"}


@given(st.text(max_size=90) | st.text("./\\~%\0 a", max_size=6))
def test_whatever_the_name_it_is_looked_for_in_that_folder_or_refused(name: str) -> None:
    body = f'{{{{ insert("{name}") }}}} Sit.'
    written = script(body, path=Path("/nowhere/small.j2"))
    if not list(sounds.named(written)):
        assert inserts(written) == {}
        return
    with pytest.raises(ScriptError) as caught:
        inserts(written)
    told = str(caught.value)
    assert "\n" not in told
    assert "plain name" in told or " in /nowhere/sounds" in told or "looked for" in told


def test_a_script_inserts_twenty_recordings_and_no_more() -> None:
    one = '{{ insert("a.wav") }}'
    assert sum(isinstance(cue, Insert) for cue in filled(f"Sit. {one * 20}")) == 20
    with pytest.raises(ScriptError, match="inserts more than 20 recordings"):
        filled(f"Sit. {one * 21}")
    with pytest.raises(ScriptError, match="inserts more than 20 recordings"):
        filled("Sit. {% for n in turns %}" + one + "{% endfor %}", lists={"turns": (*range(21),)})
    assert bounds.MAX_INSERTS == 20


def test_recordings_alone_are_no_meditation() -> None:
    with pytest.raises(ScriptError, match="says nothing"):
        filled('{{ insert("a.wav") }}')


def test_names_are_found_in_a_moment_whatever_is_written() -> None:
    short = '{{insert("a")'
    for piece in ("{#", "{{ insert('", '{{ insert("x', "{{ " + " " * 60, "{{insert(name=", short):
        body = piece * (bounds.MAX_BYTES // len(piece))
        with system.deadline(bounds.DEADLINE_S / 2):
            list(sounds.named(script(body)))


# --- where it lies ----------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["small", "es/small", "talks/small"])
@pytest.mark.parametrize(
    "call",
    [
        'insert("welcome.wav")',
        "insert('welcome.wav')",
        'insert( name = "welcome.wav", text="Hello." )',
    ],
)
def test_it_lies_in_sounds_whatever_folder_the_script_is_in(
    folder: Path, slug: str, call: str
) -> None:
    for braces in ("{{ %s }}", "{{- %s -}}", "{{+ %s }}", "{{%s}}"):
        assert named(folder, f"Sit. {braces % call}", slug) == {
            "welcome.wav": folder / "sounds" / "welcome.wav"
        }


def test_a_part_inserts_from_the_folder_of_its_script(folder: Path) -> None:
    (folder / "parts").mkdir()
    (folder / "parts" / "opening.j2").write_text('Sit.\n{{ insert("welcome.wav") }}')
    assert list(named(folder, '{{ part("opening") }}')) == ["welcome.wav"]
    (folder / "parts" / "opening.j2").write_text('Sit.\n{{ insert("gone.wav") }}')
    with pytest.raises(ScriptError, match=r"^parts/opening\.j2:2: there is no recording 'gone"):
        named(folder, '{{ part("opening") }}')


def test_one_that_is_missing_is_named_with_its_line_and_where_it_was_looked_for(
    folder: Path,
) -> None:
    body = (
        "Sit.\n{# {{ insert('old.wav') }}\n#}\n{% if gentle %}{{ insert('gone.wav') }}{% endif %}"
    )
    path = written(folder, body)
    line = FRONT.count("\n") + 4
    with pytest.raises(ScriptError) as caught:
        inserts(load("small", [folder]))
    assert str(caught.value) == (
        f"{path}:{line}: there is no recording 'gone.wav' in {folder / 'sounds'}."
        " Put the file there, or take the insert out."
    )


def test_a_comment_inserts_nothing(folder: Path) -> None:
    assert named(folder, "{# {{ insert('old.wav') }} #} Sit. {# {{ insert('x.wav') }}") == {}


def hostile(folder: Path) -> dict[str, Path]:
    """What may not be played, by what is wrong with it."""
    sounds, secret = folder / "sounds", folder.parent / "secret.wav"
    secret.write_bytes((sounds / "welcome.wav").read_bytes())
    (sounds / "link.wav").symlink_to(secret)
    (sounds / "near.wav").symlink_to("welcome.wav")
    (sounds / "nowhere.wav").symlink_to("nothing")
    (sounds / "folder.wav").mkdir()
    os.mkfifo(sounds / "pipe.wav")
    return {
        "may not be a link": sounds / "link.wav",
        "'near.wav' may not be a link": sounds / "near.wav",
        "'nowhere.wav' may not be a link": sounds / "nowhere.wav",
        "'folder.wav' is not a file": sounds / "folder.wav",
        "'pipe.wav' is not a file": sounds / "pipe.wav",
    }


@pytest.mark.skipif(not system.POSIX, reason="links and pipes")
def test_links_folders_and_pipes_are_refused(folder: Path) -> None:
    for what, path in hostile(folder).items():
        with pytest.raises(ScriptError, match=what) as caught:
            named(folder, f'{{{{ insert("{path.name}") }}}}')
        assert str(folder.parent / "secret") not in str(caught.value)
    (folder / "sounds").rename(folder.parent / "elsewhere")
    (folder / "sounds").symlink_to(folder.parent / "elsewhere")
    with pytest.raises(ScriptError, match="may not be a link"):
        named(folder, '{{ insert("welcome.wav") }}')


def test_a_name_too_long_for_the_disk_is_refused_in_one_line(folder: Path) -> None:
    """Eighty characters may be 320 bytes, and most disks know 255."""
    name = "\N{CUNEIFORM SIGN A}" * 80
    with pytest.raises(ScriptError, match=r"cannot be looked for|there is no recording"):
        named(folder, f'{{{{ insert("{name}") }}}}')


def test_doctor_names_a_script_whose_recording_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_HOME", str(folder.parent))
    written(folder, 'Sit. {{ insert("gone.wav") }}', "broken")
    written(folder, 'Sit. {{ insert("welcome.wav") }}', "whole")
    found = {each.what: each for each in checkup._scripts(system.folders())}
    assert found["script broken"].state == "broken"
    assert "there is no recording 'gone.wav'" in found["script broken"].detail
    assert "script whole" not in found
    sound, broken = survey([folder])
    assert [each.slug for each in sound] == ["broken", "whole"], "a glance reads no bodies"
    assert not broken


def test_a_job_knows_what_its_script_inserts_and_no_two_contents_are_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from generator import shelf

    monkeypatch.setenv("MEDITATE_HOME", str(folder.parent))
    written(folder, 'Sit. {{ insert("welcome.wav") }}')

    def job():
        chosen = load("small", [folder])
        return api.job_for(chosen, Listener(), api.Wishes(), system.folders())

    before = job()
    assert list(before.inserts) == ["welcome.wav"]
    assert "welcome" not in repr(before.inserts["welcome.wav"])
    soundfile.write(folder / "sounds" / "welcome.wav", sine_at(441, -20, 1.0), 48_000)
    key = b"k" * 32
    made_from = [shelf.made_from(each, {}, key) for each in (before, before, job())]
    marks = {shelf.together(each, key) for each in made_from}
    assert len(marks) == 2


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"#EXTM3U\nhttp://example.org/x"])
def test_what_is_no_sound_is_refused_before_anything_is_made(
    folder: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_HOME", str(folder.parent))
    (folder / "sounds" / "welcome.wav").write_bytes(content)
    written(folder, 'Sit. {{ insert("welcome.wav") }}')
    chosen = load("small", [folder])
    with pytest.raises(UsageError, match=r"welcome\.wav: is (empty|no sound that can be read)"):
        api.job_for(chosen, Listener(), api.Wishes(), system.folders())
