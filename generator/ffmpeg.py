"""ffmpeg, the one program besides Python that is used where it is there: found, and called safely.

It is given files of this machine only, each as ``file:`` and an absolute path: a bare name might be
taken for an address or an option.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

CALM = ("-nostdin", "-hide_banner", "-v", "error")
"""It asks nothing, and says only what went wrong."""
LOCAL = ("-protocol_whitelist", "file,pipe")


def found() -> str:
    """The absolute path of the program, or nothing where there is none."""
    where = shutil.which("ffmpeg")
    return str(Path(where).absolute()) if where else ""


def decoding(path: Path, demuxer: str) -> tuple[str, ...]:
    """The command that decodes the first sound of a file of that form, as it is, to float32.

    One form by its name, or a playlist might lead to other files.
    """
    only = ("-format_whitelist", demuxer, "-f", demuxer, "-i", named(path), "-map", "0:a:0")
    return (found() or "/ffmpeg", *CALM, *LOCAL, *only, "-f", "f32le", "pipe:1")


def named(path: Path) -> str:
    """A file as ffmpeg may be told of it."""
    return f"file:{os.path.abspath(path)}"  # noqa: PTH100  as it is: a link stays one
