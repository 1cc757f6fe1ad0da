"""What the MP3 says about itself: ID3v2.3, because every player reads it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from generator.audio import amplitude, to_ms
from generator.errors import UsageError, WriteError

if TYPE_CHECKING:
    from pathlib import Path

    from generator.model import Facts, Measured, Timeline

MOST_CHAPTERS = 255
"""A table of contents counts its chapters in one byte."""

_MAKER = "Meditation Generator"
_REPLAYGAIN_LUFS = -18.0
_DESCRIPTION_CHARACTERS, _SCRIPT_CHARACTERS = 4_000, 1_000_000
_DROPPED = {"Cc", "Cf", "Cs"}

_LANGUAGES = (
    "ar:ara bg:bul bn:ben ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng es:spa et:est eu:eus "
    "fa:fas fi:fin fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye id:ind is:isl "
    "it:ita ja:jpn ka:kat kk:kaz kn:kan ko:kor lb:ltz lt:lit lv:lav ml:mal mr:mar ms:msa nb:nob "
    "ne:nep nl:nld nn:nno no:nor pa:pan pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp "
    "sv:swe sw:swa ta:tam te:tel th:tha tr:tur uk:ukr ur:urd vi:vie zh:zho"
)
"""ISO 639-2, which ID3 wants, for the two letters with which BCP 47 begins."""


def write_tags(
    mp3: Path,
    facts: Facts,
    timeline: Timeline,
    measured: Measured,
    *,
    cover: bytes,
    text: str,
    track: tuple[int, int] | None = None,
) -> None:
    """Puts a fresh tag before the sound of a file; the same arguments give the same bytes.

    ``cover`` is a JPEG, or empty for none; ``text`` the words of the whole track; ``track`` its
    number in a course, and how many there are. A tag that is there already is replaced unread.

    Raises UsageError, before anything is written, for more than 255 chapters or a date that is
    none; WriteError if the file is not there or cannot be written.
    """
    import mutagen

    frames = _about(facts, track) + _provenance(facts, measured) + _words(facts, text)
    tag = _tag(frames + _chapters(timeline) + _picture(cover))
    try:
        # Opened here, because mutagen would make a missing file: a tag without a sound.
        with mp3.open("r+b") as file:
            tag.save(file, v1=0, v2_version=3, padding=lambda _: 0)
    except (OSError, mutagen.MutagenError) as cause:
        raise WriteError(f"its tags could not be written: {cause}", where=str(mp3)) from cause


def clean_text(text: str, most: int = 250, *, multiline: bool = False) -> str:
    """The text as any player can show it, in at most that many characters.

    Composed (NFC), without control, format or surrogate characters, and each run of blanks one
    space. A line break counts as a blank, or with ``multiline`` stays, with at most one empty line
    between two others. What is clean already stays as it is.
    """
    kept = (each for each in text if each.isspace() or unicodedata.category(each) not in _DROPPED)
    # Composed last: what was dropped may have stood between a letter and its accent.
    composed = unicodedata.normalize("NFC", "".join(kept))
    lines = [" ".join(line.split()) for line in composed.splitlines()]
    if not multiline:
        return " ".join(filter(None, lines))[:most].rstrip()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:most].rstrip()


def _tag(frames: list[Any]) -> Any:
    """A tag of these frames, in this order.

    mutagen sorts frames by size, chapters too, and players that go by the order in the file then
    shuffle them (quodlibet/mutagen, issue 506).
    """
    from mutagen.id3 import ID3
    from mutagen.id3._tags import save_frame

    class InOrder(ID3):
        def _write(self: Any, config: object) -> bytes:
            return b"".join(map(partial(save_frame, config=config), self.values()))

    tag = cast("Any", InOrder)()
    for frame in frames:
        tag.add(frame)
    tag.update_to_v23()
    return tag


def _about(facts: Facts, track: tuple[int, int] | None) -> list[Any]:
    """What the track is called, who speaks, when it was made and in what language."""
    day = _day(facts.date)
    texts = {
        "TIT2": facts.title,
        "TPE1": facts.narrator,
        # One album artist holds a course together, whoever speaks in its tracks.
        "TPE2": _MAKER if track else "",
        "TALB": facts.album,
        "TRCK": f"{track[0]}/{track[1]}" if track else "",
        "TCON": "Meditation",
        "TYER": f"{day.year:04}" if day else "",
        "TDAT": f"{day:%d%m}" if day else "",
        "TLAN": _language(facts),
        "TSSE": _MAKER,
    }
    return [frame for name, text in texts.items() for frame in _text(name, clean_text(text))]


def _provenance(facts: Facts, measured: Measured) -> list[Any]:
    """What voice it is, if it is nobody's, and the gain that makes its speech as loud as others."""
    texts = {
        "AI_VOICE": clean_text(facts.engine) if facts.synthetic else "",
        "REPLAYGAIN_TRACK_GAIN": f"{_REPLAYGAIN_LUFS - measured.speech_lufs:+.2f} dB",
        "REPLAYGAIN_TRACK_PEAK": f"{amplitude(measured.true_peak_dbtp):.6f}",
    }
    return [frame for desc, text in texts.items() for frame in _text("TXXX", text, desc=desc)]


def _words(facts: Facts, text: str) -> list[Any]:
    """What the track is about, and all that is said in it."""
    named = {"lang": _language(facts), "desc": ""}
    about = clean_text(facts.description, _DESCRIPTION_CHARACTERS, multiline=True)
    said = lyrics(text) if facts.with_text else ""
    return [*_text("COMM", about, **named), *_text("USLT", said, **named)]


def lyrics(text: str) -> str:
    """The words of a whole track as its tag holds them."""
    return clean_text(text, _SCRIPT_CHARACTERS, multiline=True)


def chapters(timeline: Timeline) -> tuple[tuple[str, int, int], ...]:
    """Title, start and end in milliseconds of each chapter, in time order, without a gap."""
    sections = sorted(timeline.sections, key=attrgetter("start_frame"))
    marks_ms = [*(to_ms(each.start_frame) for each in sections), to_ms(timeline.frames)]
    titles = (clean_text(each.title) for each in sections)
    return tuple(zip(titles, marks_ms, marks_ms[1:], strict=False))


def _chapters(timeline: Timeline) -> list[Any]:
    """The table of contents, then the chapters."""
    listed = chapters(timeline)
    if not listed:
        return []
    if len(listed) > MOST_CHAPTERS:
        raise UsageError(f"{len(listed)} chapters are too many", remedy=f"Use {MOST_CHAPTERS}.")
    id3 = _id3()
    marks = [
        id3.CHAP(
            element_id=f"chp{number:03}",
            start_time=start_ms,
            end_time=end_ms,
            sub_frames=_text("TIT2", title),
        )
        for number, (title, start_ms, end_ms) in enumerate(listed)
    ]
    contents = id3.CTOC(
        element_id="toc",
        flags=id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED,
        child_element_ids=[each.element_id for each in marks],
        sub_frames=_text("TIT2", "Chapters"),
    )
    return [contents, *marks]


def _picture(cover: bytes) -> list[Any]:
    """The front cover. It comes last: a player that streams has read all else before it."""
    front = partial(_id3().APIC, encoding=0, mime="image/jpeg", type=3, desc="")
    return [front(data=cover)] if cover else []


def _text(name: str, text: str, **more: str) -> list[Any]:
    """The frame of that name, or none if there is nothing to say.

    UTF-16 where the text needs it: players do not agree on what is beyond ASCII in Latin-1.
    """
    encoding = 0 if text.isascii() else 1
    return [getattr(_id3(), name)(encoding=encoding, text=text, **more)] if text else []


def _language(facts: Facts) -> str:
    known = dict(pair.split(":") for pair in _LANGUAGES.split())
    return known.get(re.split("[-_]", facts.language.lower())[0], "und")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"'{text}' is not a date", remedy="Write it as YYYY-MM-DD.") from None


def _id3() -> Any:
    """The frames of mutagen. Any, because it says it is typed and is not."""
    from mutagen import id3

    return id3
