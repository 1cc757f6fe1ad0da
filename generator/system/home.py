"""Where everything this program reads or keeps lies."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from generator.errors import UsageError, WriteError
from generator.system.whole import private_folder, read_plain, write_once

_CACHE_MB = 2000
_KEY_BYTES = 32


@dataclass(frozen=True)
class Folders:
    """Every place this program reads from or keeps things in."""

    scripts: tuple[Path, ...]
    """Looked through in this order: the user's own come first."""
    voices: tuple[Path, ...]
    own_voices: Path
    """The one of them into which voices are installed."""
    cache: Path
    """Clips that speak no detail, shared by all tracks."""
    cache_bytes: int
    """How much of them may be kept."""
    listeners: Path
    """One folder a label: what belongs to one person and goes with them."""
    secret: Path
    lexicon: Path
    """How words sound, as the user wrote it down."""


def folders(scripts: Path | None = None, voices: Path | None = None) -> Folders:
    """The folders in force: what was asked for, then ``MEDITATE_HOME``, then what came along.

    Raises UsageError when the bound of the cache is no number.
    """
    import platformdirs

    home = os.environ.get("MEDITATE_HOME")
    data = Path(home) if home else Path(platformdirs.user_data_dir("meditation-generator"))
    cache = data / "cache" if home else Path(platformdirs.user_cache_dir("meditation-generator"))
    return Folders(
        scripts=tuple(p for p in (scripts, data / "scripts", _builtin("scripts")) if p),
        voices=tuple(p for p in (voices, data / "voices", _builtin("voices")) if p),
        own_voices=data / "voices",
        cache=cache / "clips",
        cache_bytes=_cache_mb(os.environ.get("MEDITATE_CACHE_MB")) * 1_000_000,
        listeners=data / "listeners",
        secret=data / "secret",
        lexicon=data / "lexicon.toml",
    )


def _cache_mb(text: str | None) -> int:
    if not text:
        return _CACHE_MB
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UsageError(
            "is not a whole number of megabytes",
            where="MEDITATE_CACHE_MB",
            remedy=f"As in: {_CACHE_MB}",
        )
    return int(text)


def _builtin(kind: str) -> Path:
    """Inside the package when installed from a wheel, beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "builtin" / kind
    return installed if installed.is_dir() else package.parent / kind


def secret_key(path: Path) -> bytes:
    """32 random bytes, made once and kept for their owner alone.

    They key every digest of a detail, so that nobody who sees a cache can test guesses against it.
    """
    try:
        if not path.exists():
            _make_key(path)
        key = read_plain(path, 1 << 10)
    except OSError as error:
        what = f"the secret key cannot be read ({error.strerror})"
        raise WriteError(what, where=str(path), remedy="Mend the file's permissions.") from error
    if len(key) != _KEY_BYTES:
        raise WriteError("the secret key is damaged", where=str(path), remedy="Delete the file.")
    return key


def known_key(path: Path) -> bytes | None:
    """The key, if there is one already: looking makes none."""
    return secret_key(path) if path.exists() else None


def _make_key(path: Path) -> None:
    """Put a whole key at ``path``, unless another process is quicker: then theirs stays."""
    private_folder(path.parent)
    write_once(path, secrets.token_bytes(_KEY_BYTES))
