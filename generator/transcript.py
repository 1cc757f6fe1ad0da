"""The words of a track in their time: as WebVTT, as plain text, and as the document beside the MP3.

All three may hold a listener's details, so no error here repeats a word of them.
"""

from __future__ import annotations

import base64
import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import asdict, dataclass, field, fields
from html import escape
from typing import Any

from generator.audio import RATE_HZ, to_ms, to_seconds
from generator.errors import CheckError
from generator.model import (
    BedSpan,
    Evidence,
    Facts,
    Inserted,
    Measured,
    Phrase,
    Section,
    Silence,
    Spoken,
    Stream,
    Strike,
    Swell,
    Timeline,
)
from generator.wording import wording

SCHEMA = 2
"""Version of the timeline document: it rises when an older reader would misread a newer one."""

_LINE_CHARACTERS = 65
_NATURAL = ",;:.!?\u2026\u2013\u2014"
_NATURAL_CHARACTERS = 12
"""How many characters further off a line may end, if it ends after one of these."""

_BLANKS = re.compile(r"[^\S\u00a0\u202f]+")
"""White space, without the two blanks that keep what they join on one line."""

_RUN_ON = ("sentence", "breath")
"""Origins of the silences after which the words run on in the same line."""

_OF_FACTS = ("title", "narrator", "engine", "language", "date")
"""What the document says about the track."""

_LISTS = {
    "silences": Silence,
    "strikes": Strike,
    "swells": Swell,
    "sections": Section,
    "beds": BedSpan,
    "inserts": Inserted,
}
"""What the document holds just as the timeline does."""


def webvtt(timeline: Timeline, facts: Facts) -> str:
    """The track as WebVTT: a cue for each phrase and each recording, in time order.

    A cue lasts as long as its words, to the millisecond and at least one. What it shows has at most
    65 characters a line.
    """
    # There is no language header: WebVTT defines none since 2016 (w3c/webvtt, pull request 305).
    blocks = ["WEBVTT"]
    if facts.synthetic:
        engine = escape(_one_line(facts.engine), quote=False)
        blocks.append(f"NOTE {wording(facts.language).synthetic_note.format(engine=engine)}")
    return "\n\n".join((*blocks, *cues(timeline, facts.language))) + "\n"


def cues(timeline: Timeline, language: str) -> tuple[str, ...]:
    """The cues of the WebVTT: times, and the words in their lines."""
    speaker = f"<v {wording(language).speaker}>"
    shown = []
    for each in timeline.voiced:
        start_ms, end_ms = to_ms(each.start_frame), to_ms(each.end_frame)
        words = "\n".join(_wrapped(_one_line(each.text)))
        times = f"{_stamp(start_ms)} --> {_stamp(max(end_ms, start_ms + 1))}"
        voice = speaker if isinstance(each, Spoken) else ""
        shown.append(f"{times}\n{voice}{escape(words, quote=False)}")
    return tuple(shown)


def cues_in(vtt: str) -> tuple[str, ...]:
    """The cues of a WebVTT file as we write it, whatever ends its lines; none of another file.

    Beside them it holds its header and one note, whose words do not count.
    """
    text = vtt.removeprefix("\ufeff").replace("\r\n", "\n")
    header, *blocks = text.rstrip("\n").split("\n\n")
    others = [block for block in blocks if " --> " not in block]
    noted = len(others) <= 1 and all(block.startswith("NOTE ") for block in others)
    if header != "WEBVTT" or not noted:
        return ()
    return tuple(block for block in blocks if " --> " in block)


def plain_text(timeline: Timeline) -> str:
    """The words alone: chapter titles on lines of their own, a blank line before each.

    Phrases run on until the voice pauses; a pause begins a new line, and a recording has its own.
    """
    starts = [each.start_frame for each in timeline.sections]
    pauses = sorted(each.start_frame for each in timeline.silences if each.origin not in _RUN_ON)
    # One block for each section, and one more for what is said before the first.
    blocks = [[], *([_one_line(each.title)] for each in timeline.sections)]
    before: tuple[int, int] | None = None
    for each in timeline.voiced:
        block, here = bisect_right(starts, each.start_frame), bisect_left(pauses, each.start_frame)
        spoken = isinstance(each, Spoken)
        if spoken and (block, here) == before:
            blocks[block][-1] += f" {_one_line(each.text)}"
        else:
            blocks[block].append(_one_line(each.text))
        before = (block, here) if spoken else None
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _stamp(time_ms: int) -> str:
    seconds, ms = divmod(time_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def _one_line(text: str) -> str:
    """The text without line breaks, and without what no text file should hold."""
    line = _BLANKS.sub(" ", text)
    return "".join(each for each in line if unicodedata.category(each) not in {"Cc", "Cs"}).strip()


def _wrapped(text: str) -> list[str]:
    """The text in lines of nearly one length, ended after a comma rather than elsewhere."""
    lines = []
    while len(text) > _LINE_CHARACTERS:
        even = len(text) / math.ceil(len(text) / _LINE_CHARACTERS)
        strains = {
            at: abs(at - even) - (_NATURAL_CHARACTERS if text[at - 1] in _NATURAL else 0)
            for at in range(1, _LINE_CHARACTERS + 1)
            if text[at] == " "
        }
        at = min(strains, key=strains.__getitem__, default=_LINE_CHARACTERS)
        lines.append(text[:at])
        text = text[at:].lstrip(" ")
    return [*lines, text]


@dataclass(frozen=True)
class _Said:
    """A phrase as the document has it: flat, with its end, and also in milliseconds."""

    start_frame: int
    end_frame: int
    start_ms: int
    end_ms: int
    text: str = field(repr=False)
    personal: bool
    pace: float

    @classmethod
    def of(cls, spoken: Spoken) -> _Said:
        start, end, phrase = spoken.start_frame, spoken.end_frame, spoken.phrase
        times = (start, end, to_ms(start), to_ms(end))
        return cls(*times, phrase.text, phrase.personal, float(phrase.pace))

    def spoken(self) -> Spoken:
        phrase = Phrase(self.text, self.personal, self.pace)
        return Spoken(phrase, self.start_frame, self.end_frame - self.start_frame)


def timeline_document(
    timeline: Timeline,
    facts: Facts,
    measured: Measured,
    inputs: str,
    evidence: Evidence,
) -> dict[str, Any]:
    """The timeline as a JSON object, from which :func:`timeline_from` reads it back exactly.

    ``inputs`` is the caller's own mark of what the track was made from, kept as it is. The
    evidence, which proves the finished file, comes back from :func:`evidence_from`.
    """
    return {
        "schema": SCHEMA,
        "rate_hz": RATE_HZ,
        "frames": timeline.frames,
        "length_s": to_seconds(timeline.frames),
        "phrases": [asdict(_Said.of(each)) for each in timeline.spoken],
        **{name: [asdict(each) for each in getattr(timeline, name)] for name in _LISTS},
        "facts": {name: getattr(facts, name) for name in _OF_FACTS},
        "inputs": inputs,
        "measured": asdict(measured),
        "stream": asdict(evidence.stream) if evidence.stream else None,
        "evidence": {
            "speech_lufs": float(evidence.speech_lufs),
            "ground": _ascii(evidence.ground),
            "clips": [_ascii(each) for each in evidence.clips],
        },
    }


def _ascii(levels: bytes) -> str:
    return base64.b64encode(levels).decode("ascii")


def timeline_from(document: object) -> Timeline:
    """The timeline in a document that :func:`timeline_document` gave.

    Raises CheckError, naming the entry, if something is missing, unknown, of the wrong kind,
    outside the track, or at odds with itself.
    """
    whole = document if isinstance(document, dict) else {}
    frames = whole.get("frames")
    schema = whole.get("schema")
    if type(schema) is int and 0 < schema < SCHEMA:
        raise CheckError(
            f"an earlier version of this program made it (schema {schema}, not {SCHEMA})",
            where="timeline",
            remedy="Render the track again: what is kept of its voice is used.",
        )
    known = schema == SCHEMA and whole.get("rate_hz") == RATE_HZ
    if not known or type(frames) is not int or frames < 1:
        raise CheckError(f"not a track of schema {SCHEMA} at {RATE_HZ} Hz", where="timeline")
    said = _read(_Said, whole, "phrases")
    spoken = tuple(each.spoken() for each in said)
    if said != tuple(map(_Said.of, spoken)):
        raise CheckError("frames and milliseconds differ", where="timeline, phrases")
    lists = {name: _read(noun, whole, name) for name, noun in _LISTS.items()}
    return Timeline(frames=frames, spoken=spoken, **lists)


def facts_from(document: object) -> Facts:
    """What the track is called and who speaks in it, in a document of :func:`timeline_document`.

    What the document does not keep is empty. Raises CheckError if something is missing or no text.
    """
    whole = document if isinstance(document, dict) else {}
    kept = whole.get("facts")
    kept = kept if isinstance(kept, dict) else {}
    texts: dict[str, Any] = {name: kept.get(name) for name in _OF_FACTS}
    if not all(isinstance(text, str) for text in texts.values()):
        raise CheckError(f"not texts for {', '.join(_OF_FACTS)}", where="timeline, facts")
    return Facts(album="", description="", **texts)


def evidence_from(document: object) -> Evidence:
    """What proves the finished file, in a document that :func:`timeline_document` gave.

    Raises CheckError, naming the entry, if something is missing or of the wrong kind.
    """
    whole = document if isinstance(document, dict) else {}
    streams = [] if whole.get("stream") is None else [whole["stream"]]  # only an MP3 has one
    (stream,) = _read(Stream, {**whole, "stream": streams}, "stream") or (None,)
    kept = whole.get("evidence")
    kept = kept if isinstance(kept, dict) else {}
    speech_lufs, clips = kept.get("speech_lufs"), kept.get("clips")
    if type(speech_lufs) is not float or not math.isfinite(speech_lufs):
        raise CheckError("'speech_lufs' is not a number", where="timeline, evidence")
    if not isinstance(clips, list):
        raise CheckError("'clips' is not a list", where="timeline, evidence")
    levels = tuple(map(_levels, clips))
    return Evidence(speech_lufs, _levels(kept.get("ground")), levels, stream)


def _levels(text: object) -> bytes:
    try:
        return base64.b64decode(text if isinstance(text, str) else "?", validate=True)
    except ValueError as error:
        raise CheckError("levels are not in base64", where="timeline, evidence") from error


def _read(noun: Any, whole: dict[str, Any], name: str) -> tuple[Any, ...]:
    """The nouns in one list of a document, each proven to have exactly its fields."""
    kinds = {each.name: str(each.type) for each in fields(noun)}
    entries = whole.get(name)
    if not isinstance(entries, list):
        raise CheckError("not a list", where=f"timeline, {name}")
    for number, entry in enumerate(entries):
        where = f"timeline, {name}[{number}]"
        if not isinstance(entry, dict) or entry.keys() != kinds.keys():
            raise CheckError(f"not an object of {', '.join(kinds)}", where=where)
        for key, kind in kinds.items():
            # By name, and exactly: to isinstance, true would be a whole number.
            if type(entry[key]).__name__ != kind:
                raise CheckError(f"'{key}' is not of kind {kind}", where=where)
        start = entry.get("start_frame", 0)
        end = entry.get("end_frame", start + entry.get("frames", 0))
        if not 0 <= start <= end <= whole["frames"]:
            raise CheckError("outside the track", where=where)
    return tuple(noun(**entry) for entry in entries)
