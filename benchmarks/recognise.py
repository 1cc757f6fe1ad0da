"""``make bench-words``: how much of the words a recogniser understands, with the bed and without.

One track is rendered over several beds. Its finished MP3 and its voice alone, a stem of the same
mix, are cut at the same places, heard by the same recogniser and held against the script's words.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from benchmarks.tables import table
from benchmarks.whisper import model
from generator import api, recognise, saying
from generator.audio import RATE_HZ, to_frames
from generator.model import Episode, Spoken

SCRIPT, LENGTH = "care-circuit", "10m"
PROFILES = ("personal", "sleep")
BEDS = ("drone", "rain", "ocean", "brown", "rain+drone")
MOST_POINTS = 1.0
"""How many more of a hundred words may be heard wrongly in the mix than in the dry voice."""

HEARD_HZ = 16_000
WINDOW_FRAMES = to_frames(28.0)
"""The recogniser hears half a minute at a time."""
MARGIN_FRAMES = to_frames(0.3)
"""What is heard before and after a phrase: less than a pause."""


@dataclass(frozen=True)
class Counted:
    """How many words of a track were heard wrongly, with its bed and without."""

    profile: str
    bed: str
    words: int
    dry: int
    mix: int

    def row(self) -> tuple[str, ...]:
        """The same as shares of the words, and how many points there are between."""
        dry, mix = (100.0 * each / self.words for each in (self.dry, self.mix))
        shares = (f"{dry:.2f} %", f"{mix:.2f} %", f"{mix - dry:+.2f}")
        return (self.profile, self.bed, str(self.words), *shares)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MEDITATE_HOME"] = folder
        ear = recognise.recogniser(model(Path(folder) / "whisper"), "en")
        counted = [each for name in PROFILES for each in _counted(name, Path(folder), ear)]
    rows = [each.row() for each in (*counted, together(counted))]
    print(table(("profile", "bed", "words", "dry voice", "mix", "points more"), rows))
    print(f"bar: {MOST_POINTS:g} point more over all")


def together(counted: Sequence[Counted]) -> Counted:
    """All tracks as one: a single one has too few errors to be judged by."""
    said, dry, mix = (
        sum(getattr(each, name) for each in counted) for name in ("words", "dry", "mix")
    )
    return Counted("all", "all", said, dry, mix)


def _counted(profile: str, out: Path, ear: recognise.Recogniser) -> Iterator[Counted]:
    """One track for every bed; the voice is the same in all of them."""
    dry: int | None = None
    for bed in BEDS:
        made = _rendered(profile, bed, out)
        said = [word for each in made.timeline.spoken for word in _words(each.phrase.text)]
        if dry is None:
            dry = recognise.errors(said, _words(_heard(made.stems[0], made, ear)))
        mix = recognise.errors(said, _words(_heard(made.path, made, ear)))
        counted = Counted(profile, bed, len(said), dry, mix)
        print(*counted.row(), sep=", ", file=sys.stderr, flush=True)
        yield counted


def _rendered(profile: str, bed: str, out: Path) -> Episode:
    """The track, and its stems beside it: the first is the voice."""
    folder = out / f"{profile}-{bed.replace('+', '-')}"
    folder.mkdir()
    wishes = {"length": LENGTH, "profile": profile, "bed": bed, "out": out, "stems": folder}
    return api.render(SCRIPT, label=folder.name, **wishes)


def _heard(path: Path, made: Episode, ear: recognise.Recogniser) -> str:
    """What the recogniser makes of a file, its phrases joined without the pauses between."""
    sound, _rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    middle = sound.mean(axis=1)
    said = []
    for window in _windows(made.timeline.spoken):
        cuts = [
            middle[max(each.start_frame - MARGIN_FRAMES, 0) : each.end_frame + MARGIN_FRAMES]
            for each in window
        ]
        said.append(ear(resample_poly(np.concatenate(cuts), HEARD_HZ, RATE_HZ)))
    return " ".join(said)


def _windows(spoken: Sequence[Spoken]) -> Iterator[list[Spoken]]:
    """The phrases in order, as many at a time as the recogniser hears at once."""
    window: list[Spoken] = []
    for each in spoken:
        frames = sum(one.frames + 2 * MARGIN_FRAMES for one in (*window, each))
        if window and frames > WINDOW_FRAMES:
            yield window
            window = []
        window.append(each)
    yield window


def _words(text: str) -> list[str]:
    return recognise.words(saying.in_plain_words(text, "en"))


if __name__ == "__main__":
    main()
