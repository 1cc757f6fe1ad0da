"""A voice that a person recorded: its clips are files, one for each sentence they read.

They lie beside the voice's own file; those that speak a listener's details lie with that listener.
A list says which file is which sentence, and proves each to be the one that was put there.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from generator.audio import RATE_HZ, checked
from generator.errors import VoiceError
from generator.model import Phrase, Sentence, Voice
from generator.speech.text import Reads
from generator.system import private_folder, read_plain, write_whole

if TYPE_CHECKING:
    from generator.audio import Samples

READS = Reads.TEXT
CLIPS = "spoken"
"""The folder of the clips, in that of the voice."""
LIST = "spoken.json"

_FILE = re.compile(r"[1-9]\d{0,3}-[0-9a-f]{12}\.wav")
_MOST_LIST_BYTES = 8 << 20
_MOST_CLIP_BYTES = 64 << 20
_MOST_CHARACTERS = 10_000
_SCALE = 1 << 23
"""24 bits."""


@dataclass(frozen=True)
class _Kept:
    path: Path
    sha256: str


def version(voice: Voice) -> str:
    """Which recordings they are: the same ones, the same words."""
    kept = sorted((text, each.sha256) for text, each in _every(voice).items())
    return f"recorded {hashlib.blake2b(repr(kept).encode(), digest_size=6).hexdigest()}"


def files(voice: Voice) -> tuple[Path, ...]:
    """The recordings of what everybody hears."""
    return tuple(each.path for each in _listed(voice.folder / voice.model).values())


def open_engine(voice: Voice) -> Recorded:
    """The voice, which has read nothing yet."""
    return Recorded(voice)


def lacking(phrases: Iterable[Phrase], voice: Voice) -> tuple[Phrase, ...]:
    """The phrases, each once, of which there is no recording."""
    kept = _every(voice)
    return tuple(each for each in dict.fromkeys(phrases) if each.text not in kept)


class Recorded:
    """The recordings of one person, one sentence at a time."""

    most_characters = _MOST_CHARACTERS

    def __init__(self, voice: Voice) -> None:
        self._where = f"voice {voice.name}"
        self._voice = voice

    def speak(self, text: str, pace: float) -> tuple[Samples, int]:
        """The recording of a sentence. A person's pace is their own: ``pace`` changes nothing.

        Raises VoiceError when there is none, or it is not the one that was put there.
        """
        del pace
        kept = _every(self._voice).get(text)  # looked up anew: more may have been read meanwhile
        if kept is None:
            raise VoiceError(
                f"has no recording of a sentence of {len(text)} characters", where=self._where
            )
        try:
            content = read_plain(kept.path, _MOST_CLIP_BYTES)
        except OSError:
            content = b""
        if hashlib.sha256(content).hexdigest() != kept.sha256:
            raise _unlike(kept, self._where)
        try:
            return _sound(content), RATE_HZ
        except (wave.Error, EOFError, ValueError):
            raise _unlike(kept, self._where) from None

    def give_up(self) -> None:
        """Reading a file ends by itself."""


def keep(folder: Path, read: Iterable[tuple[Sentence, Samples]]) -> None:
    """Make these the recordings in a voice's folder: from here on those, and no others.

    Each sound has shape ``(frames, 1)`` at 48 kHz; over full scale it is brought under it as a
    whole. The list is written last, so that a killed run leaves the voice as it was. Raises
    WriteError.
    """
    clips = private_folder(folder / CLIPS)
    entries = []
    for sentence, sound in read:
        content = _wav(sound)
        sha256 = hashlib.sha256(content).hexdigest()
        name = f"{sentence.number}-{sha256[:12]}.wav"
        write_whole(clips / name, content)
        entries.append({"text": sentence.text, "file": name, "sha256": sha256})
    document = {"schema": 1, "spoken": entries}
    write_whole(folder / LIST, json.dumps(document, indent=1, ensure_ascii=False).encode())
    kept = {each["file"] for each in entries}
    for path in clips.iterdir():
        if _FILE.fullmatch(path.name) and path.name not in kept:
            path.unlink(missing_ok=True)


def _every(voice: Voice) -> dict[str, _Kept]:
    """All that this voice can say: what speaks the listener's details, and what everybody hears."""
    shared = voice.folder / voice.model
    return {**_listed(shared), **(_listed(voice.own) if voice.own else {})}


def _listed(folder: Path) -> dict[str, _Kept]:
    """The recordings in a folder by their sentences; none where there is no list."""
    path = folder / LIST
    try:
        entries = json.loads(read_plain(path, _MOST_LIST_BYTES))["spoken"]
        found = {str(e["text"]): (str(e["file"]), str(e["sha256"])) for e in entries}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError, TypeError, KeyError):
        raise _broken(path) from None
    if not all(_FILE.fullmatch(file) for file, _sha256 in found.values()):
        raise _broken(path)
    return {text: _Kept(folder / CLIPS / file, sha) for text, (file, sha) in found.items()}


def _unlike(kept: _Kept, where: str) -> VoiceError:
    return VoiceError(
        f"{kept.path.name} is missing, or not as it was recorded",
        where=where,
        remedy="Make the voice again with 'meditate voices record'.",
    )


def _broken(path: Path) -> VoiceError:
    return VoiceError(
        "is not a list of recordings that can be read",
        where=str(path),
        remedy="Make the voice again with 'meditate voices record'.",
    )


def _wav(sound: Samples) -> bytes:
    peak = float(np.abs(sound).max(initial=1.0))
    whole = np.rint(sound[:, 0] / peak * (_SCALE - 1)).astype("<i4")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(3)
        out.setframerate(RATE_HZ)
        out.writeframes(whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
    return file.getvalue()


def _sound(content: bytes) -> Samples:
    """The sound of a clip of ours, which it is known to be."""
    with wave.open(io.BytesIO(content)) as file:
        low = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, 3)
    high = np.zeros((len(low), 4), np.uint8)
    high[:, 1:] = low
    line = (high.view("<i4")[:, 0] >> 8).astype(np.float32) / np.float32(_SCALE - 1)
    return checked(line[:, None])
