"""Finished stretches of tracks, kept to be used again where the same sound is due.

What a stretch is called hangs on all that shapes it: the marks of what is heard in it and around
it as far as limiter and encoder look, the code, and the encoder. One in which a detail is spoken,
or near which one is, is not kept at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import generator
from generator import encode, master, mix, system, verify
from generator.audio import GRID_FRAMES
from generator.errors import WriteError
from generator.pipeline.sounding import Sounding

_KIND = b"meditation stretch 1\n"
_MOST_BYTES = 1 << 20


@dataclass
class Larder:
    """Where stretches are kept, and with which seed beds and bells are made."""

    folder: Path
    secret: bytes = field(repr=False)
    seed: int
    grown: bool = False
    """Whether one was put there."""


class Kept:
    """The stretches of one track: what is there of them already, and what is put there."""

    def __init__(self, larder: Larder, sounding: Sounding, coder: encode.Coder) -> None:
        self._larder = larder
        self._sounding = sounding
        self._coder = coder
        self._marks = mix.Marks(sounding.timeline, sounding.sources)
        self._files = system.Sealed(_KIND, larder.secret, _MOST_BYTES)

    def get(self, stretch: range) -> bytes | None:
        """Its MP3 frames, or None where they are not kept; the witness is told what it heard."""
        path = self._path(stretch)
        body = self._files.read(path) if path else None
        if path is None or body is None:
            return None
        self._files.used(path)
        header, content = body.split(b"\n", 1)
        sizes = json.loads(header)
        parts = [content[sum(sizes[:n]) :][:size] for n, size in enumerate(sizes)]
        frames, ground, *clips = parts
        self._sounding.witness.recall(self._samples(stretch), verify.Noted(ground, tuple(clips)))
        return frames

    def put(self, stretch: range, content: bytes) -> None:
        """Keep its MP3 frames, with what the witness heard; a failure is no reason to stop."""
        path = self._path(stretch)
        if path is None:
            return
        noted = self._sounding.witness.noted(self._samples(stretch))
        parts = (content, noted.ground, *noted.clips)
        body = json.dumps([len(each) for each in parts]).encode() + b"\n" + b"".join(parts)
        with contextlib.suppress(OSError, WriteError):
            if not self._files.write_once(path, body) and self._files.read(path) is None:
                self._files.write_anew(path, body)
            self._larder.grown = True

    def _path(self, stretch: range) -> Path | None:
        """Where it is kept, or None where it is not."""
        track_frames = self._sounding.timeline.frames
        heard = master.around(encode.heard(self._coder, stretch, track_frames), track_frames)
        if self._marks.personal(heard):
            return None
        request = {
            "made by": [_code(), self._coder.mark, self._larder.seed, self._sounding.ceiling_dbtp],
            "stretch": [len(stretch), stretch.start * GRID_FRAMES - heard.start],
            "heard": self._marks.of(heard),
        }
        name = system.keyed_name(request, self._larder.secret)
        return self._larder.folder / name[:2] / name

    def _samples(self, stretch: range) -> range:
        """Those of the track that are its own."""
        last = min(stretch.stop * GRID_FRAMES, self._sounding.timeline.frames)
        return range(min(stretch.start * GRID_FRAMES, last), last)


@cache
def _code() -> str:
    """A digest of every module of ours and of what does their sums: other code, other stretches."""
    import numpy as np

    code = hashlib.blake2b(np.__version__.encode(), digest_size=16)
    for path in sorted(Path(generator.__file__).parent.rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()
