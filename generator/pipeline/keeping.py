"""Finished stretches of tracks, kept to be used again where the same sound is due.

What a stretch is called hangs on all that shapes it: the marks of what is heard in it and around
it as far as limiter and encoder look, the code, and the encoder. One in which a detail is spoken,
or near which one is, is not kept at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from generator import encode, master, mix, system, verify
from generator.audio import GRID_FRAMES
from generator.errors import WriteError
from generator.pipeline.sounding import Sounding

_STRETCH = b"meditation stretch 1\n"
_HEARD = b"meditation hearing 1\n"
_MOST_BYTES = 1 << 20


@dataclass
class Larder:
    """Where what is made for one track may be kept for others, and with which seed it is made."""

    folder: Path
    secret: bytes = field(repr=False)
    seed: int
    grown: bool = False
    """Whether anything was put there."""

    def get(self, kind: bytes, request: Mapping[str, object]) -> bytes | None:
        """What is kept of that kind under that request, or None."""
        path, files = self._place(request), system.Sealed(kind, self.secret, _MOST_BYTES)
        body = files.read(path)
        if body is not None:
            files.used(path)
        return body

    def put(self, kind: bytes, request: Mapping[str, object], body: bytes) -> None:
        """Keep it; a failure is no reason to stop."""
        path, files = self._place(request), system.Sealed(kind, self.secret, _MOST_BYTES)
        with contextlib.suppress(OSError, WriteError):
            if not files.write_once(path, body) and files.read(path) is None:
                files.write_anew(path, body)
            self.grown = True

    def _place(self, request: Mapping[str, object]) -> Path:
        name = system.keyed_name({"code": _code(), **request}, self.secret)
        return self.folder / name[:2] / name


class Kept:
    """The stretches of one track: what is there of them already, and what is put there."""

    def __init__(self, larder: Larder, sounding: Sounding, coder: encode.Coder) -> None:
        self._larder = larder
        self._sounding = sounding
        self._coder = coder
        self._marks = mix.Marks(sounding.timeline, sounding.sources)

    def get(self, stretch: range) -> bytes | None:
        """Its MP3 frames, or None where they are not kept; the witness is told what it heard."""
        request = self._request(stretch)
        body = self._larder.get(_STRETCH, request) if request else None
        if body is None:
            return None
        header, content = body.split(b"\n", 1)
        sizes = json.loads(header)
        parts = [content[sum(sizes[:n]) :][:size] for n, size in enumerate(sizes)]
        frames, ground, *clips = parts
        self._sounding.witness.recall(self._samples(stretch), verify.Noted(ground, tuple(clips)))
        return frames

    def put(self, stretch: range, content: bytes) -> None:
        """Keep its MP3 frames, with what the witness heard, unless a detail is near."""
        if request := self._request(stretch):
            noted = self._sounding.witness.noted(self._samples(stretch))
            parts = (content, noted.ground, *noted.clips)
            header = json.dumps([len(each) for each in parts]).encode()
            self._larder.put(_STRETCH, request, header + b"\n" + b"".join(parts))

    def _request(self, stretch: range) -> dict[str, object] | None:
        """All that it hangs on; None where it is not to be kept."""
        frames = self._sounding.timeline.frames
        heard = master.around(encode.heard(self._coder, stretch, frames), frames)
        if self._marks.personal(heard):
            return None
        return {
            "made by": [self._coder.mark, self._larder.seed, self._sounding.ceiling_dbtp],
            "stretch": [len(stretch), stretch.start * GRID_FRAMES - heard.start],
            "heard": self._marks.of(heard),
        }

    def _samples(self, stretch: range) -> range:
        """Those of the track that are its own."""
        last = min(stretch.stop * GRID_FRAMES, self._sounding.timeline.frames)
        return range(min(stretch.start * GRID_FRAMES, last), last)


class Remembered:
    """What finished MP3 frames sounded like when they were decoded, by their bytes."""

    def __init__(self, larder: Larder, marks: mix.Marks) -> None:
        self._larder = larder
        self._marks = marks

    def get(self, stretch: range, digest: bytes) -> bytes | None:
        """What these frames sounded like, if that is remembered."""
        return None if self._personal(stretch) else self._larder.get(_HEARD, _told(digest))

    def put(self, stretch: range, digest: bytes, heard: bytes) -> None:
        """Remember it, unless a detail is near."""
        if not self._personal(stretch):
            self._larder.put(_HEARD, _told(digest), heard)

    def _personal(self, stretch: range) -> bool:
        samples = range(stretch.start * GRID_FRAMES, stretch.stop * GRID_FRAMES)
        return self._marks.personal(samples)


def _told(digest: bytes) -> dict[str, object]:
    return {"decoded": digest.hex()}


@cache
def _code() -> str:
    """A digest of every module of ours and of what does their sums: other code, other stretches."""
    together = "".join(map(system.version_of, ("numpy", "soundfile")))
    code = hashlib.blake2b(together.encode(), digest_size=16)
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()
