"""Clips kept: one file each, whole or not there, named so that nobody can guess what it says.

A clip that speaks no detail lies in the shared cache; one that does lies with what belongs to that
listener. A cache that cannot be read, written or locked never stops a track, and neither does one
that is emptied or damaged while a track is made: a clip of that track is a copy of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.audio import RATE_HZ, checked
from generator.errors import WriteError
from generator.model import Clip
from generator.system import PRIVATE_FILE, Sealed, keyed_name, locked, private_folder

if TYPE_CHECKING:
    from generator.audio import Samples

_KIND = b"meditation clip 2\n"
_HEADROOM = 0.5
"""Kept at half level: resampling may lift a peak over full scale, which FLAC would cut."""
_MOST_BYTES = 64 << 20
"""Minutes of speech: whatever is longer is not a clip of ours."""


@dataclass(frozen=True)
class ClipStore:
    """Where the clips of one track are kept."""

    shared: Path
    own: Path
    """Belongs to one listener, and goes with them."""
    scratch: Path | None
    """Begins the name of this track's own copies: their folder is swept when the run ends. Without
    one, clips can be looked for and not taken."""
    secret: bytes

    def key(self, request: Mapping[str, object]) -> str:
        """The name of the clip that answers this request: a keyed digest of all that shapes it."""
        return keyed_name(request, self.secret)

    def get(self, key: str, *, private: bool) -> Clip | None:
        """The clip of that name, or None when it is not there or not whole.

        Raises OSError when the track's own copy cannot be written.
        """
        path = self._path(key, private=private)
        body = self._files.read(path)
        if body is None:
            return None
        self._files.used(path)
        return self._copied(key, *_parts(body), private=private)

    def has(self, key: str, *, private: bool) -> bool:
        """Whether there is a whole clip of that name; looking makes it no younger."""
        return self._files.read(self._path(key, private=private)) is not None

    def put(self, key: str, sound: Samples, energies: tuple[float, ...], *, private: bool) -> Clip:
        """Keep a sound, shape ``(frames, 1)``, with the energy of each 100 ms of it.

        Raises OSError when the track's own copy cannot be written.
        """
        path = self._path(key, private=private)
        flac = _flac(sound)
        header = json.dumps({"frames": len(sound), "energies": energies}).encode()
        body = header + b"\n" + flac
        with contextlib.suppress(OSError, WriteError):
            if not self._files.write_once(path, body):
                kept = self.get(key, private=private)
                if kept is not None:
                    return kept  # another process spoke it meanwhile: one take for all
                self._files.write_anew(path, body)
        return self._copied(key, len(sound), energies, flac, private=private)

    @contextlib.contextmanager
    def claimed(self, key: str, *, private: bool, wait_s: float = 10.0) -> Iterator[None]:
        """Alone with the clip of that name: whoever needs it too waits, then finds it there.

        The wait has an end, and where nothing can be locked there is none: then it is spoken twice.
        """
        folder = self._path(key, private=private).parent
        with contextlib.suppress(WriteError):
            private_folder(folder)
        with locked(folder, wait_s=wait_s):
            yield

    def _path(self, key: str, *, private: bool) -> Path:
        return (self.own if private else self.shared / key[:2]) / key

    def _copied(
        self, key: str, frames: int, energies: tuple[float, ...], flac: bytes, *, private: bool
    ) -> Clip:
        """The clip as a file of this track's own, which nobody else evicts, mends or damages."""
        if self.scratch is None:
            raise ValueError("a store that is only looked into gives no clips")
        kind = "own" if private else "shared"
        path = self.scratch.with_name(f"{self.scratch.name}-{kind}-{key}")
        path.touch(PRIVATE_FILE)
        path.write_bytes(flac)
        return Clip(path, frames, energies, digest=hashlib.blake2b(flac).hexdigest())

    @property
    def _files(self) -> Sealed:
        return Sealed(_KIND, self.secret, _MOST_BYTES)


def _parts(body: bytes) -> tuple[int, tuple[float, ...], bytes]:
    """What a kept file holds: frames, energies, and the sound as FLAC."""
    header, flac = body.split(b"\n", 1)
    facts = json.loads(header)
    return int(facts["frames"]), tuple(map(float, facts["energies"])), flac


def read(clip: Clip) -> Samples:
    """The sound of a clip, shape ``(frames, 1)``, at the level the engine gave it.

    Raises OSError when it is not what it was when the track began.
    """
    import soundfile

    flac = io.BytesIO(clip.path.read_bytes())
    try:
        sound, rate_hz = soundfile.read(flac, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        sound, rate_hz = (), 0
    if rate_hz != RATE_HZ or len(sound) != clip.frames:
        raise OSError("a clip changed while it was in use")
    return checked(sound / _HEADROOM)


def _flac(sound: Samples) -> bytes:
    import soundfile

    flac = io.BytesIO()
    soundfile.write(flac, sound * _HEADROOM, RATE_HZ, format="FLAC", subtype="PCM_24")
    return flac.getvalue()
