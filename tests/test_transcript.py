"""The words in their time: for a person who reads, and for a program that asks again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
import srt as subrip_oracle
import webvtt as oracle
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.audio import RATE_HZ, to_ms
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
from generator.transcript import cues as cues_of
from generator.transcript import (
    cues_in,
    evidence_from,
    facts_from,
    plain_text,
    srt,
    timeline_document,
    timeline_from,
    webvtt,
)

FACTS = Facts(
    title="Warmth",
    narrator="Joe",
    album="Guided Meditations",
    language="en",
    description="Warmth. The voice, Joe, is synthetic.",
    date="2026-03-09",
    engine="piper joe 1.0.0",
    with_text=False,
    track=(3, 8),
    kind="talk",
    commercial="no",
)
MEASURED = Measured(3_000_000, -16.1, -1.3, -19.5, 12.0, -10.5, -15.0)
STREAM = Stream("00ff", 7_680_768, 20_002, "LAME3.100")
EVIDENCE = Evidence(-16.0, b"\x00\x01\xff", (b"\x10" * 9, b""), STREAM)
SECRET = "Biscuit the dog"
TIMELINE = Timeline(
    frames=3_000_000,
    spoken=(
        Spoken(Phrase("Welcome."), 1_152, 48_000),
        Spoken(Phrase("Sit  down,\nif you like."), 60_001, 90_000),
        Spoken(Phrase(f"Think of {SECRET}.", personal=True, pace=0.9), 400_000, 100_000),
        Spoken(Phrase("Stay."), 600_000, 20_000),
        Spoken(Phrase("Open your eyes."), 2_000_000, 70_000),
    ),
    silences=(
        Silence(0, 1_152, "edge"),
        Silence(49_152, 10_849, "sentence"),
        Silence(150_001, 249_999, "paragraph"),
        Silence(500_000, 100_000, "pause"),
        Silence(620_000, 1_380_000, "sentence"),
    ),
    strikes=(Strike("open", 0), Strike("close", 2_500_000, -4.0)),
    swells=(Swell("in", 700_000, 192_000),),
    sections=(Section("Arriving", 60_000, 2_000_000), Section("Returning", 2_000_000, 3_000_000)),
    beds=(BedSpan("drone", 0),),
)


def saying(*texts: str, frames: int = 48_000) -> Timeline:
    spoken = tuple(
        Spoken(Phrase(text), 2 * frames * number, frames) for number, text in enumerate(texts)
    )
    return Timeline(2 * frames * len(texts) + 1, spoken, (), (), (), ())


def cues(vtt: str) -> list[list[str]]:
    """The lines of each cue, its times first."""
    return [block.split("\n") for block in vtt.rstrip("\n").split("\n\n") if " --> " in block]


def printed(text: str) -> str:
    return "".join(each for each in text if each.isprintable() and not each.isspace())


# --- WebVTT -----------------------------------------------------------------------------------


def test_webvtt_to_the_letter() -> None:
    assert webvtt(TIMELINE, FACTS) == (
        "WEBVTT\n\n"
        "NOTE Synthetic voice: piper joe 1.0.0\n\n"
        "00:00:00.024 --> 00:00:01.024\n<v Narrator>Welcome.\n\n"
        "00:00:01.250 --> 00:00:03.125\n<v Narrator>Sit down, if you like.\n\n"
        "00:00:08.333 --> 00:00:10.417\n<v Narrator>Think of Biscuit the dog.\n\n"
        "00:00:12.500 --> 00:00:12.917\n<v Narrator>Stay.\n\n"
        "00:00:41.667 --> 00:00:43.125\n<v Narrator>Open your eyes.\n"
    )


def test_another_reader_finds_the_same_words_at_the_same_times() -> None:
    captions = oracle.from_string(webvtt(TIMELINE, FACTS)).captions
    assert [(each.start_in_seconds, each.voice) for each in captions] == [
        (to_ms(each.start_frame) // 1000, "Narrator") for each in TIMELINE.spoken
    ]
    assert captions[1].text == "Sit down, if you like."
    assert (captions[4].start, captions[4].end) == ("00:00:41.667", "00:00:43.125")


def test_past_the_hour_and_out_of_order() -> None:
    late = Spoken(Phrase("Late."), 100 * 3_600 * RATE_HZ + 59 * 60 * RATE_HZ + 47, 48)
    timeline = replace(TIMELINE, frames=late.end_frame, spoken=(late, *TIMELINE.spoken[:1]))
    assert [times for times, _ in cues(webvtt(timeline, FACTS))] == [
        "00:00:00.024 --> 00:00:01.024",
        "100:59:00.001 --> 100:59:00.002",
    ]


def test_a_cue_never_ends_when_it_starts() -> None:
    ((times, _),) = cues(webvtt(saying("m", frames=1), FACTS))
    assert times == "00:00:00.000 --> 00:00:00.001"


def test_nothing_in_the_words_is_taken_for_markup() -> None:
    vtt = webvtt(saying("<b>Q&A</b> --> \x00now"), replace(FACTS, engine="a --> b\n\nc"))
    assert cues(vtt)[-1][1] == "<v Narrator>&lt;b&gt;Q&amp;A&lt;/b&gt; --&gt; now"
    assert "NOTE Synthetic voice: a --&gt; b c\n\n" in vtt
    assert vtt.count("-->") == 1


def test_quotes_stay_as_they_are() -> None:
    ((_, line),) = cues(webvtt(saying(""" "Don't," she says. """), FACTS))
    assert line == """<v Narrator>"Don't," she says."""


def test_a_voice_that_is_not_synthetic_is_not_called_so() -> None:
    assert webvtt(saying("Rest."), replace(FACTS, synthetic=False)).startswith("WEBVTT\n\n00:")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x" * 65, ["x" * 65]),
        ("x" * 66, ["x" * 65, "x"]),
        (
            "Let the breath come as it likes, and let the shoulders sink all the way down.",
            ["Let the breath come as it likes,", "and let the shoulders sink all the way down."],
        ),
        (
            "Where the body touches the floor there is nothing at all for you to carry or hold",
            [
                "Where the body touches the floor there is",
                "nothing at all for you to carry or hold",
            ],
        ),
        # The no-break space is nearer to the middle, and joins all the same.
        (f"{'x' * 30} 10\u00a0{'y' * 34}", ["x" * 30, f"10\u00a0{'y' * 34}"]),
    ],
)
def test_lines_break_where_a_reader_would(text: str, lines: list[str]) -> None:
    ((_, first, *rest),) = cues(webvtt(saying(text), FACTS))
    assert [first.removeprefix("<v Narrator>"), *rest] == lines


@given(st.lists(st.text() | st.text("ab ,\u00a0\n<&", min_size=60, max_size=200), max_size=3))
@settings(deadline=None, max_examples=50)
def test_no_word_is_lost_and_no_line_too_long(texts: list[str]) -> None:
    shown = cues(webvtt(saying(*texts), FACTS))
    assert len(shown) == len(texts)
    for text, (times, *lines) in zip(texts, shown, strict=True):
        assert re.fullmatch(r"(\d\d:\d\d:\d\d\.\d{3}) --> (\d\d:\d\d:\d\d\.\d{3})", times)
        plain = [unescape(line.removeprefix("<v Narrator>")) for line in lines]
        assert all(len(line) <= 65 for line in plain)
        assert printed("".join(plain)) == printed(text)


# --- SubRip -----------------------------------------------------------------------------------


def test_subrip_to_the_letter() -> None:
    assert srt(TIMELINE) == (
        "1\n00:00:00,024 --> 00:00:01,024\nWelcome.\n\n"
        "2\n00:00:01,250 --> 00:00:03,125\nSit down, if you like.\n\n"
        "3\n00:00:08,333 --> 00:00:10,417\nThink of Biscuit the dog.\n\n"
        "4\n00:00:12,500 --> 00:00:12,917\nStay.\n\n"
        "5\n00:00:41,667 --> 00:00:43,125\nOpen your eyes.\n"
    )


def test_a_long_phrase_is_several_cues_that_share_its_time() -> None:
    """TR-3: two lines of 32 characters, decimals after a comma, counted from 1."""
    text = "Let the breath come as it likes, and let the shoulders sink, all the way down now."
    shown = list(subrip_oracle.parse(srt(saying(text, frames=8 * RATE_HZ))))
    assert [each.content.split("\n") for each in shown] == [
        ["Let the breath come as it likes,", "and let the shoulders sink,"],
        ["all the way down now."],
    ]
    # 60 characters and 21 share 8 s, the break between two lines counted.
    assert [(each.start.total_seconds(), each.end.total_seconds()) for each in shown] == [
        (0.0, 5.925),
        (5.925, 8.0),
    ]


def test_nothing_in_subrip_is_taken_for_markup() -> None:
    ((shown),) = subrip_oracle.parse(srt(saying("<b>Q&A</b> --> \x00now")))
    assert shown.content == "‹b›Q&A‹/b› --› now"


@given(st.lists(st.text() | st.text("ab ,\u00a0\n<&", min_size=30, max_size=200), max_size=3))
@settings(deadline=None, max_examples=50)
def test_another_reader_finds_every_word_in_short_cues_one_after_the_other(
    texts: list[str],
) -> None:
    timeline = saying(*texts, frames=240)
    shown = list(subrip_oracle.parse(srt(timeline)))
    assert [each.index for each in shown] == list(range(1, len(shown) + 1))
    lines = [line for each in shown for line in each.content.split("\n")]
    assert all(len(line) <= 32 for line in lines)
    assert all(each.content.count("\n") < 2 and each.start < each.end for each in shown)
    words = "".join(texts).replace("<", "‹").replace(">", "›")
    assert printed("".join(lines)) == printed(words)


# --- plain text -------------------------------------------------------------------------------


def test_plain_text_has_titles_and_a_new_line_for_each_pause() -> None:
    assert plain_text(TIMELINE) == (
        "Welcome.\n\n"
        "Arriving\nSit down, if you like.\nThink of Biscuit the dog.\nStay.\n\n"
        "Returning\nOpen your eyes."
    )


def test_sentences_of_one_paragraph_run_on() -> None:
    timeline = replace(TIMELINE, sections=(), silences=(Silence(500_000, 9, "rest"),))
    assert plain_text(timeline) == (
        "Welcome. Sit down, if you like. Think of Biscuit the dog.\nStay. Open your eyes."
    )


def test_the_order_of_the_lists_does_not_matter() -> None:
    spoken, silences = TIMELINE.spoken[::-1], TIMELINE.silences[::-1]
    shuffled = replace(TIMELINE, spoken=spoken, silences=silences)
    assert plain_text(shuffled) == plain_text(TIMELINE)
    assert webvtt(shuffled, FACTS) == webvtt(TIMELINE, FACTS)


RECORDED = (
    Inserted("[Recording]", 160_000, 48_000),
    Inserted("Welcome <home>\nto you.", 510_000, 48_000),
)


def test_a_recording_is_a_cue_of_nobody_s_voice_and_a_line_of_its_own() -> None:
    timeline = replace(TIMELINE, inserts=RECORDED)
    shown = cues(webvtt(timeline, FACTS))
    assert shown[2] == ["00:00:03.333 --> 00:00:04.333", "[Recording]"]
    assert shown[4] == ["00:00:10.625 --> 00:00:11.625", "Welcome &lt;home&gt; to you."]
    captions = oracle.from_string(webvtt(timeline, FACTS)).captions
    assert [each.voice for each in captions] == [*["Narrator"] * 2, None, "Narrator", None] + [
        "Narrator"
    ] * 2
    assert plain_text(replace(timeline, silences=())) == (
        "Welcome.\n\n"
        "Arriving\nSit down, if you like.\n[Recording]\nThink of Biscuit the dog.\n"
        "Welcome <home> to you.\nStay.\n\n"
        "Returning\nOpen your eyes."
    )


def test_a_phrase_on_the_border_belongs_to_what_begins_there() -> None:
    timeline = replace(TIMELINE, spoken=TIMELINE.spoken[-1:])
    assert plain_text(timeline) == "Arriving\n\nReturning\nOpen your eyes."


# --- the document -----------------------------------------------------------------------------


def document() -> dict[str, Any]:
    return timeline_document(TIMELINE, FACTS, MEASURED, "a0b1", EVIDENCE)


def test_the_document_says_what_the_timeline_does() -> None:
    shown = document()
    assert shown.pop("phrases")[2] == {
        "start_frame": 400_000,
        "end_frame": 500_000,
        "start_ms": 8_333,
        "end_ms": 10_417,
        "text": f"Think of {SECRET}.",
        "personal": True,
        "pace": 0.9,
    }
    assert shown.pop("silences")[1] == {
        "start_frame": 49_152,
        "frames": 10_849,
        "origin": "sentence",
    }
    assert shown == {
        "schema": 2,
        "rate_hz": 48_000,
        "frames": 3_000_000,
        "length_s": 62.5,
        "sections": [
            {"title": "Arriving", "start_frame": 60_000, "end_frame": 2_000_000},
            {"title": "Returning", "start_frame": 2_000_000, "end_frame": 3_000_000},
        ],
        "strikes": [
            {"kind": "open", "start_frame": 0, "level_db": 0.0},
            {"kind": "close", "start_frame": 2_500_000, "level_db": -4.0},
        ],
        "swells": [{"breath": "in", "start_frame": 700_000, "frames": 192_000}],
        "beds": [{"name": "drone", "start_frame": 0}],
        "inserts": [],
        "facts": {
            "title": "Warmth",
            "narrator": "Joe",
            "engine": "piper joe 1.0.0",
            "language": "en",
            "date": "2026-03-09",
            "description": "Warmth. The voice, Joe, is synthetic.",
            "disclosure": "",
            "kind": "talk",
            "synthetic": True,
            "with_text": False,
            "commercial": "no",
            "number": 3,
            "of": 8,
        },
        "inputs": "a0b1",
        "measured": {
            "frames": 3_000_000,
            "speech_lufs": -16.1,
            "true_peak_dbtp": -1.3,
            "mix_lufs": -19.5,
            "range_lu": 12.0,
            "most_momentary_lufs": -10.5,
            "most_short_term_lufs": -15.0,
        },
        "stream": {
            "digest": "00ff",
            "size_bytes": 7_680_768,
            "frames": 20_002,
            "encoder": "LAME3.100",
        },
        "evidence": {"speech_lufs": -16.0, "ground": "AAH/", "clips": ["EBAQEBAQEBAQ", ""]},
    }


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    frames = draw(st.integers(1, 10**10))
    texts = st.text(max_size=20)

    def span() -> tuple[int, int]:
        start = draw(st.integers(0, frames))
        return start, draw(st.integers(0, frames - start))

    def many(make: Any) -> tuple[Any, ...]:
        return tuple(make() for _ in range(draw(st.integers(0, 3))))

    def phrase() -> Phrase:
        return Phrase(draw(texts), draw(st.booleans()), draw(st.floats(0.1, 4)))

    def section() -> Section:
        start, length = span()
        return Section(draw(texts), start, start + length)

    return Timeline(
        frames=frames,
        spoken=many(lambda: Spoken(phrase(), *span())),
        silences=many(lambda: Silence(*span(), draw(texts))),
        strikes=many(lambda: Strike(draw(texts), span()[0], draw(st.floats(-24, 3)))),
        swells=many(lambda: Swell(draw(st.sampled_from(("in", "hold", "out", "rest"))), *span())),
        sections=many(section),
        beds=many(lambda: BedSpan(draw(texts), span()[0])),
        inserts=many(lambda: Inserted(draw(texts), *span())),
    )


@given(timelines())
@settings(deadline=None)
def test_a_timeline_comes_back_from_json_as_it_was(timeline: Timeline) -> None:
    text = json.dumps(
        timeline_document(timeline, FACTS, MEASURED, "a0b1", EVIDENCE), allow_nan=False
    )
    assert timeline_from(json.loads(text)) == timeline


def test_a_whole_number_for_a_pace_comes_back() -> None:
    timeline = saying("Rest.")
    whole = replace(timeline, spoken=(Spoken(Phrase("Rest.", pace=1), 0, 9),))
    assert timeline_from(timeline_document(whole, FACTS, MEASURED, "", EVIDENCE)) == whole


BREAKS: dict[str, tuple[str, Any, str]] = {
    "no schema": ("schema", None, "timeline: not a track of schema 2"),
    "an earlier schema": ("schema", 1, r"schema 1, not 2\)\. Render the track again"),
    "a later schema": ("schema", 3, "timeline: not a track of schema 2"),
    "another rate": ("rate_hz", 44_100, "at 48000 Hz"),
    "no length": ("frames", True, "timeline: not a track"),
    "empty": ("frames", 0, "timeline: not a track"),
    "no list": ("strikes", None, "timeline, strikes: not a list"),
    "no object": ("beds.0", "drone", r"timeline, beds\[0\]: not an object of name, start_frame"),
    "a field too few": ("sections.1", {"title": "x"}, r"sections\[1\]: not an object of title"),
    "a field too many": ("beds.0.gain_db", 1.0, r"beds\[0\]: not an object of name, start_frame"),
    "text for a frame": ("sections.1.end_frame", "9", r"sections\[1\]: 'end_frame' is not of kind"),
    "true for a frame": ("silences.0.start_frame", False, r"silences\[0\]: 'start_frame' is not"),
    "a fraction": ("silences.0.frames", 1.0, r"silences\[0\]: 'frames' is not of kind int"),
    "a number for text": ("phrases.2.text", 7, r"phrases\[2\]: 'text' is not of kind str"),
    "a negative start": ("strikes.0.start_frame", -1, r"strikes\[0\]: outside the track"),
    "past the end": ("beds.0.start_frame", 3_000_001, r"beds\[0\]: outside the track"),
    "a silence too long": ("silences.0.frames", 3_000_001, r"silences\[0\]: outside the track"),
    "end before start": ("phrases.2.end_frame", 399_999, r"phrases\[2\]: outside the track"),
    "times at odds": ("phrases.2.start_ms", 8_334, "phrases: frames and milliseconds differ"),
}


def broken_at(at: str, value: Any) -> Any:
    broken: Any = json.loads(json.dumps(document()))
    *path, last = (int(each) if each.isdigit() else each for each in at.split("."))
    entry = broken
    for step in path:
        entry = entry[step]
    entry[last] = value
    return broken


@pytest.mark.parametrize(("at", "value", "message"), BREAKS.values(), ids=BREAKS)
def test_a_broken_document_is_refused_by_name(at: str, value: Any, message: str) -> None:
    broken = broken_at(at, value)
    with pytest.raises(CheckError, match=message) as caught:
        timeline_from(broken)
    assert SECRET not in str(caught.value)


def test_what_a_track_is_called_is_read_back() -> None:
    found = facts_from(json.loads(json.dumps(document())))
    assert found == replace(FACTS, album="", artist="")
    alone = timeline_document(TIMELINE, replace(FACTS, track=None), MEASURED, "", EVIDENCE)
    assert facts_from(json.loads(json.dumps(alone))) == replace(FACTS, album="", track=None)


def test_a_document_from_before_says_what_is_safe_to_say() -> None:
    before = document()
    kept = ("title", "narrator", "engine", "language", "date")
    before["facts"] = {name: before["facts"][name] for name in kept}
    found = facts_from(before)
    assert (found.description, found.track, found.kind) == ("", None, "practice")
    assert (found.synthetic, found.with_text, found.commercial) == (True, True, "unclear")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("description", None, "'description' is not"),
        ("synthetic", "Quillfeather", "'synthetic' is not"),
        ("with_text", 1, "'with_text' is not"),
        ("commercial", "Quillfeather", "'commercial' is not"),
        ("kind", ["talk"], "'kind' is not"),
        ("number", 9, "'number' is not one of 'of'"),
        ("of", None, "'number' is not one of 'of'"),
        ("number", True, "'number' is not one of 'of'"),
    ],
)
def test_a_fact_of_the_wrong_kind_is_refused_by_name(name: str, value: Any, message: str) -> None:
    with pytest.raises(CheckError, match=f"timeline, facts: {message}") as caught:
        facts_from(broken_at(f"facts.{name}", value))
    assert "Quillfeather" not in str(caught.value)


@pytest.mark.parametrize("facts", [None, 1, [], {}, {"title": "Quillfeather"}, "title"])
def test_facts_that_are_none_are_refused_without_their_words(facts: object) -> None:
    for broken in ({**document(), "facts": facts}, [facts]):
        with pytest.raises(CheckError, match="timeline, facts: not texts for title") as caught:
            facts_from(broken)
        assert "Quillfeather" not in str(caught.value)


def test_the_evidence_comes_back_from_json_as_it_was() -> None:
    assert evidence_from(json.loads(json.dumps(document()))) == EVIDENCE


EVIDENCE_BREAKS: dict[str, tuple[str, Any, str]] = {
    "no evidence": ("evidence", None, "evidence: 'speech_lufs' is not a number"),
    "no loudness": ("evidence.speech_lufs", True, "'speech_lufs' is not a number"),
    "endless loudness": ("evidence.speech_lufs", float("inf"), "'speech_lufs' is not a number"),
    "no ground": ("evidence.ground", None, "evidence: levels are not in base64"),
    "a clip of no letters": ("evidence.clips.0", "a b!", "evidence: levels are not in base64"),
    "a clip beyond letters": ("evidence.clips.0", "\u00fc", "evidence: levels are not in base64"),
    "no clips": ("evidence.clips", "EBAQ", "evidence: 'clips' is not a list"),
    "no stream": ("stream", 7, r"stream\[0\]: not an object of digest"),
    "a fraction of a frame": ("stream.frames", 1.5, "'frames' is not of kind int"),
    "no encoder": ("stream.encoder", 7, "'encoder' is not of kind str"),
}


@pytest.mark.parametrize(("at", "value", "message"), EVIDENCE_BREAKS.values(), ids=EVIDENCE_BREAKS)
def test_broken_evidence_is_refused_by_name(at: str, value: Any, message: str) -> None:
    broken = broken_at(at, value)
    with pytest.raises(CheckError, match=message) as caught:
        evidence_from(broken)
    assert SECRET not in str(caught.value)


def test_the_cues_of_a_transcript_are_those_it_was_made_of() -> None:
    assert cues_in(webvtt(TIMELINE, FACTS)) == cues_of(TIMELINE, "en")
    assert cues_in("") == ()


def test_a_transcript_may_end_its_lines_in_any_way_and_is_a_webvtt() -> None:
    vtt = webvtt(TIMELINE, FACTS)
    assert cues_in("\ufeff" + vtt.replace("\n", "\r\n")) == cues_of(TIMELINE, "en")
    for broken in (vtt[8:], vtt.replace("WEBVTT", "WEBVTX"), f"{vtt}\njunk\n"):
        assert cues_in(broken) == ()


@pytest.mark.parametrize("nothing", [None, [], "timeline", {}])
def test_what_is_no_document_is_refused(nothing: object) -> None:
    with pytest.raises(CheckError, match="timeline: not a track"):
        timeline_from(nothing)
