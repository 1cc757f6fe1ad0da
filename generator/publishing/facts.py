"""What is said of a folder that goes out: its ``feed.toml``, and what that begins as."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator import asked, course, drafts, pipeline, system
from generator.errors import MeditationError, UsageError
from generator.model import FACTS, Course, Feed, Publication
from generator.publishing.gathering import Gathered
from generator.shortened import is_language
from generator.wording import wording


def facts_of(folder: Path) -> Publication | None:
    """What the folder's ``feed.toml`` says; None where there is none.

    Raises ScriptError or MistakesError with all that is wrong in it, line by line.
    """
    path = folder / FACTS
    return course.publication(path) if path.exists() else None


def proposed(found: Gathered, of: Course | None, folders: system.Folders) -> Publication:
    """What can be known without asking: of the course, of its manifest, or of the tracks.

    ``of`` is the course if its file was named; otherwise it is looked for by its name. Raises
    CheckError where the first track cannot be read.
    """
    known = of or _course(found.about.get("course", ""), folders)
    path = found.folder / FACTS
    edition = _edition(found, known)
    if known:
        return Publication(
            title=known.title,
            description=known.description or known.summary,
            language=known.language,
            path=path,
            author=known.author,
            edition=edition,
            colour=known.colour,
            cover=known.cover,
            font=known.font,
            support=known.support,
            feed=known.feed or Feed(site=""),
        )
    return _of_the_tracks(found, edition)


def _of_the_tracks(found: Gathered, edition: str) -> Publication:
    pieces, about = next(filter(None, found.pieces.values())), found.about
    first = pipeline.finished(pieces[0].path).facts
    language = about.get("language") or first.language
    language = language if is_language(language) else "en"
    say = wording(language)
    alone = first if len(pieces) == 1 else None
    told = about.get("description") or about.get("summary")
    return Publication(
        title=about.get("title") or (alone.title if alone else say.album),
        description=told or (alone.description if alone else "") or say.safety,
        language=language,
        path=found.folder / FACTS,
        author=about.get("author", ""),
        edition=edition,
        colour=about.get("colour", ""),
        support=about.get("support", ""),
    )


def begin(facts: Publication, *, force: bool = False) -> Publication:
    """Write these facts into a new ``feed.toml``, with the picture beside it; what it then says.

    Raises UsageError when there is one already and no ``force`` is used, WriteError.
    """
    folder = facts.path.parent
    if facts.path.exists() and not force:
        remedy = "Edit it, or use --force to begin anew."
        raise UsageError("is there already", where=str(facts.path), remedy=remedy)
    facts = replace(
        facts,
        cover=_brought(facts.cover, folder / "feed-cover"),
        font=_brought(facts.font, folder / "feed-font"),
    )
    drafts.put_file(facts.path, drafts.beginning_of_feed(facts), force=force)
    return course.publication(facts.path)


def _brought(file: Path | None, to: Path) -> Path | None:
    """A file of the course among the tracks, where ``feed.toml`` can name it; there already, it."""
    if file is None or file.resolve().parent == to.parent.resolve():
        return file
    place = to.with_suffix(file.suffix.lower())
    try:
        shutil.copyfile(file, place)
    except OSError as error:
        what = f"cannot be copied ({error.strerror})"
        raise UsageError(what, where=str(file)) from error
    return place


def changed(facts: Publication, given: Mapping[str, Any]) -> Publication:
    """The same with what was given in its place; what is not one of its own is the feed's."""
    own = {key: text for key, text in given.items() if hasattr(facts, key)}
    feed = {key: text for key, text in given.items() if key not in own}
    return replace(facts, **own, feed=replace(facts.feed, **feed))


def _course(slug: str, folders: system.Folders) -> Course | None:
    """The course of that name, if it is among those that can be found by it."""
    try:
        return course.load(slug, folders.scripts) if slug else None
    except MeditationError:
        return None


def _edition(found: Gathered, known: Course | None) -> str:
    """Which length goes out: of some, the first that the course names."""
    there = found.editions
    if len(there) < 2:
        return ""
    wanted = [asked.edition(asked.length_s(each)) for each in known.lengths] if known else []
    return next((each for each in wanted if each in there), there[0])
