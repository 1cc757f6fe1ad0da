"""The online voice against a service on this machine that answers in the real one's form."""

from __future__ import annotations

import json
import logging
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import fake_service
import numpy as np
import pytest
from fake_service import Service

from generator import speech, voices
from generator.audio import RATE_HZ
from generator.errors import ConsentError, ServiceError
from generator.model import Phrase, Voice
from generator.speech import gtts
from generator.speech.transport import Patience, Transport

QUICK = Patience(requests_a_minute=6_000, at_once=100, silence_s=0.4, answer_s=1.0)


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with fake_service.running(tmp_path) as running:
        for name, value in fake_service.environment(running).items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def waits_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every wait of the transport, none of them waited for."""
    waited: list[float] = []
    monkeypatch.setattr(gtts, "Transport", lambda host: Transport(host, QUICK, waited.append))
    monkeypatch.setattr(speech.engines, "_open", {})
    return waited


@pytest.fixture
def voice(service: Service, waits_s: list[float]) -> Voice:
    return voices.load("gtts-en", ())


@pytest.fixture
def store(tmp_path: Path) -> speech.ClipStore:
    return speech.ClipStore(tmp_path / "shared", tmp_path / "own", tmp_path / "scratch", b"k" * 32)


def told(_done: int, _total: int) -> None:
    pass


def said(text: str, voice: Voice, store: speech.ClipStore) -> np.ndarray:
    phrase = Phrase(text)
    clips, _now = speech.speak([phrase], voice, store, told, may_send=[phrase])
    return speech.read(clips[phrase])


def pitch_hz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound))))
    return float(np.argmax(spectrum) * RATE_HZ / len(sound))


SENTENCE = "Let the breath come and go as it likes."


def test_a_sentence_is_spoken_at_the_pitch_and_pace_it_should_have(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    sound = said(SENTENCE, voice, store)
    assert service.texts == [SENTENCE]
    assert pitch_hz(sound) == pytest.approx(fake_service.pitch_hz(SENTENCE), abs=3.0)
    natural_s = len(SENTENCE) * fake_service.SECONDS_A_CHARACTER
    assert len(sound) / RATE_HZ == pytest.approx(natural_s / voice.pace, rel=0.05)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 22_050, 44_100, 48_000])
def test_sound_of_another_rate_has_the_pitch_it_was_made_with(
    voice: Voice, store: speech.ClipStore, service: Service, rate_hz: int
) -> None:
    service.faults = [f"rate {rate_hz}"]
    sound = said(SENTENCE, voice, store)
    assert pitch_hz(sound) == pytest.approx(fake_service.pitch_hz(SENTENCE), abs=3.0)


UNUSABLE = (
    "page",
    "no-audio",
    "empty-audio",
    "other-json",
    "truncated",
    "truncated-between-frames",
    "garbage-audio",
    "silence",
    "too-long",
    "too-long 6",
    "deep-json",
    "offset",
    "hum 20",
    "hum 9000",
    "faint",
)


@pytest.mark.parametrize("fault", UNUSABLE)
def test_an_answer_that_is_no_speech_is_asked_for_again_and_never_kept(
    voice: Voice,
    store: speech.ClipStore,
    service: Service,
    waits_s: list[float],
    fault: str,
) -> None:
    service.faults = [fault]
    sound = said(SENTENCE, voice, store)
    assert len(service.requests) == 2
    assert waits_s == [2.0]
    assert pitch_hz(sound) == pytest.approx(fake_service.pitch_hz(SENTENCE), abs=3.0)


@pytest.mark.parametrize("fault", UNUSABLE)
def test_a_service_that_gives_no_speech_ends_in_one_line_without_the_words(
    voice: Voice, store: speech.ClipStore, service: Service, tmp_path: Path, fault: str
) -> None:
    service.always = fault
    with pytest.raises(ServiceError) as caught:
        said("Quillfeather waits for you.", voice, store)
    message = str(caught.value)
    assert message.startswith("voice gtts-en: localhost:")
    assert "0 of 1 sentences are kept" in message
    assert "Quillfeather" not in message
    assert "\n" not in message
    assert len(service.requests) == 5
    assert not [path for path in (tmp_path / "shared").rglob("*") if path.is_file()]


@pytest.mark.parametrize("share", [80, 70, 60, 55])
def test_speech_that_stops_in_the_middle_of_a_word_is_not_kept(
    voice: Voice, store: speech.ClipStore, service: Service, share: int
) -> None:
    """Cut between two frames, and no header to tell: only the end of a sentence is soft."""
    service.faults = [f"cut-at {share}"]
    said(SENTENCE, voice, store)
    assert len(service.requests) == 2


def test_one_sound_is_not_two_sentences(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    service.always = "always-the-same"
    said("This is the first sentence.", voice, store)
    with pytest.raises(ServiceError, match="of another sentence"):
        said("And this is the second one.", voice, store)


@pytest.mark.parametrize("answer", ["url-safe", "second-entry"])
def test_an_answer_in_another_dress_is_taken(
    voice: Voice, store: speech.ClipStore, service: Service, answer: str
) -> None:
    service.faults = [answer]
    said(SENTENCE, voice, store)
    assert len(service.requests) == 1


def test_whoever_gives_up_asks_for_nothing_more(
    voice: Voice, store: speech.ClipStore, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller that caught Ctrl-C and went on had the sentence sent four times more."""
    patient = Patience(6_000, 100, first_wait_s=0.2)
    monkeypatch.setattr(gtts, "Transport", lambda host: Transport(host, patient))
    service.always = "503"

    def interrupt(*_args: object) -> None:
        raise KeyboardInterrupt

    plain = speech.voicing.ThreadPoolExecutor.submit

    def submitted(*args: object) -> object:
        future = plain(*args)  # type: ignore[arg-type]
        while not service.requests:
            time.sleep(0.01)
        monkeypatch.setattr(future, "result", interrupt)
        return future

    monkeypatch.setattr(speech.voicing.ThreadPoolExecutor, "submit", submitted)
    with pytest.raises(KeyboardInterrupt):
        said(SENTENCE, voice, store)
    time.sleep(1.0)
    assert len(service.requests) == 1


def test_what_was_spoken_before_it_failed_is_not_asked_for_again(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    sentences = [Phrase(f"This is sentence number {n}.") for n in ("one", "two", "three")]
    service.faults = ["", "", "429 Retry-After=7200"]
    with pytest.raises(ServiceError, match="2 of 3 sentences are kept") as caught:
        speech.speak(sentences, voice, store, told, may_send=sentences)
    assert "Try again after" in str(caught.value)
    _clips, now = speech.speak(sentences, voice, store, told, may_send=sentences)
    assert now == 1
    assert service.texts == [*(each.text for each in sentences), sentences[2].text]


def test_without_consent_nothing_is_sent_and_nobody_is_even_called(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    with pytest.raises(ConsentError, match="nobody agreed"):
        speech.speak([Phrase(SENTENCE)], voice, store, told)
    assert speech.unspoken([Phrase(SENTENCE)], voice, store) == (Phrase(SENTENCE),)
    assert "online, not asked" in speech.try_out(voice)
    assert service.connections == 0


def test_what_is_kept_needs_no_consent(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    said(SENTENCE, voice, store)
    asked = service.connections
    assert speech.unspoken([Phrase(SENTENCE)], voice, store) == ()
    _clips, now = speech.speak([Phrase(SENTENCE)], voice, store, told)
    assert (now, service.connections) == (0, asked)


LONG = (
    "If your mind has gone elsewhere, as minds do, let the warmth be there when it comes home, and"
    " rest with it for a while; there is nothing else to do, and nobody is waiting for you, however"
    " long it takes you to find the place where the breath is easy"
)


def test_long_text_is_split_where_a_reader_breathes_and_joined_whole(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    sound = said(LONG, voice, store)
    assert " ".join(service.texts).split() == LONG.split()
    assert all(len(text) <= 100 for text in service.texts)
    assert all(text[-1] in ",;" for text in service.texts[:-1])
    spoken_s = sum(len(text) for text in service.texts) * fake_service.SECONDS_A_CHARACTER
    joins_s = len(sound) / RATE_HZ - spoken_s / voice.pace
    assert 0.0 < joins_s < 0.3 * len(service.texts)


def test_a_join_is_no_click_and_no_dead_air(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    """Fading each chunk and trimming its silence is what peers forgot (kesha-voice-kit #808)."""
    sound = said(LONG, voice, store)[:, 0]
    alone = [said(text, voice, store)[:, 0] for text in [*service.texts]]
    assert np.abs(np.diff(sound)).max() <= max(np.abs(np.diff(each)).max() for each in alone)
    window = round(0.01 * RATE_HZ)
    loud = np.abs(sound[: len(sound) // window * window]).reshape(-1, window).max(axis=1) > 0.01
    longest = max(map(len, "".join(".x"[int(each)] for each in loud).strip(".").split("x")))
    assert longest * 0.01 < 0.4


def test_the_library_s_own_changes_to_the_text_stay_off(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    """gTTS takes the full stop after "rest", as if it were an abbreviation."""
    for text in ("Let it all rest.", "Dr. Müller is here.", "Why? Because."):
        said(text, voice, store)
    assert service.texts == ["Let it all rest.", "Dr. Müller is here.", "Why? Because."]


@pytest.mark.parametrize(
    ("name", "language", "host"),
    [
        ("gtts-en-gb", "en", "translate.google.co.uk"),
        ("gtts-es-mx", "es", "translate.google.com.mx"),
        ("gtts-zh-tw", "zh-TW", "translate.google.com"),
        ("gtts-iw", "iw", "translate.google.com"),
    ],
)
def test_an_accent_is_asked_for_at_its_own_host_by_https(
    name: str, language: str, host: str
) -> None:
    voice = voices.load(name, ())
    request = gtts.open_engine(voice)._request("Hola.")
    assert request.url == f"https://{host}/_/TranslateWebserverUi/data/batchexecute"
    body = json.loads(urllib.parse.parse_qs(str(request.body))["f.req"][0])
    assert json.loads(body[0][0][1])[:2] == ["Hola.", language]


def test_no_log_holds_the_words(
    voice: Voice, store: speech.ClipStore, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        said("Quillfeather waits for you.", voice, store)
    assert "Quillfeather" not in caplog.text
