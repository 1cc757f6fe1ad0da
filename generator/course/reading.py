"""From a TOML file to a :class:`Course`: every mistake of its form at once, each with its line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from generator import asked, toml
from generator.course.details import details_of
from generator.course.feed import feed_of
from generator.course.files import available, place, text_of
from generator.course.lines import lines_of
from generator.course.table import Form, Page, Table
from generator.errors import MeditationError, ScriptError, UsageError, nearest
from generator.model import (
    BEDS,
    PROFILES,
    Course,
    Feed,
    Lines,
    Publication,
    Session,
    beds_in,
)
from generator.shortened import is_language

MAX_SESSIONS = 60
MAX_LENGTHS = 12
MAX_SUMMARY = 1_000
MAX_DESCRIPTION_BYTES = 4_000
"""What a directory of podcasts takes."""

_LOOKS = (
    "title",
    "description",
    "language",
    "author",
    "colour",
    "cover",
    "font",
    "support",
    "feed",
)
"""What is said of a course, and of whatever else goes out."""
_SOUNDS = ("voice", "fallback", "bed", "bells", "profile", "lengths", "details", "sessions")
_KEYS = (*_LOOKS, "summary", *_SOUNDS)
_OF_A_PUBLICATION = (*_LOOKS, "edition")
_OF_A_SESSION = ("title", "talk", "practice", "summary")

_VOICE = Form(re.compile(r"[a-z0-9][a-z0-9-]{0,63}"), "the name of a voice", "kokoro-heart")
_COLOUR = Form(re.compile(r"#[0-9a-fA-F]{6}"), "a colour of six digits", "#2b4a5e")
_UNDER = r"(?!/)(?!(?:.*/)?\.\.(?:/|$))[^\\:\x00-\x1f\x7f]{1,200}\."
"""A path in the folder of the course or under it, up to what the name of the file ends in."""
_COVER = Form(
    re.compile(_UNDER + r"(?:[jJ][pP][eE]?[gG]|[pP][nN][gG])"),
    "a JPEG or PNG file in the same folder or under it",
    "cover.jpg",
)
_EDITION = Form(
    re.compile(r"natural|[0-9]{1,3}m(?:[0-9]{2}s)?"), "a length as its folder is called", "15m"
)
_FONT = Form(
    re.compile(_UNDER + r"(?:[tT][tT][fF]|[oO][tT][fF])"),
    "a TTF or OTF file in the same folder or under it",
    "fonts/noto.ttf",
)
_TOML_LINE = re.compile(r" \(at line (\d+), column \d+\)")


def load(wanted: str, folders: Sequence[Path]) -> Course:
    """The course of that name, or in the file of that path if it ends in ``.toml``.

    Of a name the first folder that has it wins. Raises UsageError when there is none, ScriptError
    when its file cannot be read or is no TOML, MistakesError with all else that is wrong in it,
    each with its line. Whether its scripts, voices and fields are there is not looked at.
    """
    table = _opened(place(wanted, folders))
    course = _course(table)
    table.page.refuse()
    return course


def publication(path: Path) -> Publication:
    """What the ``feed.toml`` of a folder of tracks says. Raises as :func:`load` does."""
    table = _opened(path)
    found = _publication(table)
    table.page.refuse()
    return found


def survey(folders: Sequence[Path]) -> tuple[list[Course], dict[str, MeditationError]]:
    """All sound courses, and by slug what is wrong with the others."""
    sound: list[Course] = []
    broken: dict[str, MeditationError] = {}
    for slug in available(folders):
        try:
            sound.append(load(slug, folders))
        except UsageError as error:
            broken[slug] = error
    return sound, broken


def _opened(path: Path) -> Table:
    """All of a TOML file. Raises ScriptError when it cannot be read or is none."""
    text = text_of(path)
    try:
        content = toml.read(text)
        return Table(content, Page(Lines(path, lines_of(text.replace("\r\n", "\n")))))
    except ValueError as error:
        raise _no_toml(str(error), path) from None


def _no_toml(what: str, path: Path) -> ScriptError:
    line = _TOML_LINE.search(what)
    where = f"{path}:{line[1]}" if line else str(path)
    said = _TOML_LINE.sub("", what)[:200]
    remedy = 'Every text stands between straight quotes, as in: title = "One Quiet Evening"'
    return ScriptError(f"is no valid TOML ({said})", where=where, remedy=remedy)


def _course(table: Table) -> Course:
    lines = table.page.lines
    table.only(_KEYS)
    table.need("title", "summary", "language")
    return Course(
        slug=lines.path.stem,
        title=table.text("title"),
        summary=table.text("summary", most=MAX_SUMMARY),
        language=_language(table),
        sessions=tuple(map(_session, table.tables("sessions", MAX_SESSIONS))),
        path=lines.path,
        author=table.text("author"),
        description=_description(table),
        colour=table.formed("colour", _COLOUR).lower(),
        cover=_beside(table, "cover", _COVER, lines.path.parent),
        font=_beside(table, "font", _FONT, lines.path.parent),
        voice=table.formed("voice", _VOICE),
        fallback=table.formed("fallback", _VOICE),
        bed=_bed(table),
        bells=_bells(table),
        profile=table.one_of("profile", PROFILES),
        lengths=_lengths(table),
        support=table.text("support"),
        details=details_of(table.table("details")),
        feed=feed_of(table.table("feed"), "site"),
        lines=lines.lines,
    )


def _publication(table: Table) -> Publication:
    lines = table.page.lines
    table.only(_OF_A_PUBLICATION)
    table.need("title", "description", "language")
    return Publication(
        title=table.text("title"),
        description=_description(table),
        language=_language(table),
        path=lines.path,
        author=table.text("author"),
        edition=table.formed("edition", _EDITION),
        colour=table.formed("colour", _COLOUR).lower(),
        cover=_beside(table, "cover", _COVER, lines.path.parent),
        font=_beside(table, "font", _FONT, lines.path.parent),
        support=table.text("support"),
        feed=feed_of(table.table("feed")) or Feed(site=""),
        lines=lines.lines,
    )


def _session(table: Table) -> Session:
    table.only(_OF_A_SESSION)
    table.need("title", "practice")
    return Session(
        title=table.text("title"),
        talk=table.text("talk"),
        practice=table.text("practice"),
        summary=table.text("summary", most=MAX_SUMMARY),
    )


def _language(table: Table) -> str:
    language = table.text("language")
    if language and not is_language(str(table.content["language"])):
        what = "'language' must be a BCP 47 tag"
        table.wrong(what, "language", remedy="As in en, en-US or pt-BR.")
    return language


def _description(table: Table) -> str:
    """The description, which alone may have several lines."""
    text = table.content.get("description", "")
    if "description" in table.content and not _is_description(text):
        what = f"'description' is a text of up to {MAX_DESCRIPTION_BYTES:,} bytes"
        table.wrong(what, "description", remedy="Its lines may have only what can be seen.")
        return ""
    return str(text).strip()


def _is_description(text: object) -> bool:
    return (
        isinstance(text, str)
        and 0 < len(text.encode()) <= MAX_DESCRIPTION_BYTES
        and not text.isspace()
        and all(line.isprintable() for line in text.split("\n"))
    )


def _beside(table: Table, key: str, form: Form, folder: Path) -> Path | None:
    """The file, beside the one that is read, that a key names; None where it names none."""
    name = table.formed(key, form)
    if not name:
        return None
    path = folder / name
    if not _is_in(folder, path):
        what = "there is no such file in the same folder or under it"
        table.wrong(what, key, remedy="Put the file beside this one.")
    return path


def _is_in(folder: Path, path: Path) -> bool:
    """Whether a file is there, and no link leads out to one that is private."""
    try:
        return path.is_file() and path.resolve().is_relative_to(folder.resolve())
    except OSError:  # a name too long, a folder that is closed
        return False


def _bed(table: Table) -> str:
    bed = table.text("bed")
    unknown = [each for each in beds_in(bed) if each not in BEDS] if bed else []
    if unknown:
        table.wrong("there is no such bed", "bed", remedy=nearest(unknown[0], BEDS))
    return bed


def _bells(table: Table) -> str:
    bells = table.text("bells")
    if bells:
        try:
            asked.ringing(bells, None)
        except UsageError as error:
            table.wrong(f"'bells': {error.what}", "bells", remedy='As in: "start,end,5m"')
    return bells


def _lengths(table: Table) -> tuple[str, ...]:
    lengths = table.content.get("lengths", [asked.NATURAL])
    if not isinstance(lengths, list) or not 1 <= len(lengths) <= MAX_LENGTHS:
        what = f"'lengths' is a list of 1 to {MAX_LENGTHS}"
        table.wrong(what, "lengths", remedy='As in: ["natural", "15m"]')
        return ()
    editions: dict[str, str] = {}
    for number, each in enumerate(lengths, 1):
        try:
            text = each if isinstance(each, str) and each == each.strip() else ""
            name = asked.edition(asked.length_s(text))
        except UsageError as error:
            table.wrong(error.what, "lengths", str(number))
            continue
        if name in editions:
            what = f"the length {name} stands in the list already"
            table.wrong(what, "lengths", str(number), remedy="Once is enough.")
        editions[name] = text
    return tuple(editions.values())
