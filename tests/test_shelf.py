"""Where a track belongs, what it is made from, and whether it may go there."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import string
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_engine import VOICE
from hypothesis import example, given, settings
from hypothesis import strategies as st
from written import script

from generator import shelf
from generator.audio import RATE_HZ
from generator.errors import UsageError, WriteError
from generator.label import checked_label
from generator.model import PROFILES, Field, Job, Listener, OwnFile, Phrase, Spoken, Timeline
from generator.system import POSIX

SECRET = b"k" * 32
SPEECH = {"engine": "fake", "engine_version": "1", "voice_pace": 1.0}
JOB = Job(
    script=script("Sit.", parts={"closing": "Rise."}, lists={"rungs": (3, 6)}),
    listener=Listener({"name": "Sam", "care_object": "Biscuit"}, {"gentle": False}),
    voice=VOICE,
    profile=PROFILES["personal"],
    length_s=900.0,
    bed="drone",
    seed=1,
    label="guest-1",
    out=Path("output"),
)


OWN = OwnFile(Path("rain.wav"), "wav", "ab" * 32)

# --- labels, names, dates ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "label", ["a", "7", "guest-a3f9", "Client_12.b", "x" * 64, "console", "nullify", "com", "lpt10"]
)
def test_a_plain_label_is_taken_as_it_is(label: str) -> None:
    assert checked_label(label) == label


@pytest.mark.parametrize(
    "label",
    [
        "",
        ".",
        "..",
        "../up",
        "a/b",
        "a\\b",
        "/etc",
        "~",
        "-rf",
        ".hidden",
        "_x",
        "trailing.",
        "trailing ",
        " leading",
        "two words",
        "x" * 65,
        "con",
        "CON",
        "nul",
        "Nul.txt",
        "aux.tar.gz",
        "prn",
        "com1",
        "COM9.log",
        "lpt1",
        "com¹",
        "CONIN$",
        "a:b",
        "a*",
        "a?",
        "$(id)",
        "%2e%2e",
        "a\n",
        "a\x00",
        "a\u202eb",
        "Müller",
        "٣",
        "\ud800",
    ],
)
def test_a_label_that_is_no_folder_s_name_everywhere_is_refused(label: str) -> None:
    with pytest.raises(UsageError, match="a label is up to 64 letters"):
        checked_label(label)


@given(st.text(max_size=70))
@example("a" * 64 + "\n")
@settings(max_examples=100)
def test_no_label_leads_out_of_the_folder(label: str) -> None:
    try:
        checked_label(label)
    except UsageError:
        return
    assert Path("output", label).resolve().parent == Path("output").resolve()
    assert set(label) <= set(string.ascii_letters + string.digits + "._-")


@pytest.mark.parametrize(
    ("there", "label", "fits"),
    [
        ("anna", "anna", True),
        ("anna", "Anna", False),
        ("ANNA", "anna", False),
        ("anna", "annab", True),
        ("guest-A", "guest-a", False),
    ],
)
def test_a_label_that_is_another_s_but_for_capitals_is_refused(
    tmp_path: Path, there: str, label: str, fits: bool
) -> None:
    """On macOS and Windows both would be one folder."""
    (tmp_path / "two" / there).mkdir(parents=True)
    folders = (tmp_path / "one", tmp_path / "two")
    if fits:
        shelf.check_label(label, folders)
        return
    with pytest.raises(UsageError, match="capital letters") as caught:
        shelf.check_label(label, folders)
    assert there not in str(caught.value)


def test_a_label_whose_folder_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for number, target in enumerate(("elsewhere", "nowhere")):
        (tmp_path / f"guest-{number}").symlink_to(tmp_path / target)
        with pytest.raises(UsageError, match="is a link"):
            shelf.check_label(f"guest-{number}", [tmp_path])


def test_a_folder_that_cannot_be_listed_is_no_reason_to_refuse_a_label(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    shelf.check_label("guest-1", [tmp_path / "nowhere", tmp_path / "file"])


@pytest.mark.parametrize(
    "name", ["x" * 5000, f"{'x' * 250}/" * 20 + "x", "a\0b", "\0", "x" * 256, "\ud800", "caf\udce9"]
)
def test_a_place_that_can_never_be_is_one_line_without_the_place(name: str) -> None:
    with pytest.raises(UsageError, match="no file or folder of yours can be there") as caught:
        shelf.checked_place(name, "--out")
    assert str(caught.value).startswith("--out: ")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "name", ["", ".", "..", "nowhere", "nowhere/deeper", "Ünïcode ✓", "x" * 200]
)
def test_a_place_that_could_be_is_taken_as_it_is(name: str) -> None:
    assert shelf.checked_place(name, "--out") == Path(name)
    assert shelf.checked_place(Path(name), "--out") == Path(name)


@given(st.text(max_size=400))
@settings(max_examples=200)
def test_any_text_at_all_is_a_place_or_wrong_use(name: str) -> None:
    with contextlib.suppress(UsageError):
        Path(shelf.checked_place(name, "--out")).is_dir()


def test_a_new_label_is_a_proper_one_and_nobody_has_it() -> None:
    labels = {checked_label(shelf.new_label()) for _ in range(100)}
    assert len(labels) == 100


@pytest.mark.parametrize(
    ("slug", "length_s", "stem"),
    [
        ("care-circuit", None, "care-circuit"),
        ("care-circuit", 900.0, "care-circuit-15m"),
        ("care-circuit", 750.0, "care-circuit-12m30s"),
        ("care-circuit", 59.6, "care-circuit-1m"),
        ("care-circuit", 605.0, "care-circuit-10m05s"),
        ("es/care-circuit", None, "es-care-circuit"),
        ("con", None, "script-con"),
        ("nul", None, "script-nul"),
        ("com1", None, "script-com1"),
        ("lpt9", 60.0, "lpt9-1m"),
        ("talks/aux", None, "talks-aux"),
        ("console", None, "console"),
    ],
)
def test_a_file_is_named_after_its_script_and_its_length(
    slug: str, length_s: float | None, stem: str
) -> None:
    assert shelf.stem(replace(JOB, script=script("Sit.", slug=slug), length_s=length_s)) == stem


@pytest.mark.parametrize("text", ["2026-05-01", "20260501"])
def test_a_date_is_read_into_one_form(text: str) -> None:
    assert shelf.checked_date(text) == "2026-05-01"
    assert shelf.checked_date("") == ""


@pytest.mark.parametrize(
    "text", ["1 May 2026", "2026-13-01", "2026-02-30", "01.05.2026", "today", " "]
)
def test_any_other_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="a date is written like 2026-05-01"):
        shelf.checked_date(text)


# --- what a track is made from ----------------------------------------------------------------

CHANGES: dict[str, Callable[[Job], Job]] = {
    "a word of the body": lambda job: with_script(job, body="Sit!"),
    "a part": lambda job: with_script(job, parts={"closing": "Rise!"}),
    "the title": lambda job: with_script(job, title="Another"),
    "the summary": lambda job: with_script(job, summary="Another."),
    "the language": lambda job: with_script(job, language="es"),
    "a list": lambda job: with_script(job, lists={"rungs": (3, 7)}),
    "a default": lambda job: with_script(job, fields=(Field("name", "?", default="you"),)),
    "an answer": lambda job: answered(job, name="Tom"),
    "an answer moved to another field": lambda job: answered(
        job, name="Biscuit", care_object="Sam"
    ),
    "an answer more": lambda job: answered(job, age=7),
    "a number for a text": lambda job: answered(job, name="7", age=None),
    "no answers": lambda job: replace(job, listener=Listener({}, job.listener.switches)),
    "a switch": lambda job: replace(job, listener=replace(job.listener, switches={"gentle": True})),
    "the length": lambda job: replace(job, length_s=901.0),
    "the natural length": lambda job: replace(job, length_s=None),
    "the bed": lambda job: replace(job, bed="brown"),
    "a recording": lambda job: replace(job, bed="recording", recording=OWN),
    "another recording": lambda job: replace(
        job, bed="recording", recording=replace(OWN, digest="cd" * 32)
    ),
    "a picture": lambda job: replace(job, picture=OWN),
    "another picture": lambda job: replace(job, picture=replace(OWN, digest="cd" * 32)),
    "the seed": lambda job: replace(job, seed=2),
    "the profile": lambda job: replace(job, profile=PROFILES["sleep"]),
    "the lyrics": lambda job: replace(job, with_text=False),
    "the narrator": lambda job: replace(job, voice=replace(VOICE, narrator="Bob")),
    "who the narrator is": lambda job: replace(job, voice=replace(VOICE, synthetic=False)),
}


def with_script(job: Job, **given: object) -> Job:
    return replace(job, script=replace(job.script, **given))


def answered(job: Job, **given: object) -> Job:
    return replace(job, listener=replace(job.listener, answers={**job.listener.answers, **given}))


def digest(job: Job, secret: bytes = SECRET, **speech: object) -> str:
    return shelf.together(shelf.made_from(job, {**SPEECH, **speech}, secret), secret)


def test_every_input_changes_the_digest_and_each_to_another() -> None:
    digests = {name: digest(change(JOB)) for name, change in CHANGES.items()}
    digests["as it was"] = digest(JOB)
    digests["the engine"] = digest(JOB, engine_version="2")
    assert len(set(digests.values())) == len(digests)


def test_the_same_inputs_have_the_same_digest_wherever_the_track_goes() -> None:
    reordered = Listener({"care_object": "Biscuit", "name": "Sam"}, {"gentle": False})
    elsewhere = replace(
        JOB, label="guest-2", out=Path("tracks"), force=True, date="2026-05-01", listener=reordered
    )
    assert digest(elsewhere) == digest(JOB)


def test_a_file_counts_by_its_content_wherever_it_lies() -> None:
    job = replace(JOB, recording=OWN, picture=OWN)
    moved = replace(OWN, path=Path("elsewhere/thunder.wav"))
    assert digest(replace(job, recording=moved, picture=moved)) == digest(job)


def test_a_digest_is_keyed_so_that_nobody_can_test_guesses_on_it() -> None:
    assert digest(JOB, b"j" * 32) != digest(JOB)
    assert len(digest(JOB)) == 32
    assert set(digest(JOB)) <= set(string.hexdigits.lower())


# --- whether it may go there ------------------------------------------------------------------


def at(folder: Path, **given: object) -> Job:
    return replace(JOB, out=folder, **given)


def made(folder: Path, document: str | None) -> Path:
    path = folder / "guest-1" / "small-15m.mp3"
    path.parent.mkdir()
    path.write_bytes(b"a track")
    if document is not None:
        path.with_suffix(".timeline.json").write_text(document)
    return path


def test_a_new_track_is_admitted_where_its_label_and_script_say(tmp_path: Path) -> None:
    assert shelf.admit(at(tmp_path), {"abc"}) == tmp_path / "guest-1" / "small-15m.mp3"
    assert not list(tmp_path.iterdir()), "to ask is not to make"


def test_a_track_from_the_same_inputs_may_be_made_again(tmp_path: Path) -> None:
    path = made(tmp_path, json.dumps({"inputs": "abc"}))
    assert shelf.admit(at(tmp_path), {"abc"}) == path


@pytest.mark.parametrize(
    "document", [None, "", "{", "[]", "3", '{"inputs": null}', '{"inputs": "abd"}', "[" * 20_000]
)
def test_a_track_from_other_inputs_is_replaced_only_by_force(
    tmp_path: Path, document: str | None
) -> None:
    path = made(tmp_path, document)
    with pytest.raises(UsageError, match="was made from other inputs") as caught:
        shelf.admit(at(tmp_path), {"abc"})
    assert caught.value.where == str(path)
    assert "--force" in caught.value.remedy
    assert shelf.admit(at(tmp_path, force=True), {"abc"}) == path
    assert path.read_bytes() == b"a track"


def test_a_folder_in_the_way_is_not_replaced_even_by_force(tmp_path: Path) -> None:
    (tmp_path / "guest-1" / "small-15m.mp3").mkdir(parents=True)
    with pytest.raises(UsageError, match="is a folder"):
        shelf.admit(at(tmp_path, force=True), {"abc"})


def test_a_track_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    path = tmp_path / "out" / "guest-1" / "small-15m.mp3"
    path.parent.mkdir(parents=True)
    (tmp_path / "elsewhere.mp3").write_bytes(b"somebody else's")
    path.symlink_to(tmp_path / "elsewhere.mp3")
    for force in (False, True):
        with pytest.raises(UsageError, match="leads out of its folder"):
            shelf.admit(at(tmp_path / "out", force=force), {"abc"})


@pytest.mark.skipif(not POSIX, reason="pipes")
def test_a_pipe_in_the_place_of_a_sidecar_is_not_waited_for(tmp_path: Path) -> None:
    path = made(tmp_path, None)
    os.mkfifo(path.with_suffix(".timeline.json"))
    with pytest.raises(UsageError, match="was made from other inputs"):
        shelf.admit(at(tmp_path), {"abc"})


# --- which files are ours ---------------------------------------------------------------------

OURS = json.dumps({"schema": 1, "rate_hz": RATE_HZ, "inputs": "abc"})


def test_a_track_with_what_is_beside_it_is_ours_and_its_timeline_comes_last(tmp_path: Path) -> None:
    path = made(tmp_path, OURS)
    path.with_suffix(".vtt").write_bytes(b"")
    (path.parent / f".making-{'a' * 16}-small.mp3").write_bytes(b"")
    assert [each.name for each in shelf.ours(path.parent)] == [
        f".making-{'a' * 16}-small.mp3",
        "small-15m.mp3",
        "small-15m.vtt",
        "small-15m.timeline.json",
    ]


def test_a_track_that_did_not_pass_is_ours_with_its_report(tmp_path: Path) -> None:
    report = json.dumps({**json.loads(OURS), "checks": []})
    (tmp_path / "small.failed.json").write_text(report)
    (tmp_path / "small.mp3.failed").write_bytes(b"")
    (tmp_path / "jam.failed.json").write_text(OURS)
    (tmp_path / "jam.mp3.failed").write_bytes(b"")
    assert [each.name for each in shelf.ours(tmp_path)] == ["small.mp3.failed", "small.failed.json"]


@pytest.mark.parametrize("document", [None, "", "{", "[]", '{"inputs": "abc"}', "[" * 20_000])
def test_a_track_that_nothing_proves_to_be_ours_is_not(
    tmp_path: Path, document: str | None
) -> None:
    path = made(tmp_path, document)
    for name in (".making-jam", ".making-", "small-15m.vtt", "other.mp3", ".timeline.json"):
        (path.parent / name).write_text(OURS)
    assert shelf.ours(path.parent) == ()


def test_a_link_is_never_ours(tmp_path: Path) -> None:
    path = made(tmp_path, OURS)
    (tmp_path / "elsewhere").write_bytes(b"")
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    path.with_suffix(".vtt").mkdir()
    (path.parent / f".making-{'a' * 16}-x").symlink_to(tmp_path / "elsewhere")
    assert shelf.ours(path.parent) == (path.with_suffix(".timeline.json"),)


# --- other formats, and what else is wished for ------------------------------------------------


def flac(folder: Path, document: str | None) -> Path:
    path = folder / "guest-1" / "small-15m.flac"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"a track")
    if document is not None:
        (folder / "guest-1" / "small-15m.flac.timeline.json").write_text(document)
    return path


def test_formats_of_one_track_live_beside_one_another(tmp_path: Path) -> None:
    made(tmp_path, json.dumps({"inputs": "abc"}))
    job = at(tmp_path, format="flac")
    path = tmp_path / "guest-1" / "small-15m.flac"
    assert shelf.admit(job, {"of others"}) == path, "nothing is there yet"
    flac(tmp_path, json.dumps({"inputs": "of others"}))
    assert shelf.admit(job, {"of others"}) == path
    with pytest.raises(UsageError, match="was made from other inputs"):
        shelf.admit(job, {"abc"})
    assert shelf.admit(at(tmp_path), {"abc"}).suffix == ".mp3"


def test_the_files_of_every_format_are_ours_and_each_timeline_proves_its_own(
    tmp_path: Path,
) -> None:
    path = made(tmp_path, OURS)
    other = flac(tmp_path, OURS)
    beside = shelf.beside(other, ".vtt")
    assert beside.name == "small-15m.flac.vtt"
    for each in (beside, path.with_suffix(".vtt")):
        each.write_bytes(b"")
    (path.parent / "small-15m.ogg").write_bytes(b"somebody's own")
    found = [each.name for each in shelf.ours(path.parent)]
    assert found == [
        *("small-15m.flac", "small-15m.flac.vtt", "small-15m.flac.timeline.json"),
        *("small-15m.mp3", "small-15m.vtt", "small-15m.timeline.json"),
    ]
    (path.parent / "small-15m.timeline.json").unlink()
    assert [each.name for each in shelf.ours(path.parent)] == found[:3]


def test_stems_and_picture_are_where_they_were_wished_and_need_force_to_be_replaced(
    tmp_path: Path,
) -> None:
    (tmp_path / "stems").mkdir()
    job = at(tmp_path, stems=tmp_path / "stems", graph=tmp_path / "track.png")
    extras = shelf.extras(job)
    assert [each.relative_to(tmp_path).as_posix() for each in extras] == [
        *("stems/small-15m.voice.flac", "stems/small-15m.bed.flac", "stems/small-15m.bells.flac"),
        "track.png",
    ]
    shelf.admit(job, {"abc"})
    for path in extras:
        path.write_bytes(b"somebody's own")
        with pytest.raises(UsageError, match="exists already") as caught:
            shelf.admit(job, {"abc"})
        assert caught.value.where == str(path)
        shelf.admit(replace(job, force=True), {"abc"})
        path.unlink()
    extras[0].symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="exists already"):
        shelf.admit(job, {"abc"})


@pytest.mark.parametrize("force", [False, True])
def test_stems_and_picture_have_to_have_a_place(tmp_path: Path, force: bool) -> None:
    for wish in ({"stems": tmp_path / "gone"}, {"graph": tmp_path / "gone" / "track.png"}):
        with pytest.raises(UsageError, match="no such folder"):
            shelf.admit(at(tmp_path, force=force, **wish), {"abc"})
    (tmp_path / "track.png").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        shelf.admit(at(tmp_path, force=force, graph=tmp_path / "track.png"), {"abc"})


# --- dates ------------------------------------------------------------------------------------

PUBLIC = replace(JOB, listener=Listener())


def carrying(date: object) -> str:
    return json.dumps({"facts": {"date": date}})


def today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def test_a_personal_track_carries_no_date_even_when_asked_to(tmp_path: Path) -> None:
    path = made(tmp_path, carrying("2020-01-02"))
    assert shelf.date(replace(JOB, date="2026-05-01"), path) == ""


def test_a_public_track_keeps_the_date_it_carries_unless_told_otherwise(tmp_path: Path) -> None:
    path = made(tmp_path, carrying("2020-01-02"))
    assert shelf.date(PUBLIC, path) == "2020-01-02"
    assert shelf.date(replace(PUBLIC, date="2026-05-01"), path) == "2026-05-01"


@pytest.mark.parametrize(
    "document",
    [
        None,
        "{",
        "[]",
        '{"facts": 3}',
        carrying(""),
        carrying(3),
        carrying("soon"),
        carrying("2020-01-02\n"),
    ],
)
def test_a_public_track_without_a_date_is_of_today(tmp_path: Path, document: str | None) -> None:
    days = {today(), shelf.date(PUBLIC, made(tmp_path, document)), today()}
    assert len(days) <= 2
    assert shelf.date(PUBLIC, tmp_path / "missing.mp3") in days


# --- room -------------------------------------------------------------------------------------


def lasting(length_s: int, *, speaking_s: int) -> Timeline:
    spoken = Spoken(Phrase("So."), 0, speaking_s * RATE_HZ)
    return Timeline(length_s * RATE_HZ, (spoken,), (), (), (), ())


def test_too_little_space_is_found_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = replace(JOB, out=tmp_path)
    (tmp_path / job.label).mkdir()
    shelf.require_space(job, lasting(1, speaking_s=1))
    for free, fits in ((26_000_000, False), (27_000_000, True)):
        usage = SimpleNamespace(free=free)
        monkeypatch.setattr("shutil.disk_usage", lambda _folder, usage=usage: usage)
        if fits:
            shelf.require_space(job, lasting(600, speaking_s=200))
        else:
            with pytest.raises(WriteError, match=r"needs 27 MB and has 26\.0 MB free"):
                shelf.require_space(job, lasting(600, speaking_s=200))
