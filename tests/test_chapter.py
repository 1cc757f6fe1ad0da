"""One chapter by itself: what is said in it and how long it is silent, as in the whole track."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import mutagen.id3
import pytest
from driver import SCRIPT, Home, home_at, render, run
from fake_engine import VOICE
from hypothesis import given, settings
from hypothesis import strategies as st
from written import script as written

from generator import personalise, plan, shelf, speech, system, voices
from generator.audio import GRID_FRAMES, to_frames
from generator.errors import UsageError
from generator.model import (
    PROFILES,
    Beat,
    BedChange,
    Bell,
    Chapter,
    Cue,
    Echo,
    Insert,
    Job,
    Listener,
    Pause,
    Phrase,
)
from generator.script import available, fill, load

FOLDERS = system.folders().scripts[-1:]
ESTIMATE = partial(
    speech.estimate_frames, voice=voices.load(voices.DEFAULT, system.folders().voices[-1:])
)


def frames_of(voiced: Phrase | Insert) -> int:
    return to_frames(20.0) if isinstance(voiced, Insert) else ESTIMATE(voiced)


def alike(cues: tuple[Cue, ...], length_s: float | None) -> None:
    """Every chapter by itself has the words and silences that it has in the whole."""
    whole = plan.settle(cues, frames_of, length_s, title="Whole", bed="drone")
    for section in whole.sections:
        part = plan.chapter(cues, frames_of, length_s, section.title, title="Whole")
        alone = plan.settle(part, frames_of, None, title="Whole", bed="drone")
        inside = range(section.start_frame, section.end_frame)
        assert [each.title for each in alone.sections] == [section.title]
        assert [e.phrase for e in alone.spoken] == [
            e.phrase for e in whole.spoken if e.start_frame in inside
        ]
        assert [e.kind for e in alone.strikes] == [
            e.kind for e in whole.strikes if e.start_frame in inside
        ]
        beds = [each.name for each in whole.beds if each.start_frame <= section.start_frame]
        assert alone.beds[0].name == beds[-1]
        pauses = [each for each in whole.silences if each.start_frame in inside]
        # the last one is as long as the end of a track has to be, or longer
        for one, other in zip(alone.silences[:-1], pauses[:-1], strict=True):
            assert one.origin == other.origin
            assert abs(one.frames - other.frames) <= 2 * GRID_FRAMES
        assert alone.silences[-1].frames >= pauses[-1].frames - 2 * GRID_FRAMES


@pytest.mark.parametrize("slug", available(FOLDERS)[::3])
@pytest.mark.parametrize("stretched", [0.25, 1.0, None])
def test_a_chapter_of_a_script_is_as_it_is_in_the_whole(slug: str, stretched: float | None) -> None:
    """``stretched`` is how far it is asked to go from its least length to its most."""
    chosen = load(slug, FOLDERS)
    length_s = chosen.least_s + (stretched or 0.0) * (chosen.most_s - chosen.least_s)
    cues = fill(chosen, {}, {}, length_s / 60.0, personalise.filters(chosen.language))
    titles = [cue.title for cue in cues if isinstance(cue, Chapter)]
    assert len(set(titles)) == len(titles)
    alike(cues, None if stretched is None else length_s)


WORDS = st.sampled_from(["Sit.", "Let one long breath go.", "Stay."]).map(Phrase)
PAUSES = st.tuples(st.floats(1, 20), st.floats(0, 1), st.floats(1, 3)).map(
    lambda t: Pause(t[0], t[0] * t[1], t[0] * t[2], "pause")
)
CUES = st.lists(
    WORDS
    | PAUSES
    | st.sampled_from(
        [
            Echo(Phrase("May I be well.")),
            Beat(None, 6.0, "out"),
            Beat(Phrase("Breathe in."), 4.0, "in"),
            Bell("small", 2),
            BedChange("rain"),
            Insert("song.wav", "[Recording]"),
            Pause(1.1, 1.1, 1.1, "sentence"),
        ]
    ),
    max_size=8,
)


@settings(max_examples=60)
@given(st.lists(CUES, min_size=1, max_size=4))
def test_a_chapter_of_any_cues_is_as_it_is_in_the_whole(chapters: list[list[Cue]]) -> None:
    cues = tuple(
        cue
        for number, inside in enumerate(chapters)
        for cue in (Chapter(f"Chapter {number}"), Phrase("Begin."), *inside)
    )
    alike(cues, None)


# --- made -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = home_at(tmp_path_factory.mktemp("chapter"))
    home.write_script("small", SCRIPT.replace('bed = "none"', 'bed = "drone"'))
    return home


@pytest.mark.slow
def test_a_chapter_is_made_beside_the_track_and_proven_for_what_it_is(home: Home) -> None:
    assert run(home, *render("--length", "2m")).returncode == 0
    folder = home.work / "output" / "public"
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done = run(home, *render("--length", "2m", "--chapter", "staying", "--json"))
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert Path(made["path"]).name == "small-2m-staying.mp3"
    assert [each["title"] for each in made["chapters"]] == ["Staying"]
    assert made["spoken_now"] == 0, "its clips were kept from the whole"
    assert {path: path.read_bytes() for path in before} == before
    document = json.loads((folder / "small-2m-staying.timeline.json").read_text())
    assert document["facts"]["title"] == "A Small Test: Staying"
    told = mutagen.id3.ID3(home.work / made["path"]).pprint()
    assert "one section of a meditation" in told
    whole = json.loads((folder / "small-2m.timeline.json").read_text())
    assert document["inputs"] != whole["inputs"]
    assert run(home, "verify", made["path"]).returncode == 0
    again = run(home, *render("--length", "2m", "--chapter", "Staying"))
    assert again.returncode == 0, again.stderr


def test_only_what_the_chapter_says_is_spoken(tmp_path: Path) -> None:
    home = home_at(tmp_path / "home")
    done = run(home, *render("--chapter", "Arriving", "--json"))
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["spoken_now"] == made["phrases"] == 1


def test_an_unknown_chapter_is_refused_with_the_nearest(home: Home) -> None:
    done = run(home, *render("--chapter", "Stayng"))
    assert done.returncode == 2
    assert b"there is no chapter 'Stayng'. Did you mean 'Staying'?" in done.stderr
    assert run(home, *render("--chapter", " ")).returncode == 2
    assert run(home, *render("--chapter", "Staying", "--length", "9m")).returncode == 2


@pytest.mark.slow
def test_what_must_be_said_first_is_said_before_a_chapter_too(home: Home) -> None:
    done = run(home, *render("--profile", "sleep", "--chapter", "Staying", "--json", "--force"))
    assert done.returncode == 0, done.stderr
    path = Path(json.loads(done.stdout)["path"]).with_suffix(".vtt")
    assert "while driving" in (home.work / path).read_text()


# --- what it is called ------------------------------------------------------------------------

JOB = Job(
    script=written("Sit."),
    listener=Listener(),
    voice=VOICE,
    profile=PROFILES["personal"],
    length_s=900.0,
    bed="drone",
    seed=1,
    label="guest-1",
    out=Path("output"),
)


def test_a_chapter_has_a_name_of_its_own_and_no_other_track_s(tmp_path: Path) -> None:
    assert shelf.stem(replace(JOB, chapter="One thing")) == "small-15m-one-thing"
    assert shelf.stem(replace(JOB, chapter="One Thing")) == "small-15m-one-thing"
    names = {
        shelf.stem(replace(JOB, chapter=each)) for each in ("Él", "El", "¿El?", "靜", "坐", "El!")
    }
    assert len(names) == 6
    digests = {
        shelf.together(shelf.made_from(each, {}, b"k" * 32), b"k" * 32)
        for each in (JOB, replace(JOB, chapter="a"), replace(JOB, chapter="b"))
    }
    assert len(digests) == 3


@given(st.text(min_size=1, max_size=80))
def test_any_title_makes_a_plain_name(title: str) -> None:
    name = shelf.stem(replace(JOB, chapter=title))
    assert name.isascii()
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(name) < 200


def test_a_chapter_needs_a_title() -> None:
    from generator.api import _chapter

    assert (_chapter(None), _chapter("  A  walk ")) == ("", "A walk")
    with pytest.raises(UsageError, match="'meditate plan' lists them"):
        _chapter(" ")
