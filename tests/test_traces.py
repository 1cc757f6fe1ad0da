"""What is kept of a person: the record of where it is, what is found, and how it goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_shelf import JOB

from generator import shelf, traces
from generator.errors import UsageError, WriteError
from generator.model import PUBLIC_LABEL
from generator.system import POSIX
from generator.traces import Found, Places
from generator.traces.places import RECORD, read

ROOT = Path(__file__).parent.parent
LABEL = JOB.label
OURS = json.dumps({"schema": 1, "rate_hz": 48_000, "inputs": "abc"})


@pytest.fixture
def listeners(tmp_path: Path) -> Path:
    return tmp_path / "data" / "listeners"


def note(listeners: Path, *, label: str = LABEL, **given: object) -> None:
    with traces.recorded(listeners, replace(JOB, label=label, **given)):
        pass


def track(out: Path, stem: str = "small", label: str = LABEL) -> list[Path]:
    folder = out / label
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{stem}{ending}" for ending in (".mp3", ".vtt", ".timeline.json")]
    for path in files:
        path.write_text(OURS)
    return files


def find(listeners: Path, *also: Path, label: str = LABEL) -> Found:
    return traces.find(listeners, label, also, shelf.ours, shelf.editions)


def everything(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


# --- the record -------------------------------------------------------------------------------


def test_a_record_says_where_a_label_s_files_are_and_forgets_none(
    listeners: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    note(listeners, out=Path("output"), listener_files=(Path("who.toml"),))
    note(listeners, out=tmp_path / "other")
    note(listeners, out=Path("output"), listener_files=(Path("two.toml"),))
    assert read(listeners / LABEL) == Places(
        (tmp_path / "output", tmp_path / "other"), (tmp_path / "who.toml", tmp_path / "two.toml")
    )


@pytest.mark.skipif(not POSIX, reason="file modes are POSIX")
def test_a_record_is_its_owner_s_alone(listeners: Path) -> None:
    note(listeners)
    path = listeners / LABEL / RECORD
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert everything(listeners) == {LABEL, f"{LABEL}/{RECORD}"}


def test_the_public_tracks_are_nobody_s_and_are_not_recorded(listeners: Path) -> None:
    note(listeners, label=PUBLIC_LABEL)
    assert not listeners.exists()


@pytest.mark.skipif(not POSIX, reason="only there can a path be any bytes")
def test_a_path_of_any_bytes_is_recorded_as_it_is(listeners: Path, tmp_path: Path) -> None:
    out = tmp_path / os.fsdecode(b"caf\xe9 \n \"'\\")
    note(listeners, out=out)
    assert read(listeners / LABEL) == Places((out,))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 20_000,
        b'{"outputs": []}',
        b'{"outputs": "/a", "listener_files": []}',
        b'{"outputs": [3], "listener_files": []}',
        b'{"outputs": ["relative"], "listener_files": []}',
        b'{"outputs": [], "listener_files": ["/a\\u0000b"]}',
    ],
    ids=lambda each: each[:20].decode("latin-1"),
)
def test_a_record_that_is_broken_is_none_and_is_written_anew(
    listeners: Path, tmp_path: Path, content: bytes
) -> None:
    note(listeners)
    (listeners / LABEL / RECORD).write_bytes(content)
    assert read(listeners / LABEL) is None
    assert find(listeners).record == "broken"
    note(listeners, out=tmp_path)
    assert read(listeners / LABEL) == Places((tmp_path,))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=60)
    | st.text(max_size=60).map(
        lambda text: f'{{"outputs": ["/{text}"], "listener_files": []}}'.encode()
    )
)
def test_no_record_whatever_it_holds_is_a_fault(listeners: Path, content: bytes) -> None:
    (listeners / LABEL).mkdir(parents=True, exist_ok=True)
    (listeners / LABEL / RECORD).write_bytes(content)
    with suppress(WriteError):
        find(listeners)


def test_where_no_record_can_be_written_nothing_is_made(listeners: Path, tmp_path: Path) -> None:
    (listeners / LABEL / RECORD).mkdir(parents=True)
    with pytest.raises(WriteError, match="cannot be noted, so none is made"):
        note(listeners)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match="cannot be made"):
        note(tmp_path / "file")


def test_processes_that_record_at_once_lose_nothing(listeners: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests'); from pathlib import Path\n"
        "from test_traces import note\n"
        "for n in range(15): note(Path(sys.argv[1]), out=Path(f'/{sys.argv[2]}-{n}'))"
    )
    many = [
        subprocess.Popen([sys.executable, "-c", code, listeners, str(number)], cwd=ROOT)
        for number in range(3)
    ]
    assert [each.wait(timeout=60) for each in many] == [0, 0, 0]
    found = read(listeners / LABEL)
    assert found is not None
    assert len(found.outputs) == 45


# --- what is found ----------------------------------------------------------------------------


def test_all_of_a_label_is_found_and_goes(listeners: Path, tmp_path: Path) -> None:
    outs = [tmp_path / "one", tmp_path / "two", tmp_path / "three"]
    files = [path for out in outs for path in track(out)]
    half = outs[0] / LABEL / f".making-{'a' * 16}-small.mp3"
    answers = tmp_path / "who.toml"
    for path in (half, answers):
        path.write_text("x")
    note(listeners, out=outs[0], listener_files=(answers,))
    note(listeners, out=outs[1])
    (listeners / LABEL / "clips").mkdir()
    (listeners / LABEL / "clips" / ("a" * 40)).write_bytes(b"x")
    found = find(listeners, outs[2], outs[0])
    assert set(found.files) == {*files, half, answers}
    assert set(found.folders) == {out / LABEL for out in outs}
    assert (found.own, found.left, found.record) == (listeners / LABEL, (), "read")
    traces.remove(found)
    assert everything(tmp_path) == {"one", "two", "three", "data", "data/listeners"}
    assert find(listeners, *outs).nothing


def test_nobody_else_is_touched(listeners: Path, tmp_path: Path) -> None:
    track(tmp_path / "out")
    theirs = track(tmp_path / "out", label="guest-10")
    note(listeners, out=tmp_path / "out")
    note(listeners, label="guest-10", out=tmp_path / "out")
    traces.remove(find(listeners))
    assert all(path.exists() for path in theirs)
    assert read(listeners / "guest-10") == Places((tmp_path / "out",))


def test_a_folder_of_the_user_s_keeps_what_is_the_user_s(listeners: Path, tmp_path: Path) -> None:
    """As with ``--out . --for src``."""
    made = track(tmp_path)
    own = [tmp_path / LABEL / name for name in ("song.mp3", "main.py", ".making-jam", "deep/x.mp3")]
    for path in own:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    note(listeners, out=tmp_path)
    found = find(listeners)
    assert found.folders == ()
    left = {each.path.name for each in found.left}
    assert left == {"song.mp3", "main.py", ".making-jam", "deep"}
    traces.remove(found)
    assert [path.exists() for path in (*made, *own)] == [False] * 3 + [True] * 4


def test_a_folder_of_that_name_in_which_nothing_is_ours_is_not_a_trace(
    listeners: Path, tmp_path: Path
) -> None:
    (tmp_path / LABEL).mkdir()
    (tmp_path / LABEL / "main.py").write_text("mine")
    assert find(listeners, tmp_path).nothing


def test_what_was_made_at_a_place_of_the_user_s_own_is_found(
    listeners: Path, tmp_path: Path
) -> None:
    """Whole, or half made by a killed render; and in the label's own folder nothing hinders."""
    track(tmp_path / "out")
    extras = (tmp_path / "stems" / "small.voice.flac", tmp_path / "out" / LABEL / "track.png")
    (tmp_path / "stems").mkdir()
    half = [
        path.with_name(f".making-{'b' * 16}-{path.name}") for path in (*extras, tmp_path / "o.toml")
    ]
    for path in (*extras, *half, tmp_path / "stems" / f".making-{'b' * 16}-of others.flac"):
        path.write_bytes(b"x")
    with traces.recorded(listeners, replace(JOB, out=tmp_path / "out"), extras):
        pass
    found = find(listeners)
    assert {*extras, *half[:2]} <= set(found.files)
    assert len(found.files) == len(set(found.files)) == 3 + 4
    assert not found.left
    traces.remove(found)
    assert not (tmp_path / "out" / LABEL).exists()
    assert {path.name for path in tmp_path.rglob(".making-*")} == {
        f".making-{'b' * 16}-of others.flac",
        half[2].name,
    }


def test_what_is_made_of_a_finished_track_is_found_with_it(listeners: Path, tmp_path: Path) -> None:
    mp3, *_others = track(tmp_path)
    picture = tmp_path / "elsewhere" / "proof.png"
    picture.parent.mkdir()
    note(listeners, out=tmp_path)
    traces.note(listeners, mp3.parent / ".." / LABEL / mp3.name, picture)
    picture.touch()
    assert picture in find(listeners).files


def test_what_is_made_of_a_track_that_lies_elsewhere_is_nobody_s(
    listeners: Path, tmp_path: Path
) -> None:
    """A folder of the same name is not the label's: somebody's copy, or nobody known."""
    note(listeners, out=tmp_path / "output")
    before = read(listeners / LABEL)
    copy, *_others = track(tmp_path / "copies")
    unknown, *_others = track(tmp_path / "output", label="unknown")
    for mp3 in (copy, unknown, tmp_path / LABEL, Path("small.mp3")):
        traces.note(listeners, mp3, tmp_path / "proof.png")
    assert read(listeners / LABEL) == before
    assert everything(listeners) == {LABEL, f"{LABEL}/{RECORD}"}


def test_links_are_left_alone_and_never_followed(listeners: Path, tmp_path: Path) -> None:
    outside = track(tmp_path / "outside")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / LABEL).symlink_to(tmp_path / "outside" / LABEL)
    track(tmp_path / "second")[0].unlink()
    (tmp_path / "second" / LABEL / "small.mp3").symlink_to(outside[0])
    (tmp_path / "who.toml").symlink_to(outside[1])
    note(listeners, out=tmp_path / "out", listener_files=(tmp_path / "who.toml",))
    (listeners / LABEL / "clips").symlink_to(tmp_path / "outside")
    found = find(listeners, tmp_path / "second")
    told = {str(each.path.relative_to(tmp_path)): each.why for each in found.left}
    assert told == {
        f"out/{LABEL}": "is a link",
        f"data/listeners/{LABEL}/clips": "is a link",
        f"second/{LABEL}/small.mp3": "not of ours",
        "who.toml": "not a plain file",
    }
    traces.remove(found)
    assert all(path.exists() for path in outside)
    assert not (listeners / LABEL).exists()


def test_a_listener_s_folder_that_is_a_link_is_left_alone(listeners: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    listeners.mkdir(parents=True)
    (listeners / LABEL).symlink_to(tmp_path / "outside")
    found = find(listeners)
    assert (found.own, [each.why for each in found.left]) == (None, ["is a link"])


def test_one_place_by_two_names_is_one_place(listeners: Path, tmp_path: Path) -> None:
    track(tmp_path / "out")
    (tmp_path / "alias").symlink_to(tmp_path / "out")
    note(listeners, out=tmp_path / "out")
    assert len(find(listeners, tmp_path / "alias").files) == 3


def test_a_listener_file_that_serves_another_label_too_is_left(
    listeners: Path, tmp_path: Path
) -> None:
    answers = tmp_path / "who.toml"
    answers.write_text("x")
    (tmp_path / "alias").symlink_to(tmp_path)
    note(listeners, listener_files=(answers,))
    note(listeners, label="guest-2", listener_files=(tmp_path / "alias" / "who.toml",))
    found = find(listeners)
    assert [each.why for each in found.left if each.path == answers] == [
        "another label's listener file too"
    ]
    traces.remove(found)
    assert answers.exists()
    assert answers.name in {each.name for each in find(listeners, label="guest-2").files}


def test_a_place_that_is_away_is_told(listeners: Path, tmp_path: Path) -> None:
    note(listeners, out=tmp_path / "usb" / "output")
    (left,) = find(listeners).left
    assert left.path == tmp_path / "usb" / "output"
    assert "--out" in left.why


@pytest.mark.parametrize("state", ["missing", "broken"])
def test_without_a_record_what_can_be_looked_at_still_goes(
    listeners: Path, tmp_path: Path, state: str
) -> None:
    track(tmp_path / "out")
    (listeners / LABEL / "clips").mkdir(parents=True)
    if state == "broken":
        (listeners / LABEL / RECORD).write_text("{")
    found = find(listeners, tmp_path / "out")
    assert found.record == state
    traces.remove(found)
    assert find(listeners, tmp_path / "out").nothing
    assert everything(tmp_path) == {"out", "data", "data/listeners"}


def test_a_folder_that_cannot_be_looked_through_is_told_before_anything_goes(
    listeners: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = track(tmp_path / "out")
    note(listeners, out=tmp_path / "out")

    def closed(path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", closed)
    with pytest.raises(WriteError, match=r"cannot be looked through .*nothing was removed"):
        find(listeners)
    assert all(path.exists() for path in files)


# --- how it goes ------------------------------------------------------------------------------


@pytest.mark.skipif(not POSIX, reason="locks are POSIX")
def test_nobody_is_forgotten_while_a_track_of_theirs_is_made(listeners: Path) -> None:
    with (
        traces.recorded(listeners, JOB),
        pytest.raises(UsageError, match="is being made"),
        traces.alone(listeners, LABEL),
    ):
        pass
    with traces.recorded(listeners, replace(JOB, label="guest-2")), traces.alone(listeners, LABEL):
        pass


def test_one_label_may_have_two_tracks_in_the_making(listeners: Path) -> None:
    with traces.recorded(listeners, JOB), traces.recorded(listeners, JOB):
        assert read(listeners / LABEL)


KILLED = """if True:
    import os, signal, sys
    from pathlib import Path
    sys.path.insert(0, "tests")
    from test_traces import find, traces
    left = [int(sys.argv[3])]
    def counted(plain):
        def then(*args, **given):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return plain(*args, **given)
        return then
    os.unlink, os.rmdir = counted(os.unlink), counted(os.rmdir)
    traces.remove(find(Path(sys.argv[1]), Path(sys.argv[2])))
"""


def traces_of_everyone(root: Path) -> None:
    """Tracks where the record says and where only the command does, answers and clips."""
    note(root / "data" / "listeners", out=root / "one", listener_files=(root / "who.toml",))
    for out in ("one", "two"):
        track(root / out)
        track(root / out, "other")
    (root / "who.toml").write_text("x")
    clips = root / "data" / "listeners" / LABEL / "clips"
    clips.mkdir()
    for name in "abc":
        (clips / (name * 40)).write_text("x")


@pytest.mark.skipif(not POSIX, reason="signals are POSIX")
def test_killed_at_any_step_it_can_be_repeated_and_finds_the_rest(tmp_path: Path) -> None:
    survived = False
    for step in range(0, 40, 3):
        root = tmp_path / str(step)
        traces_of_everyone(root)
        where = (root / "data" / "listeners", root / "two")
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, *where, str(step)], cwd=ROOT, check=False
        )
        survived = killed.returncode == 0
        assert killed.returncode in (0, -signal.SIGKILL)
        if not survived:
            traces.remove(find(*where))
        assert find(*where).nothing
        assert everything(root) == {"data", "data/listeners", "one", "two"}
        if survived:
            break
    assert survived, "the last run was not killed"


def test_what_cannot_be_removed_is_told_and_its_record_stays(
    listeners: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    track(tmp_path / "out")
    note(listeners, out=tmp_path / "out")
    plain = Path.unlink

    def closed(self: Path, **given: bool) -> None:
        if self.suffix == ".vtt":
            raise PermissionError(13, "Permission denied", str(self))
        plain(self, **given)

    monkeypatch.setattr(Path, "unlink", closed)
    with pytest.raises(WriteError, match=r"cannot be removed .Permission denied.*forget again"):
        traces.remove(find(listeners))
    monkeypatch.undo()
    assert read(listeners / LABEL) is not None
    traces.remove(find(listeners))
    assert find(listeners).nothing
    assert everything(tmp_path) == {"out", "data", "data/listeners"}


def test_to_remove_what_is_gone_is_no_mistake(listeners: Path, tmp_path: Path) -> None:
    track(tmp_path / "out")
    note(listeners, out=tmp_path / "out")
    found = find(listeners)
    found.files[0].unlink()
    traces.remove(found)
    assert find(listeners).nothing


def test_answers_that_a_killed_render_was_keeping_are_found(
    listeners: Path, tmp_path: Path
) -> None:
    """Only the finished file was looked for, and what lay half made beside it stayed."""
    answers = tmp_path / "answers.toml"
    half = [tmp_path / f".making-{'a' * 16}-{name}" for name in ("answers.toml", "probe")]
    other = tmp_path / f".making-{'b' * 16}-else.toml"
    for path in (*half, other):
        path.write_text("name = 'x'")
    note(listeners, listener_files=(answers,))
    found = find(listeners)
    assert set(half) <= set(found.files)
    traces.remove(found)
    assert not any(path.exists() for path in half)
    assert other.exists()


def test_a_record_that_no_path_could_stand_in_is_broken(listeners: Path) -> None:
    note(listeners)
    record = listeners / LABEL / "places.json"
    record.write_text('{"outputs": ["/tmp/\\ud800"], "listener_files": []}')
    assert find(listeners).record == "broken"
