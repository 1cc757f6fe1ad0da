"""A writer that ends, or fails, at any one of its steps: old or new, never torn, nothing left."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from generator import system
from generator.errors import WriteError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="each step is tried in a fork")

OLD, NEW = b"before" * 100, b"what is new" * 100
NAMES = ("track.vtt", "track.timeline.json", "track.mp3")
CALLS = {"open", "os.rename", "os.link", "os.chmod", "os.remove", "os.scandir", "fcntl.flock"}
"""What Python tells its auditors of; a flush and a write are told by the tests themselves."""
ENDED, WRITTEN, REFUSED, WRONG = 9, 0, 3, 4

Happens = Callable[[str], None]


def anew(folder: Path) -> None:
    system.write_whole(folder / NAMES[0], NEW)


def once(folder: Path) -> None:
    system.write_once(folder / NAMES[0], NEW)


def together(folder: Path) -> None:
    with system.workshop(folder) as place:
        for name in NAMES:
            place.fresh(name).write_bytes(NEW)
        place.publish(NAMES, system.PRIVATE_FILE)


WRITERS = {"anew": (anew, NAMES[:1]), "once": (once, NAMES[:1]), "together": (together, NAMES)}


def at_step(step: int, happens: Happens, write: Callable[[], None]) -> int:
    """What becomes of a process in which something happens at one step of its writing."""
    child = os.fork()
    if not child:
        os._exit(_written(step, happens, write))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _written(step: int, happens: Happens, write: Callable[[], None]) -> int:
    left, flush = step, os.fsync

    def tell(call: str, _args: object = ()) -> None:
        nonlocal left
        left -= call in CALLS or call in ("fsync", "write")
        if left == 0:
            left = -1
            happens(call)

    def flushed(handle: int) -> None:
        tell("fsync")
        flush(handle)

    def half_and_half(self: Path, content: bytes) -> None:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            tell("write")
            file.write(content[len(content) // 2 :])

    os.fsync, Path.write_bytes = flushed, half_and_half  # type: ignore[assignment,method-assign]
    sys.addaudithook(tell)
    try:
        write()
    except WriteError:
        return REFUSED
    except BaseException:  # noqa: BLE001  told by the exit code
        return WRONG
    return WRITTEN if left > 0 else WRITTEN + 100


def ends(_call: str) -> None:
    os._exit(ENDED)


def fails(number: int, _call: str) -> None:
    raise OSError(number, os.strerror(number))


def fresh_folders(root: Path, old: bytes | None, names: tuple[str, ...]) -> Iterator[Path]:
    for number in range(200):
        folder = root / str(number)
        folder.mkdir()
        for name in names if old else ():
            (folder / name).write_bytes(old or b"")
        yield folder


def contents(folder: Path, names: tuple[str, ...]) -> list[bytes | None]:
    return [(folder / name).read_bytes() if (folder / name).exists() else None for name in names]


def hidden(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.name.startswith(".")]


@pytest.mark.parametrize("how", WRITERS)
@pytest.mark.parametrize("old", [OLD, None], ids=["before", "nothing"])
def test_a_writer_that_ends_at_any_step_leaves_old_or_new(
    tmp_path: Path, how: str, old: bytes | None
) -> None:
    write, names = WRITERS[how]
    steps = half_made = 0
    for step, folder in enumerate(fresh_folders(tmp_path, old, names), 1):
        came = at_step(step, ends, partial(write, folder))
        assert came in (ENDED, WRITTEN)
        found = contents(folder, names)
        assert set(found) <= {old, NEW}
        assert found == sorted(found, key=lambda each: each != NEW), "the last comes last"
        assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in hidden(folder))
        half_made += bool(hidden(folder))
        if came == WRITTEN:
            break
        system.sweep(folder)
        assert not hidden(folder), "gone at once"
        write(folder)
        kept = old if how == "once" and old else NEW
        assert contents(folder, names) == [kept] * len(names)
        assert not hidden(folder)
        steps += 1
    assert steps >= 8
    assert half_made >= 4, "it did end in the middle"


@pytest.mark.parametrize("how", WRITERS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_writer_whose_call_fails_says_so_and_leaves_old_or_new(
    tmp_path: Path, how: str, number: int
) -> None:
    write, names = WRITERS[how]
    refused = 0
    for step, folder in enumerate(fresh_folders(tmp_path, OLD, names), 1):
        came = at_step(step, partial(fails, number), partial(write, folder))
        assert came in (REFUSED, WRITTEN, WRITTEN + 100), step
        assert set(contents(folder, names)) <= {OLD, NEW}
        if came == WRITTEN:
            break
        refused += came == REFUSED
        system.sweep(folder)
        assert not hidden(folder)
        write(folder)
        assert not hidden(folder)
    assert refused >= 4
