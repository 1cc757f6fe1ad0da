"""``cache``, ``forget`` and what a render is asked about names, as a person types it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from driver import Home, home_at, render, run, start
from test_cli import meditate, refused
from test_locks import held
from test_traces import track

from generator.cli import keep
from generator.errors import UsageError
from generator.model import Listener, Voice
from generator.system import POSIX

LABEL = "guest-a"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voice: Voice) -> Home:
    assert voice.engine == "fake", "renders in this process speak in tones too"
    made = home_at(tmp_path / "home")
    monkeypatch.setenv("MEDITATE_HOME", str(made.data))
    monkeypatch.chdir(made.work)
    return made


def done(*options: str) -> None:
    meditate(*render("--name", "Ada", "--for", LABEL, "--quiet", *options))


def a_track(home: Home) -> None:
    """What is there after one, at a fraction of its cost."""
    track(home.work / "output", label=LABEL)


def everything(home: Home) -> set[str]:
    return {str(path.relative_to(home.root)) for path in home.root.rglob("*")}


# --- cache ------------------------------------------------------------------------------------


def a_clip(home: Home, size: int = 1000) -> Path:
    path = home.clips / "ab" / ("ab" * 20)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * size)
    return path


def test_the_cache_tells_how_much_is_in_it_and_where(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    meditate("cache")
    assert capsys.readouterr().out.startswith("files  0, 0.0 MB of at most 2000.0 MB\n")
    assert not home.clips.exists(), "to look is not to make"
    a_clip(home, 1_500_000)
    (home.clips / "notes.txt").write_text("mine")
    monkeypatch.setenv("MEDITATE_CACHE_MB", "10")
    meditate("cache")
    assert capsys.readouterr().out.splitlines() == [
        "files  1, 1.5 MB of at most 10.0 MB",
        f"where  {home.clips}",
        f"not ours, and left alone: {home.clips / 'notes.txt'}",
    ]
    meditate("cache", "--json")
    assert json.loads(capsys.readouterr().out) == {
        "folder": str(home.clips),
        "files": 1,
        "bytes": 1_500_000,
        "most_bytes": 10_000_000,
        "foreign": [str(home.clips / "notes.txt")],
    }


def test_clearing_the_cache_removes_its_clips_and_nothing_else(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    a_clip(home)
    own = home.data / "listeners" / LABEL / "clips" / ("cd" * 20)
    own.parent.mkdir(parents=True)
    own.write_bytes(b"x")
    before = everything(home)
    meditate("cache", "clear")
    assert capsys.readouterr().out == "1 files removed, 0.0 MB freed\n"
    assert before - everything(home) == {f"data/cache/clips/ab/{'ab' * 20}"}
    meditate("cache", "clear", "--json")
    assert json.loads(capsys.readouterr().out) == {"files": 0, "freed_bytes": 0}


def test_a_bound_that_is_no_number_is_wrong_use(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_CACHE_MB", "2 GB")
    for words in (("cache",), render()):
        assert "MEDITATE_CACHE_MB" in refused(*words)


def test_a_render_keeps_the_cache_within_its_bound(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = a_clip(home, 2_000_000)
    os.utime(old, (1_000, 1_000))
    monkeypatch.setenv("MEDITATE_CACHE_MB", "2")
    meditate(*render())
    assert not old.exists()
    assert [path for path in home.clips.rglob("*") if path.is_file()]


# --- forget -----------------------------------------------------------------------------------


def test_after_forgetting_the_house_is_as_it_was_before(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate(*render("--for", "somebody-else"))
    (home.work / "tracks").mkdir()
    (home.work / "who.toml").write_text('name = "Ada"\n')
    before = everything(home)
    meditate(*render("--listener", "who.toml", "--for", LABEL, "--out", "tracks"))
    done("--force", "--save-listener", "kept.toml")
    capsys.readouterr()
    meditate("forget", LABEL)
    said = capsys.readouterr().out.splitlines()
    assert all(line.startswith(("removed: /", "not reached: ")) for line in said)
    shared = {each for each in everything(home) - before if each.startswith("data/cache/")}
    assert everything(home) - shared == before - {"work/who.toml"}


def test_forgetting_tells_a_program_too(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    done()
    capsys.readouterr()
    folder = home.work / "output" / LABEL
    (folder / "notes.txt").write_text("mine")
    meditate("forget", LABEL, "--json")
    told = json.loads(capsys.readouterr().out)
    names = ("small.mp3", "small.vtt", "small.timeline.json")
    assert told == {
        "removed": [
            *(str(folder / name) for name in names),
            str(home.data / "listeners" / LABEL),
        ],
        "taken_out_of": [],
        "not_reached": list(keep.NOT_REACHED),
        "left_alone": [{"path": str(folder / "notes.txt"), "why": "not of ours"}],
        "looked_in": [str(home.work / "output")],
        "record": "read",
    }
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("label", ["guest-b", "guest", "GUEST-A1"])
def test_a_label_nobody_has_is_wrong_use_and_no_other_is_suggested(home: Home, label: str) -> None:
    (home.data / "listeners" / LABEL).mkdir(parents=True)
    message = refused("forget", label)
    assert "nothing of that label was found" in message
    assert LABEL not in message


@pytest.mark.parametrize("label", ["..", "../data", "/etc", "", "a/b", ".", "~", "con", "public"])
def test_what_is_no_listener_s_label_is_never_forgotten(home: Home, label: str) -> None:
    before = everything(home)
    refused("forget", label)
    assert everything(home) == before


def test_forgetting_needs_no_secret(home: Home) -> None:
    a_track(home)
    (home.data / "secret").write_bytes(b"damaged")
    meditate("forget", LABEL)
    assert not list((home.work / "output").iterdir())


@pytest.mark.skipif(not POSIX, reason="only there can a name be any bytes")
def test_a_name_that_is_a_command_to_the_terminal_is_shown_without(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    a_track(home)
    odd = home.work / "output" / LABEL / os.fsdecode(b"caf\xe9\x1b[2J\n.txt")
    odd.write_bytes(b"")
    meditate("forget", LABEL, "--json")
    (left,) = json.loads(capsys.readouterr().out)["left_alone"]
    assert left["path"] == str(odd), "a program gets the name as it is"
    a_track(home)
    meditate("forget", LABEL)
    shown = capsys.readouterr().out
    assert f"{LABEL}/caf??[2J?.txt (not of ours)" in shown
    assert "\x1b" not in shown


def test_a_label_whose_folder_is_a_link_is_told_and_not_followed(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    made = track(home.root / "elsewhere", label=LABEL)
    (home.work / "output").mkdir()
    (home.work / "output" / LABEL).symlink_to(home.root / "elsewhere" / LABEL)
    meditate("forget", LABEL)
    assert "left alone" in capsys.readouterr().out
    assert all(path.exists() for path in made)


def test_without_a_record_it_says_where_it_looked(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    a_track(home)
    folder = home.data / "listeners" / LABEL
    folder.mkdir(parents=True)
    (folder / "places.json").write_text("{")
    meditate("forget", LABEL)
    assert f"record of its places was broken: looked in {home.work}/output" in (
        capsys.readouterr().out
    )


def test_a_render_that_is_running_is_not_forgotten(home: Home) -> None:
    (home.data / "listeners" / LABEL).mkdir(parents=True)
    with held(home.data / "listeners" / LABEL, "shared"):
        assert "is being made" in refused("forget", LABEL)
    meditate("forget", LABEL)


def at_a_terminal(home: Home, answer: bytes, *options: str) -> tuple[int, str]:
    """Forgetting at a real terminal: what is answered, the exit code, all that was shown."""
    user, program = pty.openpty()
    command = [sys.executable, "-m", "generator", "forget", LABEL, *options]
    with subprocess.Popen(
        command, cwd=home.work, env=home.environment, stdin=program, stdout=program, stderr=program
    ) as process:
        os.close(program)
        os.write(user, answer)
        shown = b""
        while True:
            try:
                piece = os.read(user, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(user)
        return process.wait(timeout=30), shown.decode()


@pytest.mark.skipif(not POSIX, reason="terminals are POSIX")
@pytest.mark.parametrize("answer", [b"\n", b"n\n", b"what\nno\n"])
def test_on_a_terminal_it_asks_and_no_is_the_default(home: Home, answer: bytes) -> None:
    a_track(home)
    before = everything(home)
    code, shown = at_a_terminal(home, answer)
    assert code == 1
    assert "nothing was removed" in shown
    assert f"output/{LABEL}/small.mp3" in shown
    assert everything(home) == before


@pytest.mark.skipif(not POSIX, reason="terminals are POSIX")
@pytest.mark.parametrize(("answer", "options"), [(b"y\n", ()), (b"", ("--yes",))])
def test_on_a_terminal_yes_is_yes(home: Home, answer: bytes, options: tuple[str, ...]) -> None:
    a_track(home)
    code, shown = at_a_terminal(home, answer, *options)
    assert code == 0, shown
    assert ("Remove all of it?" in shown) == (not options)
    assert not (home.work / "output" / LABEL).exists()


# --- the record of a render -------------------------------------------------------------------


def recorded(home: Home, label: str = LABEL) -> dict[str, list[str]]:
    document: dict[str, list[str]] = json.loads(
        (home.data / "listeners" / label / "places.json").read_text()
    )
    return document


def test_a_render_that_fails_is_recorded_too(home: Home) -> None:
    for fault in ("full", "interrupted", "killed"):
        assert run(home, *render("--name", "Ada", "--for", fault), fault=fault).returncode != 0
        assert recorded(home, fault)["outputs"] == [str(home.work / "output")]
        meditate("forget", fault)


def test_a_render_without_a_label_is_recorded_under_its_own(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    meditate(*render("--name", "Ada", "--json"))
    label = json.loads(capsys.readouterr().out)["label"]
    assert recorded(home, label)["outputs"] == [str(home.work / "output")]


def test_what_is_refused_before_anything_is_made_leaves_no_record(home: Home) -> None:
    refused(*render("--name", "Ada", "--for", LABEL, "--length", "9m"))
    assert not (home.data / "listeners").exists()


@pytest.mark.skipif(not POSIX, reason="pipes and links")
def test_files_of_answers_are_recorded_where_they_really_are_and_pipes_are_not(home: Home) -> None:
    real = home.work / "deep" / "who.toml"
    real.parent.mkdir()
    real.write_text('name = "Ada"\n')
    (home.work / "link.toml").symlink_to(real)
    kept = ("--save-listener", "deep/kept.toml")
    meditate(*render("--listener", "link.toml", "--for", LABEL, *kept))
    assert recorded(home)["listener_files"] == [str(real), str(real.with_name("kept.toml"))]
    os.mkfifo(home.work / "pipe")
    with start(home, *render("--listener", "pipe", "--for", "piped")) as process:
        (home.work / "pipe").write_text('name = "Ada"\n')
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert recorded(home, "piped")["listener_files"] == []
    meditate("forget", LABEL)
    assert not real.exists()
    assert (home.work / "link.toml").is_symlink()


# --- names and places -------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--out", "--save-listener", "--listener"])
@pytest.mark.parametrize("name", ["x" * 5000, "x/" * 2500, "é" * 200], ids=["one", "deep", "wide"])
def test_a_path_that_is_too_long_is_one_line(home: Home, option: str, name: str) -> None:
    assert "\n" not in refused(*render("--for", LABEL, option, name))


def test_a_path_that_is_too_long_is_no_fault_of_ours(home: Home) -> None:
    failed = run(home, *render("--for", LABEL, "--out", "x" * 5000))
    assert (failed.returncode, failed.stderr.count(b"\n")) == (2, 1)
    assert b"fault of ours" not in failed.stderr


@pytest.mark.parametrize("option", ["--out", "--save-listener"])
def test_a_path_with_a_nul_is_wrong_use(home: Home, option: str) -> None:
    assert option in refused(*render("--for", LABEL, option, "a\0b"))
    with pytest.raises(UsageError, match="no file or folder of yours can be there"):
        meditate("forget", LABEL, "--out", "a\0b")


@pytest.mark.parametrize(
    ("name", "says"),
    [("nowhere/who.toml", "no such folder"), (".", "is a folder"), ("there.toml", "--force")],
)
def test_answers_that_cannot_be_kept_are_refused_before_a_word_is_spoken(
    home: Home, name: str, says: str
) -> None:
    (home.work / "there.toml").write_text("mine")
    assert says in refused(*render("--name", "Ada", "--for", LABEL, "--save-listener", name))
    assert not (home.work / "output").exists()
    assert (home.work / "there.toml").read_text() == "mine"


@pytest.mark.parametrize("name", ["small.mp3", "small.vtt", "small.timeline.json", "Other.MP3"])
@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "by force"])
def test_answers_never_replace_a_track_or_what_lies_beside_it(
    home: Home, name: str, force: tuple[str, ...]
) -> None:
    """Seen: the finished track was overwritten with the answers, and called done."""
    kept = ("--save-listener", f"output/{LABEL}/{name}")
    done()
    before = {path: path.read_bytes() for path in (home.work / "output" / LABEL).iterdir()}
    assert "called like a track" in refused(*render("--name", "Eve", "--for", LABEL, *kept, *force))
    assert {path: path.read_bytes() for path in (home.work / "output" / LABEL).iterdir()} == before


@pytest.mark.skipif(not POSIX, reason="pipes and links")
def test_answers_replace_no_pipe_no_device_and_no_link_even_by_force(home: Home) -> None:
    """Seen: ``--force`` replaced the pipe itself, and would have replaced ``/dev/null``."""
    os.mkfifo(home.work / "pipe")
    (home.work / "own.toml").write_text("mine")
    (home.work / "link").symlink_to("own.toml")
    (home.work / "dangling").symlink_to("nothing")
    before = everything(home)
    for name in ("pipe", "link", "dangling", "/dev/null"):
        for force in ((), ("--force",)):
            words = render("--name", "Ada", "--for", LABEL, "--save-listener", name, *force)
            assert "no plain file" in refused(*words)
    assert everything(home) == before
    assert (home.work / "own.toml").read_text() == "mine"


@pytest.mark.parametrize("what", ["file", "link"])
def test_what_came_to_lie_there_while_the_track_was_made_stays(home: Home, what: str) -> None:
    """The place is looked at twice: a track takes minutes, and others write meanwhile."""
    place = home.work / "kept.toml"

    def meddle(_listener: Listener) -> str:
        place.symlink_to("nothing") if what == "link" else place.write_text("mine")
        return "never written"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.personalise.listener_toml", meddle)
        refusal = refused(*render("--name", "Ada", "--for", LABEL, "--save-listener", "kept.toml"))
    assert "kept.toml" in refusal
    assert place.is_symlink() or place.read_text() == "mine"
    assert not (home.work / "nothing").exists()
    assert (home.work / "output" / LABEL / "small.mp3").is_file()


def test_answers_are_replaced_by_force(home: Home) -> None:
    (home.work / "kept.toml").write_text("older")
    done("--save-listener", "kept.toml", "--force")
    assert 'name = "Ada"' in (home.work / "kept.toml").read_text()
    assert (home.work / "kept.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["Ada.toml", "for ada.toml", "deep/ADA"])
def test_answers_are_kept_in_no_file_that_is_called_like_one_of_them(home: Home, name: str) -> None:
    """Seen: labels were looked through for details, and the names of these files were not."""
    (home.work / "deep").mkdir()
    refusal = refused(*render("--name", "Ada", "--for", LABEL, "--save-listener", name))
    assert "--save-listener" in refusal
    assert "ada" not in refusal.casefold()
    assert not (home.work / "output").exists()


def test_what_is_made_of_details_is_never_public(home: Home) -> None:
    for label in ("public", "Public", "PUBLIC"):
        assert "--for" in refused(*render("--name", "Ada", "--for", label))


def test_a_label_that_leads_elsewhere_is_refused(home: Home) -> None:
    (home.root / "elsewhere").mkdir()
    (home.work / "output").mkdir()
    (home.work / "output" / LABEL).symlink_to(home.root / "elsewhere")
    assert "is a link" in refused(*render("--name", "Ada", "--for", LABEL))
    assert not list((home.root / "elsewhere").iterdir())


def test_a_label_that_is_another_s_but_for_capitals_is_refused(home: Home) -> None:
    done()
    assert "capital letters" in refused(*render("--name", "Ada", "--for", LABEL.upper()))


def test_a_script_called_like_a_device_makes_a_plain_file(home: Home) -> None:
    (home.data / "scripts" / "small.j2").rename(home.data / "scripts" / "con.j2")
    meditate(*render("--for", LABEL, slug="con"))
    assert (home.work / "output" / LABEL / "script-con.mp3").is_file()
