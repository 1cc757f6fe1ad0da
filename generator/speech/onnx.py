"""The files of a neural voice: proven, then opened. The only place that knows onnxruntime."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import VoiceError
from generator.model import Voice
from generator.system import cores_share, return_large_blocks

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_AS_IT_LIKES = 0


def proven(voice: Voice, path: Path, sha256: str, remedy: str) -> None:
    """Raise VoiceError unless the voice's file is the one its maker published.

    ``remedy`` is for a file that cannot be read.
    """
    where = f"voice {voice.name}"
    if not sha256:
        raise VoiceError("its file names no sha256", where=where, remedy="Add what sha256sum says.")
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise VoiceError(
            f"{path.name} cannot be read ({error.strerror})", where=where, remedy=remedy
        ) from error
    if found != sha256:
        raise VoiceError(
            f"{path.name} is not the file that was published (its sha256 differs)",
            where=where,
            remedy="Install it again, and do not use this one.",
        )


def session(voice: Voice, model: Path) -> InferenceSession:
    """The model, loaded. Raises VoiceError when it cannot be."""
    return_large_blocks()
    # Since 1.32 the runtime reports to its maker from the moment it is imported unless told not
    # to, and keeps a device id. Nothing leaves this machine.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.enable_cpu_mem_arena = False  # an arena keeps the largest sentence's memory for good
    options.log_severity_level = 4
    options.intra_op_num_threads = cores_share() or _AS_IT_LIKES
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001  onnxruntime raises classes of its own for a bad model
        raise VoiceError(
            f"cannot be loaded ({type(error).__name__})", where=f"voice {voice.name}"
        ) from None
