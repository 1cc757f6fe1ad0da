"""What a file says about itself, cleaned and ready, whatever way its format writes it down."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from generator.audio import amplitude, to_ms
from generator.errors import UsageError
from generator.model import Facts, Measured, Timeline
from generator.tags.clean import clean_text
from generator.wording import wording

MOST_CHAPTERS = 255
"""A table of contents counts its chapters in one byte."""
MAKER = "Meditation Generator"

_REPLAYGAIN_LUFS = -18.0
_DESCRIPTION_CHARACTERS, _SCRIPT_CHARACTERS = 4_000, 1_000_000

_LANGUAGES = (
    "ar:ara bg:bul bn:ben ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng es:spa et:est eu:eus "
    "fa:fas fi:fin fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye id:ind is:isl "
    "it:ita ja:jpn ka:kat kk:kaz kn:kan ko:kor lb:ltz lt:lit lv:lav ml:mal mr:mar ms:msa nb:nob "
    "ne:nep nl:nld nn:nno no:nor pa:pan pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp "
    "sv:swe sw:swa ta:tam te:tel th:tha tr:tur uk:ukr ur:urd vi:vie zh:zho"
)
"""ISO 639-2, which ID3 wants, for the two letters with which BCP 47 begins."""


@dataclass(frozen=True)
class Chapter:
    """One chapter, without a gap to the next."""

    title: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Said:
    """Everything a tag can hold; what is empty is left out of it."""

    title: str
    narrator: str
    album: str
    album_artist: str
    """One holds a course together, whoever speaks in its tracks."""
    track: tuple[int, int] | None
    """Its number in a course, and how many there are."""
    day: date | None
    language: str
    """ISO 639-2."""
    about: str
    lyrics: str = field(repr=False)
    provenance: dict[str, str]
    """What voice it is, if it is nobody's, and the gain that makes its speech as loud as others."""
    chapters: tuple[Chapter, ...]
    contents: str
    """What the table of them is called."""
    genre: str
    cover: bytes = field(repr=False)
    """A JPEG, or empty."""

    def fields(self, names: dict[str, str]) -> dict[str, str]:
        """What there is to say, each under the name that ``names`` has for it."""
        texts = {
            "title": self.title,
            "narrator": self.narrator,
            "album": self.album,
            "album_artist": self.album_artist,
            "genre": self.genre,
            "date": self.day.isoformat() if self.day else "",
            "language": self.language,
            "about": self.about,
            "lyrics": self.lyrics,
            "maker": MAKER,
        }
        return {names[each]: text for each, text in texts.items() if text and each in names}


def said(
    facts: Facts,
    timeline: Timeline,
    measured: Measured,
    cover: bytes,
    text: str,
) -> Said:
    """All of it from the nouns. Raises UsageError for too many chapters or a date that is none."""
    provenance = {
        "AI_VOICE": clean_text(facts.engine) if facts.synthetic else "",
        "REPLAYGAIN_TRACK_GAIN": f"{_REPLAYGAIN_LUFS - measured.speech_lufs:+.2f} dB",
        "REPLAYGAIN_TRACK_PEAK": f"{amplitude(measured.true_peak_dbtp):.6f}",
    }
    return Said(
        title=clean_text(facts.title),
        narrator=clean_text(facts.narrator),
        album=clean_text(facts.album),
        album_artist=clean_text(facts.artist),
        track=facts.track,
        day=_day(facts.date),
        language=_language(facts),
        about=clean_text(facts.description, _DESCRIPTION_CHARACTERS, multiline=True),
        lyrics=lyrics(text) if facts.with_text else "",
        provenance={name: value for name, value in provenance.items() if value},
        chapters=chapters(timeline),
        contents=wording(facts.language).chapters,
        genre=wording(facts.language).genre,
        cover=cover,
    )


def lyrics(text: str) -> str:
    """The words of a whole track as its tag holds them."""
    return clean_text(text, _SCRIPT_CHARACTERS, multiline=True)


def chapters(timeline: Timeline) -> tuple[Chapter, ...]:
    """The chapters in time order, the last up to the end."""
    sections = sorted(timeline.sections, key=attrgetter("start_frame"))
    if len(sections) > MOST_CHAPTERS:
        raise UsageError(f"{len(sections)} chapters are too many", remedy=f"Use {MOST_CHAPTERS}.")
    marks_ms = [*(to_ms(each.start_frame) for each in sections), to_ms(timeline.frames)]
    titles = [clean_text(section.title) for section in sections]
    return tuple(map(Chapter, titles, marks_ms, marks_ms[1:]))


def _language(facts: Facts) -> str:
    known = dict(pair.split(":") for pair in _LANGUAGES.split())
    return known.get(re.split("[-_]", facts.language.lower())[0], "und")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"'{text}' is not a date", remedy="Write it as YYYY-MM-DD.") from None
