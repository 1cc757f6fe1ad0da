"""The document beside a track: its timeline, what it is called, and what proves its sound."""

from __future__ import annotations

import base64
import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from generator.audio import RATE_HZ, to_ms, to_seconds
from generator.errors import CheckError
from generator.model import (
    COMMERCIAL,
    KINDS,
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

SCHEMA = 2
"""Version of the timeline document: it rises when an older reader would misread a newer one."""

_OF_FACTS = ("title", "narrator", "engine", "language", "date")
"""What every document says about its track, in texts."""
_SINCE: dict[str, str | bool] = {
    "description": "",
    "disclosure": "",
    "kind": "practice",
    "synthetic": True,
    "with_text": True,
    "commercial": "unclear",
}
"""What documents say since, and what one from before is taken to say."""
_CHOICES: dict[str, tuple[str, ...]] = {"kind": KINDS, "commercial": COMMERCIAL}
_PLACE = ("number", "of")
"""Of a track in its course; null for one by itself."""

_LISTS = {
    "silences": Silence,
    "strikes": Strike,
    "swells": Swell,
    "sections": Section,
    "beds": BedSpan,
    "inserts": Inserted,
}
"""What the document holds just as the timeline does."""


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
        "facts": {
            **{name: getattr(facts, name) for name in (*_OF_FACTS, *_SINCE)},
            **dict(zip(_PLACE, facts.track or (None, None), strict=True)),
        },
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

    What the document does not keep is empty; of one from before it is as the defaults of Facts say.
    Raises CheckError if something is missing or of the wrong kind.
    """
    whole = document if isinstance(document, dict) else {}
    kept = whole.get("facts")
    kept = kept if isinstance(kept, dict) else {}
    texts: dict[str, Any] = {name: kept.get(name) for name in _OF_FACTS}
    if not all(isinstance(text, str) for text in texts.values()):
        raise CheckError(f"not texts for {', '.join(_OF_FACTS)}", where="timeline, facts")
    since: dict[str, Any] = {name: kept.get(name, before) for name, before in _SINCE.items()}
    for name, value in since.items():
        known = _CHOICES.get(name)
        if type(value) is not type(_SINCE[name]) or (known and value not in known):
            raise CheckError(f"'{name}' is not of its kind", where="timeline, facts")
    return Facts(album="", **texts, **since, track=_track(*(kept.get(name) for name in _PLACE)))


def _track(number: object, of: object) -> tuple[int, int] | None:
    """A place in a course, where there is one."""
    if number is None and of is None:
        return None
    if type(number) is not int or type(of) is not int or not 1 <= number <= of:
        raise CheckError("'number' is not one of 'of'", where="timeline, facts")
    return number, of


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
