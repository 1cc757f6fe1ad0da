"""A voice of a server of one's own choice, against one on this machine, with and without a key."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import fake_service
import numpy as np
import pytest
from canaries import search
from fake_service import Service
from hypothesis import given
from hypothesis import strategies as st

from generator import speech, voices
from generator.audio import RATE_HZ
from generator.cli import app, look, make  # noqa: F401  commands join the group
from generator.errors import ConsentError, ServiceError, UsageError, VoiceError
from generator.model import Phrase, Voice
from generator.speech import http
from generator.speech.transport import Patience, Transport
from generator.voices.online import HOST

KEY = "sk-Quillfeather0123456789"
SENTENCE = "Let the breath come and go as it likes."
QUICK = Patience(requests_a_minute=6_000, at_once=100, silence_s=0.4, answer_s=1.0)


def voice_file(folder: Path, url: str, more: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "studio.toml"
    path.write_text(
        f'engine = "http"\nurl = "{url}"\nmodel = "tts-1"\nspeaker = "nova"\n'
        f'language = "en"\n{more}'
    )
    return path


def studio(folder: Path, url: str, more: str = "") -> Voice:
    voice_file(folder, url, more)
    return voices.load("studio", [folder])


@pytest.fixture
def waits_s(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(
        http,
        "Transport",
        lambda host, key_variable: Transport(host, QUICK, waited.append, key_variable=key_variable),
    )
    monkeypatch.setattr(speech.engines, "_open", {})
    return waited


@pytest.fixture
def service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits_s: list[float]
) -> Iterator[Service]:
    del waits_s
    with fake_service.running(tmp_path) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.authority))
        yield running


@pytest.fixture
def voice(service: Service, tmp_path: Path) -> Voice:
    return studio(tmp_path / "voices", f"https://{service.host}/v1/audio/speech")


@pytest.fixture
def store(tmp_path: Path) -> speech.ClipStore:
    return speech.ClipStore(tmp_path / "shared", tmp_path / "own", tmp_path / "scratch", b"k" * 32)


def said(voice: Voice, store: speech.ClipStore) -> np.ndarray:
    phrase = Phrase(SENTENCE)
    clips, _now = speech.speak([phrase], voice, store, lambda *_: None, may_send=[phrase])
    return speech.read(clips[phrase])


def test_a_sentence_is_asked_for_in_the_widespread_form_and_spoken_at_its_pace(
    voice: Voice, store: speech.ClipStore, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_KEY_LOCALHOST", KEY)
    sound = said(voice, store)
    (asked,) = service.requests
    assert asked["path"] == "/v1/audio/speech"
    assert json.loads(asked["body"]) == {
        "model": "tts-1",
        "voice": "nova",
        "input": SENTENCE,
        "response_format": "mp3",
    }
    assert asked["headers"]["Authorization"] == f"Bearer {KEY}"
    spectrum = np.abs(np.fft.rfft(sound[:, 0] * np.hanning(len(sound))))
    hz = float(np.argmax(spectrum) * RATE_HZ / len(sound))
    assert hz == pytest.approx(fake_service.pitch_hz(SENTENCE), abs=3.0)
    natural_s = len(SENTENCE) * fake_service.SECONDS_A_CHARACTER
    assert len(sound) / RATE_HZ == pytest.approx(natural_s, rel=0.05)
    said(voice, store)
    assert len(service.requests) == 1, "what is kept is not asked for again"


def test_another_pace_is_made_here(
    service: Service, tmp_path: Path, store: speech.ClipStore
) -> None:
    url = f"https://{service.host}/v1/audio/speech"
    slow = said(studio(tmp_path / "slow", url, "pace = 0.8\n"), store)
    natural_s = len(SENTENCE) * fake_service.SECONDS_A_CHARACTER
    assert len(slow) / RATE_HZ == pytest.approx(natural_s / 0.8, rel=0.05)
    assert b"speed" not in service.requests[0]["body"]


def test_without_a_key_none_is_sent(
    voice: Voice, store: speech.ClipStore, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_KEY_LOCALHOST_8", KEY)
    said(voice, store)
    assert "Authorization" not in service.requests[0]["headers"]


def test_a_server_that_wants_a_key_is_asked_once_and_the_variable_named(
    voice: Voice,
    store: speech.ClipStore,
    service: Service,
    waits_s: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MEDITATE_KEY_LOCALHOST", KEY)
    service.always = "401"
    with pytest.raises(ServiceError, match=r"\(401\).*Set MEDITATE_KEY_LOCALHOST") as caught:
        said(voice, store)
    assert KEY not in str(caught.value)
    assert len(service.requests) == 1
    assert waits_s == []


@pytest.mark.parametrize("fault", ["429", "500", "page", "cut", "truncated", "silence", "stall"])
def test_what_fails_is_asked_for_again(
    voice: Voice, store: speech.ClipStore, service: Service, waits_s: list[float], fault: str
) -> None:
    service.faults = [fault]
    assert len(said(voice, store))
    assert len(service.requests) == 2
    assert waits_s[0] == 2.0


def test_a_redirect_takes_no_key_elsewhere(
    voice: Voice, store: speech.ClipStore, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDITATE_KEY_LOCALHOST", KEY)
    service.always = "elsewhere"
    with pytest.raises(ServiceError, match="sends elsewhere"):
        said(voice, store)


def test_no_word_goes_anywhere_unless_somebody_agreed(
    voice: Voice, store: speech.ClipStore, service: Service
) -> None:
    with pytest.raises(ConsentError):
        speech.speak([Phrase(SENTENCE)], voice, store, lambda *_: None)
    assert service.requests == []


def test_a_certificate_of_nobody_s_is_no_server(
    voice: Voice, store: speech.ClipStore, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.setenv("MEDITATE_KEY_LOCALHOST", KEY)
    with pytest.raises(ServiceError, match="certificate does not verify"):
        said(voice, store)
    assert service.requests == []


def test_on_this_machine_it_may_be_asked_in_the_clear_and_no_proxy_hears_it(
    tmp_path: Path,
    store: speech.ClipStore,
    waits_s: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with fake_service.running(tmp_path, plain=True) as running:
        voice = studio(tmp_path / "voices", f"http://{running.host}")
        assert voice.url == f"http://{running.host}/v1/audio/speech"
        assert len(said(voice, store))
        assert running.texts == [SENTENCE]
    assert waits_s == []


# --- the key ----------------------------------------------------------------------------------


def test_the_key_is_in_no_message_log_file_or_name(
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A whole track and a failed one, with everything logged that any library would."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    home = tmp_path / "home"
    voice_file(home / "voices", f"https://{service.host}/v1/audio/speech")
    monkeypatch.setenv("MEDITATE_HOME", str(home))
    monkeypatch.setenv("MEDITATE_KEY_LOCALHOST", KEY)
    monkeypatch.chdir(tmp_path)
    words = ["render", "three-children", "--voice", "studio", "--no-input", "--consent-online"]
    try:
        service.faults = ["500", "", "429", "page", ""]
        service.always = "401"
        with pytest.raises(ServiceError) as caught:
            app.main([*words, "--quiet"], prog_name="meditate", standalone_mode=False)
    finally:
        logging.getLogger().removeHandler(handler)
    assert len(service.requests) == 6
    assert all(each["headers"]["Authorization"].endswith(KEY) for each in service.requests)
    told = capsys.readouterr()
    texts = {"log": log.getvalue(), "out": told.out, "err": told.err, "error": str(caught.value)}
    streams = {name: text.encode() for name, text in texts.items()}
    found = search(tmp_path, {"key": "Quillfeather0123456789"}, streams)
    assert found.files >= 5
    assert not found.findings


@pytest.mark.parametrize("key", ["a b", "a\nX: y", "é", "x" * 5_000])
def test_what_no_key_can_be_is_refused_and_not_repeated(
    voice: Voice, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("MEDITATE_KEY_LOCALHOST", key)
    with pytest.raises(UsageError, match=r"^MEDITATE_KEY_LOCALHOST: holds what no key") as caught:
        http.open_engine(voice)
    assert key not in str(caught.value)


HOSTS = st.lists(st.sampled_from(("a", "b", "a-b", "a--b", "b-")), min_size=1, max_size=3).map(
    ".".join
)


@given(HOSTS, HOSTS)
def test_no_two_hosts_share_a_key(one: str, other: str) -> None:
    assert HOST.fullmatch(one)
    alike = one.partition(":")[0] == other.partition(":")[0]
    assert (http.key_variable(one) == http.key_variable(other)) == alike


def test_a_key_is_called_after_its_host() -> None:
    assert http.key_variable("api.open-voice.example:8443") == (
        "MEDITATE_KEY_API_OPEN__VOICE_EXAMPLE"
    )


# --- the file ---------------------------------------------------------------------------------


def test_what_a_file_leaves_out_is_taken_to_be_so(tmp_path: Path) -> None:
    voice = studio(tmp_path, "https://Speech.Example:8443/tts/v1/audio/speech")
    assert (voice.narrator, voice.commercial, voice.synthetic) == ("nova", "unclear", True)
    assert voice.sends_to == "speech.example:8443"
    assert voice.online
    other = studio(tmp_path, "https://speech.example", 'narrator = "Nova"\npace = 0.8\n')
    assert other.url == "https://speech.example/v1/audio/speech"
    assert (other.narrator, other.characters_per_s) == ("Nova", pytest.approx(14.5 * 0.8))
    assert speech.described(voice) != speech.described(other)


@pytest.mark.parametrize(
    "url",
    [
        "http://speech.example/v1/audio/speech",
        "http://127.0.0.1.example/",
        "http://10.0.0.1/",
        "http://localhost.example/",
        "ftp://localhost/",
        "//localhost/",
        "speech.example",
        "https://key@speech.example/",
        "https://a:b@speech.example/",
        "https://speech.example/?api_key=1",
        "https://speech.example/#x",
        "https://speech.example:0/",
        "https://speech.example:99999/",
        "https://spe ech.example/",
        "https://spéech.example/",
        "https:///v1",
        "https://[::1",
    ],
)
def test_an_address_that_words_or_a_key_cannot_safely_go_to_is_refused(
    tmp_path: Path, url: str
) -> None:
    with pytest.raises(VoiceError, match=r"studio\.toml: 'url' must"):
        studio(tmp_path, url)


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("synthetic = false", "a voice of http knows no 'synthetic'"),
        ('key = "sk-1"', "unknown key 'key'"),
        ('sends_to = "x"', "unknown key 'sends_to'"),
        ("pace = 9", "'pace' must lie"),
    ],
)
def test_a_file_cannot_say_what_is_not_its_to_say(
    tmp_path: Path, more: str, complaint: str
) -> None:
    with pytest.raises(VoiceError, match=complaint):
        studio(tmp_path, "https://speech.example/", more)


@pytest.mark.parametrize("missing", ["url", "model", "speaker", "language"])
def test_what_a_file_has_to_say_is_named(tmp_path: Path, missing: str) -> None:
    path = voice_file(tmp_path, "https://speech.example/")
    lines = [each for each in path.read_text().splitlines() if not each.startswith(missing)]
    path.write_text("\n".join(lines))
    with pytest.raises(VoiceError, match=f"'{missing}' is missing"):
        voices.load("studio", [tmp_path])
