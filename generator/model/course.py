"""A course: sessions in their order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Session:
    """One session: what is talked of, and then practised."""

    title: str
    talk: str
    """Slug of its script; empty where nothing is said before the practice."""
    practice: str


@dataclass(frozen=True)
class Course:
    """A course as its TOML file describes it."""

    slug: str
    title: str
    summary: str
    language: str
    """BCP 47, e.g. ``en``."""
    sessions: tuple[Session, ...]
    path: Path
