"""A file cut up among Python packages: found without importing one of them, and joined."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

from generator.fetch.problem import UnavailableError
from generator.model import Parts
from generator.system import open_plain


def joined(source: Parts, made: Path, most_bytes: int) -> None:
    """Write the parts to ``made``, one after the other. Raises UnavailableError."""
    found = [_folder(package) / source.name for package in source.packages]
    try:
        if sum(path.stat().st_size for path in found) > most_bytes:
            raise UnavailableError("has other packages installed than were published")
        with made.open("wb") as file:
            for path in found:
                with open_plain(path) as part:
                    shutil.copyfileobj(part, file, 1 << 20)
    except FileNotFoundError:
        raise UnavailableError("has installed them without the model") from None


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise UnavailableError("has not installed it (the extra 'kokoro' would)")
    return Path(spec.submodule_search_locations[0])
