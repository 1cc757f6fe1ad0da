"""The words of a track as WebVTT: what browsers and directories read."""

from __future__ import annotations

from html import escape

from generator.audio import stamp, to_ms
from generator.model import Facts, Spoken, Timeline
from generator.transcript.lines import one_line, wrapped
from generator.wording import wording

_LINE_CHARACTERS = 65


def webvtt(timeline: Timeline, facts: Facts) -> str:
    """The track as WebVTT: a cue for each phrase and each recording, in time order.

    A cue lasts as long as its words, to the millisecond and at least one. What it shows has at most
    65 characters a line.
    """
    # There is no language header: WebVTT defines none since 2016 (w3c/webvtt, pull request 305).
    blocks = ["WEBVTT"]
    if facts.synthetic:
        engine = escape(one_line(facts.engine), quote=False)
        blocks.append(f"NOTE {wording(facts.language).synthetic_note.format(engine=engine)}")
    return "\n\n".join((*blocks, *cues(timeline, facts.language))) + "\n"


def cues(timeline: Timeline, language: str) -> tuple[str, ...]:
    """The cues of the WebVTT: times, and the words in their lines."""
    speaker = f"<v {wording(language).speaker}>"
    shown = []
    for each in timeline.voiced:
        start_ms, end_ms = to_ms(each.start_frame), to_ms(each.end_frame)
        words = "\n".join(wrapped(one_line(each.text), _LINE_CHARACTERS))
        times = f"{stamp(start_ms)} --> {stamp(max(end_ms, start_ms + 1))}"
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
