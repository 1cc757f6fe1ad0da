"""Work for the workers of ``test_drive.py``, good and bad, in a module that they can import."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

from generator import system
from generator.errors import DetailError
from generator.model import Errand

SECRET = "Biscuit the dog"


class ComesApartError(Exception):
    """Cannot be made again from its bytes: its pickle calls it with one argument."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one)


class BadParcel:
    """Raises when it is made from its bytes."""

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return _refuse, ()


def _refuse() -> None:
    raise RuntimeError(SECRET)


def doubled(errand: Errand) -> int:
    return 2 * int(str(errand.what))


def slept(errand: Errand) -> float:
    time.sleep(float(str(errand.what)))
    return float(str(errand.what))


def noted(errand: Errand) -> str:
    """Leave a line for each time this was done; the file is what the errand names."""
    seconds, path = errand.what  # type: ignore[misc]
    time.sleep(seconds)
    with Path(path).open("a") as file:
        file.write(f"{errand.key}\n")
    return errand.key


def surroundings(_errand: Errand) -> dict[str, object]:
    import resource

    return {
        "pid": os.getpid(),
        "umask": _umask(),
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "cores": system.cores(),
        "share": system.cores_share(),
        "blas": os.environ.get("OPENBLAS_NUM_THREADS"),
        "sigint": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    }


def threads(_errand: Errand) -> tuple[int, int]:
    """How many the encoder uses, and how many a voice."""
    import onnxruntime

    from generator.encode import stretches
    from generator.speech import onnx
    from generator.voices import load

    onnxruntime.InferenceSession = lambda _path, options, **_more: options
    options = onnx.session(load("joe", system.folders().voices), Path("no model"))
    return stretches.workers(), options.intra_op_num_threads


def modules(_errand: Errand) -> list[str]:
    """What is heavy and was loaded without being asked for."""
    return sorted({"click", "rich", "numpy", "jinja2", "generator.cli"} & set(sys.modules))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def in_a_workshop(errand: Errand) -> None:
    """Half-made files, for a long while."""
    folder = Path(str(errand.what))
    with system.workshop(folder) as place:
        place.fresh("track.mp3").write_bytes(b"half")
        written = folder / f".pid-{errand.key}"
        written.write_text(str(os.getpid()))
        written.rename(folder / f"pid-{errand.key}")  # there, and whole: somebody waits for it
        time.sleep(60)


def acted(errand: Errand) -> object:
    """Whatever the errand says."""
    return ACTS[str(errand.what)]()


def _ours() -> None:
    raise DetailError("is too long", where="care_object", remedy="Shorten it.")


def _secret() -> None:
    raise ValueError(SECRET)


def _apart() -> None:
    raise ComesApartError(SECRET, SECRET)


def _leave() -> None:
    raise SystemExit(5)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _allocate() -> int:
    return len(bytearray(8 << 30))


def _hang(library: type[ctypes.CDLL]) -> None:
    """In a call that no signal interrupts, as a decoder in a loop is."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGTERM})
    library(None).sleep(600)


ACTS = {
    "well": lambda: "well",
    "ours": _ours,
    "secret": _secret,
    "apart": _apart,
    "leave": _leave,
    "unpicklable": lambda: lambda: None,
    "comes apart": BadParcel,
    "kill": _kill,
    "exit": lambda: os._exit(7),
    "allocate": _allocate,
    "sleep": lambda: time.sleep(60),
    "hang": lambda: _hang(ctypes.CDLL),
    "hang alone": lambda: _hang(ctypes.PyDLL),
}
