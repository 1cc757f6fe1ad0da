"""Clips kept: one file each, whole or not there, named so that nobody can guess what it says.

A clip that speaks no detail lies in the shared cache; one that does lies with what belongs to that
listener. A cache that cannot be read or written never stops a track.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.audio import RATE_HZ, checked
from generator.errors import WriteError
from generator.model import Clip
from generator.system import private_folder, write_once, write_whole

if TYPE_CHECKING:
    from generator.audio import Samples

_MAGIC = b"meditation clip 1\n"
_DIGEST_BYTES = 32
_HEADROOM = 0.5
"""Kept at half level: resampling may lift a peak over full scale, which FLAC would cut."""


@dataclass(frozen=True)
class ClipStore:
    """Where the clips of one track are kept."""

    shared: Path
    own: Path
    """Belongs to one listener, and goes with them."""
    scratch: Path
    """Takes what the others cannot: its folder is swept when the run ends."""
    secret: bytes

    def key(self, request: Mapping[str, object]) -> str:
        """The name of the clip that answers this request: a keyed digest of all that shapes it."""
        canonical = json.dumps(request, sort_keys=True, ensure_ascii=False).encode()
        return hashlib.blake2b(canonical, key=self.secret, digest_size=20).hexdigest()

    def get(self, key: str, *, private: bool) -> Clip | None:
        """The clip of that name, or None when it is not there or not whole."""
        path = self._path(key, private=private)
        try:
            return _opened(path, path.read_bytes())
        except (OSError, ValueError):
            return None

    def has(self, key: str, *, private: bool) -> bool:
        """Whether there is a whole clip of that name; looking makes it no younger."""
        try:
            _parts(self._path(key, private=private).read_bytes())
        except (OSError, ValueError):
            return False
        return True

    def put(self, key: str, sound: Samples, energies: tuple[float, ...], *, private: bool) -> Clip:
        """Keep a sound, shape ``(frames, 1)``, with the energy of each 100 ms of it."""
        path = self._path(key, private=private)
        content = _packed(sound, energies)
        try:
            private_folder(path.parent)
            if not write_once(path, content):
                kept = self.get(key, private=private)
                if kept is not None:
                    return kept  # another process spoke it meanwhile, and may be using it
                write_whole(path, content)
        except (OSError, WriteError):
            path = self.scratch.with_name(f"{self.scratch.name}-{key}")
            path.write_bytes(content)
        return Clip(path, len(sound), energies)

    def _path(self, key: str, *, private: bool) -> Path:
        return (self.own if private else self.shared / key[:2]) / key


def read(clip: Clip) -> Samples:
    """The sound of a clip, shape ``(frames, 1)``, at the level the engine gave it."""
    import soundfile

    content = clip.path.read_bytes()
    _frames, _energies, flac = _parts(content)
    sound, rate_hz = soundfile.read(io.BytesIO(flac), dtype="float32", always_2d=True)
    if rate_hz != RATE_HZ or len(sound) != clip.frames:
        raise ValueError("a kept clip changed while it was in use")
    return checked(sound / _HEADROOM)


def _packed(sound: Samples, energies: tuple[float, ...]) -> bytes:
    import soundfile

    flac = io.BytesIO()
    soundfile.write(flac, sound * _HEADROOM, RATE_HZ, format="FLAC", subtype="PCM_24")
    header = json.dumps({"frames": len(sound), "energies": energies}).encode() + b"\n"
    body = header + flac.getvalue()
    return _MAGIC + hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest() + body


def _parts(content: bytes) -> tuple[int, tuple[float, ...], bytes]:
    """What a clip file holds. Raises ValueError when anything of it is not as it was written."""
    start = len(_MAGIC) + _DIGEST_BYTES
    body = content[start:]
    digest = hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest()
    if not content.startswith(_MAGIC) or content[len(_MAGIC) : start] != digest:
        raise ValueError("not a whole clip")
    header, flac = body.split(b"\n", 1)
    facts = json.loads(header)
    return int(facts["frames"]), tuple(map(float, facts["energies"])), flac


def _opened(path: Path, content: bytes) -> Clip:
    frames, energies, _flac = _parts(content)
    with contextlib.suppress(OSError):
        path.touch()  # the least recently used goes first when the cache is full
    return Clip(path, frames, energies)
