"""Whole tracks by an online voice: consent before a word leaves, and one voice a track."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fake_engine
import fake_service
import mutagen.id3
import pytest
from fake_service import Service

from generator import cover, pipeline, speech
from generator.cli import app, details, look, make  # noqa: F401  commands join the group on import
from generator.cli import voices as _choosing  # noqa: F401
from generator.errors import ConsentError, DetailError, ServiceError, UsageError
from generator.model import Phrase
from generator.speech import gtts
from generator.speech.transport import Patience, Transport

SECRET = "Quillfeather"
SCRIPT = """+++
title = "Three Sentences"
summary = "For a test."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "3m"]
bed = "none"

[fields.care_object]
ask = "Who warms you?"
example = "my old dog"
+++
{{ chapter("Arriving") }}
Find a place to rest. {{ pause(4) }}
{% if care_object %}Let {{ care_object | yours }} come to mind. {{ pause(6) }}
{% endif %}Come back to the room. {{ pause(3) }}
"""
SENTENCES = ["Find a place to rest.", f"Let {SECRET} come to mind.", "Come back to the room."]


@dataclass
class House:
    """A home, a service, and what the command line said."""

    root: Path
    service: Service
    waits_s: list[float]

    def meditate(self, *args: str) -> int | None:
        code: int | None = app.main([*args], prog_name="meditate", standalone_mode=False)
        return code

    def render(self, *args: str) -> int | None:
        return self.meditate("render", "three", "--care-object", SECRET, "--for", "one", *args)

    @property
    def track(self) -> Path:
        return self.root / "output" / "one" / "three.mp3"

    def timeline(self) -> dict[str, object]:
        document: dict[str, object] = json.loads(
            self.track.with_suffix(".timeline.json").read_text()
        )
        return document


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    home = tmp_path / "home"
    for folder, name, content in (
        ("scripts", "three.j2", SCRIPT),
        ("voices", "fork.toml", FORK),
        ("voices", "nora.toml", 'engine = "gtts"\nlanguage = "en-GB"\nnarrator = "Nora"\n'),
    ):
        (home / folder).mkdir(parents=True, exist_ok=True)
        (home / folder / name).write_text(content)
    monkeypatch.setenv("MEDITATE_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        speech.engines, "ENGINES", {**speech.engines.ENGINES, "fake": "fake_engine"}
    )
    monkeypatch.setattr(speech.engines, "_open", {})
    monkeypatch.setattr(fake_engine, "SPOKEN", [])
    waits_s: list[float] = []
    quick = Patience(requests_a_minute=6_000, at_once=100, silence_s=0.4, answer_s=1.0)
    monkeypatch.setattr(gtts, "Transport", lambda host: Transport(host, quick, waits_s.append))
    with fake_service.running(tmp_path) as service:
        for name, value in fake_service.environment(service).items():
            monkeypatch.setenv(name, value)
        yield House(tmp_path, service, waits_s)


FORK = """engine = "fake"
narrator = "Tuning Fork"
language = "en"
pace = 1.0
nominal_lufs = -15.0
characters_per_s = 20.0
licence = "none"
licence_of_base = "none"
commercial = "yes"
"""


def test_a_track_is_spoken_online_and_says_so(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.render("--voice", "gtts-en", "--consent-online", "--json")
    assert house.service.texts == SENTENCES
    printed = json.loads(capsys.readouterr().out)
    assert (printed["voice"], printed["instead_of"], printed["spoken_now"]) == ("gtts-en", "", 3)
    engine = house.timeline()["facts"]["engine"]  # type: ignore[index]
    assert engine.startswith("gTTS 2.5.")
    assert engine.endswith(", voice gtts-en")
    tags = mutagen.id3.ID3(house.track)
    assert tags["TXXX:AI_VOICE"].text == [engine]
    assert tags["TPE1"].text == ["Google Translate"]
    assert "synthetic" in tags["COMM::eng"].text[0]


@pytest.mark.parametrize("more", [(), ("--json",), ("--no-input",), ("--fallback", "fork")])
def test_nothing_is_sent_before_somebody_agreed(house: House, more: tuple[str, ...]) -> None:
    with pytest.raises(ConsentError, match="3 sentences") as caught:
        house.render("--voice", "gtts-en", *more)
    assert caught.value.exit_code == 2
    assert "--consent-online" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert house.service.connections == 0
    assert not list((house.root / "output").rglob("*"))


def test_no_other_command_sends_anything(house: House) -> None:
    for words in (
        ("plan", "three", "--voice", "gtts-en", "--care-object", SECRET, "--no-input"),
        ("voices",),
        ("voices", "--online"),
        ("doctor",),
        ("scripts",),
        ("render", "three", "--voice", "gtts-en", "--help"),
    ):
        with contextlib.suppress(SystemExit):
            house.meditate(*words)
    assert house.service.connections == 0


def test_plan_lists_what_would_leave_and_then_only_what_still_would(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("plan", "three", "--voice", "gtts-en", "--care-object", SECRET, "--no-input")
    labelled = (*words, "--for", "one")

    def planned(words: tuple[str, ...] = words) -> dict[str, object]:
        capsys.readouterr()
        house.meditate(*words, "--json")
        document: dict[str, object] = json.loads(capsys.readouterr().out)
        return document

    assert planned()["leaves_the_machine"] == SENTENCES
    assert planned()["sends_to"] == house.service.host
    assert not (house.root / "home" / "secret").exists(), "planning makes nothing"
    house.meditate(*words)
    shown = capsys.readouterr().out
    assert all(sentence in shown for sentence in SENTENCES)
    assert house.service.host in shown
    house.meditate("render", "three", "--voice", "gtts-en", "--consent-online", "--no-input")
    assert planned()["leaves_the_machine"] == [SENTENCES[1]]
    house.render("--voice", "gtts-en", "--consent-online")
    assert planned()["leaves_the_machine"] == [SENTENCES[1]], "kept for nobody but its listener"
    assert planned(labelled)["leaves_the_machine"] == []


def test_a_blocked_run_goes_on_where_it_stopped(house: House) -> None:
    house.service.faults = ["", "429 Retry-After=1", "429 Retry-After=3600"]
    with pytest.raises(ServiceError, match=r"Try again after \d\d:\d\d") as caught:
        house.render("--voice", "gtts-en", "--consent-online")
    assert "1 of 3 sentences are kept" in str(caught.value)
    assert not house.track.exists()
    house.render("--voice", "gtts-en", "--consent-online")
    assert house.service.texts == [SENTENCES[0], *[SENTENCES[1]] * 3, SENTENCES[2]]
    assert house.waits_s == [2.0]
    asked = house.service.connections
    house.render("--voice", "gtts-en")
    assert house.service.connections == asked, "all is kept: nobody need be asked"


def test_a_wait_is_told_and_nothing_else(house: House, capfd: pytest.CaptureFixture[str]) -> None:
    """Not even by the decoder, which once warned of every sentence."""
    house.service.faults = ["429 Retry-After=9"]
    house.render("--voice", "gtts-en", "--consent-online")
    told = capfd.readouterr().err
    assert told == f"{house.service.host} answers that it was asked too often (429); waiting 9 s\n"
    house.service.faults = ["500"]
    for quiet in ("--quiet", "--json"):
        house.render("--voice", "gtts-en-us", "--consent-online", "--force", quiet)
        assert capfd.readouterr().err == ""


def test_only_what_was_agreed_to_is_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that was forgotten while it asked was sent with those that were agreed to."""
    house.render("--voice", "gtts-en", "--consent-online")
    shared = [path for path in (house.root / "home" / "cache").rglob("*") if path.is_file()]
    next(path for path in shared if b"meditation clip" in path.read_bytes()).unlink()
    asked: list[tuple[str, ...]] = []

    def consent(_given: object) -> object:
        def agreed(_voice: object, phrases: tuple[Phrase, ...]) -> bool:
            asked.append(tuple(each.text for each in phrases))
            for path in (house.root / "home" / "listeners" / "one" / "clips").iterdir():
                path.unlink()
            return True

        return agreed

    monkeypatch.setattr(details, "consent", consent)
    before = len(house.service.requests)
    house.render("--voice", "gtts-en", "--force")
    assert [tuple(house.service.texts[before:])] == asked
    assert len(asked[0]) == 1


def test_a_cache_cleared_while_it_works_never_fails_a_track(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.render("--voice", "gtts-en", "--consent-online")
    spoken = pipeline.spoken

    def cleared(*args: object) -> object:
        shutil.rmtree(house.root / "home" / "cache")
        return spoken(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "spoken", cleared)
    house.render("--voice", "gtts-en", "--force")
    assert house.service.texts == SENTENCES


def test_a_blocked_run_without_a_label_says_which_it_was(house: House) -> None:
    house.service.always = "429"
    with pytest.raises(ServiceError, match="--for guest-"):
        house.meditate(
            "render", "three", "--voice", "gtts-en", "--consent-online", "--care-object", SECRET
        )


@pytest.mark.parametrize("fault", ["429", "500", "page", "cut", "403", "truncated"])
def test_the_other_voice_speaks_the_whole_track(
    house: House, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house.service.faults = ["", ""]
    house.service.always = fault
    words = ("--voice", "gtts-en", "--consent-online", "--fallback", "fork")
    house.render(*words)
    assert f"voice gtts-en: {house.service.host} " in capsys.readouterr().err, "why it failed"
    assert fake_engine.SPOKEN == SENTENCES, "all of it, and not only what was missing"
    house.render(*words, "--json")
    printed = json.loads(capsys.readouterr().out)
    assert (printed["voice"], printed["instead_of"]) == ("fork", "gtts-en")
    engine = house.timeline()["facts"]["engine"]  # type: ignore[index]
    assert engine == "fake 1, fake, voice fork instead of gtts-en"
    tags = mutagen.id3.ID3(house.track)
    assert tags["TPE1"].text == ["Tuning Fork"]
    assert tags["APIC:"].data == cover.cover_jpeg("Three Sentences", "Tuning Fork", 1)


def test_when_the_service_is_back_the_same_command_replaces_the_other_voice(house: House) -> None:
    words = ("--voice", "gtts-en", "--consent-online", "--fallback", "fork")
    house.service.always = "500"
    house.render(*words)
    house.service.always = ""
    house.render(*words)
    assert "gTTS" in house.timeline()["facts"]["engine"]  # type: ignore[index]
    with pytest.raises(UsageError, match="other inputs"):
        house.render("--voice", "fork")


def test_a_fallback_that_is_online_too_is_refused(house: House) -> None:
    for name in ("gtts-es", "nora"):
        with pytest.raises(UsageError, match="online too"):
            house.render("--voice", "gtts-en", "--fallback", name)
    assert house.service.connections == 0


def test_a_refused_certificate_can_be_a_reason_for_the_fallback_and_sends_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    house.render("--voice", "gtts-en", "--consent-online", "--fallback", "fork")
    assert house.service.requests == []
    assert house.waits_s == []


def test_what_another_host_spoke_is_not_taken_for_the_service_s_own(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house.render("--voice", "gtts-en", "--consent-online")
    monkeypatch.delenv("MEDITATE_GTTS_HOST")
    words = ("plan", "three", "--voice", "gtts-en", "--care-object", SECRET, "--for", "one")
    capsys.readouterr()
    house.meditate(*words, "--no-input", "--json")
    assert json.loads(capsys.readouterr().out)["leaves_the_machine"] == SENTENCES


def test_what_the_other_voice_cannot_say_is_refused_before_anything_is_asked(house: House) -> None:
    words = ("render", "three", "--voice", "gtts-ru", "--fallback", "fork", "--consent-online")
    with pytest.raises(DetailError, match="care_object"):
        house.meditate(*words, "--care-object", "Бисквит", "--for", "one")
    assert house.service.connections == 0


def test_a_voice_of_another_language_is_noted(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.meditate("plan", "three", "--voice", "gtts-es", "--no-input")
    assert "the script is in 'en', and gtts-es speaks 'es'" in capsys.readouterr().err


def test_a_blocked_run_that_kept_nothing_leaves_nothing(house: House) -> None:
    house.service.always = "403"
    with pytest.raises(ServiceError):
        house.render("--voice", "gtts-en", "--consent-online")
    assert not list((house.root / "output").rglob("*"))
    assert not list((house.root / "home" / "listeners").iterdir())


def test_a_favourite_is_an_online_voice_with_a_name_of_its_own(house: House) -> None:
    with pytest.raises(ConsentError):
        house.render("--voice", "nora")
    house.render("--voice", "nora", "--consent-online")
    assert mutagen.id3.ID3(house.track)["TPE1"].text == ["Nora"]
    assert {each["language"] for each in house.service.requests} == {"en"}


def test_python_callers_agree_in_so_many_words(house: House) -> None:
    import generator

    with pytest.raises(ConsentError):
        generator.render("three", {}, voice="gtts-en")
    assert house.service.connections == 0
    episode = generator.render("three", {}, voice="gtts-en", consent_online=True)
    assert episode.voice == "gtts-en"


# --- in a process of its own ------------------------------------------------------------------


def command(house: House, *more: str) -> list[str]:
    words = ("render", "three", "--voice", "gtts-en", "--for", "one", "--care-object", SECRET)
    return [sys.executable, "-m", "generator", *words, *more]


@pytest.mark.parametrize(("typed", "agreed"), [("y", True), ("n", False), ("", False)])
def test_on_a_terminal_it_is_asked_and_the_default_is_no(
    house: House, typed: str, agreed: bool
) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command(house), stdin=theirs, stdout=theirs, stderr=theirs, cwd=house.root
    ) as process:
        os.close(theirs)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(ours, 1_000)
        assert house.service.connections == 0
        os.write(ours, f"{typed}\n".encode())
        with contextlib.suppress(OSError):
            while more := os.read(ours, 1_000):
                said += more
        code = process.wait(30)
    os.close(ours)
    shown = said.decode()
    assert "3 sentences, 1 of them with the listener's own details" in " ".join(shown.split())
    assert house.service.host in shown
    assert SECRET not in shown
    assert (code == 0) == house.track.exists() == agreed
    assert len(house.service.requests) == (3 if agreed else 0)
    assert "Traceback" not in shown


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_killed_run_goes_on_where_it_stopped(house: House, after: int) -> None:
    house.service.faults = [*[""] * after, "stall"]
    with subprocess.Popen(command(house, "--consent-online"), cwd=house.root) as process:
        deadline_s = time.monotonic() + 20.0
        while len(house.service.requests) <= after and time.monotonic() < deadline_s:
            time.sleep(0.02)
        process.kill()
    assert len(house.service.requests) == after + 1
    subprocess.run(command(house, "--consent-online"), cwd=house.root, check=True)
    assert house.service.texts == [*SENTENCES[: after + 1], *SENTENCES[after:]]


def test_ctrl_c_while_it_waits_is_answered_at_once(house: House) -> None:
    house.service.always = "429 Retry-After=60"
    with subprocess.Popen(
        command(house, "--consent-online"), cwd=house.root, stderr=subprocess.PIPE
    ) as process:
        deadline_s = time.monotonic() + 20.0
        while not house.service.requests and time.monotonic() < deadline_s:
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        sent_at_s = time.monotonic()
        _out, errors = process.communicate(timeout=10)
    assert time.monotonic() - sent_at_s < 1.5
    assert process.returncode == 130
    assert SECRET.encode() not in errors


def test_a_run_that_fails_says_so_in_one_line(house: House) -> None:
    house.service.always = "403"
    words = command(house, "--consent-online")
    run = subprocess.run(words, cwd=house.root, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert len(run.stderr.strip().splitlines()) == 1
    assert SECRET not in run.stderr + run.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "three", "--voice", "gtts-en", "--no-input"),
        ("render", "three", "--voice", "gtts-en", "--no-input"),
        ("doctor",),
    ],
    ids=" ".join,
)
def test_no_socket_is_opened_before_somebody_agreed(house: House, words: tuple[str, ...]) -> None:
    """Not to the service, not to a name server, not to anybody."""
    code = """if True:
        import sys
        touched = []
        sys.addaudithook(lambda event, _: event.startswith("socket.") and touched.append(event))
        from generator.cli import app, look, make
        try:
            app.main(sys.argv[1:], standalone_mode=False)
        except Exception as error:
            print(type(error).__name__)
        print(sorted({each for each in touched if each != "socket.__new__"}))
    """
    run = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=house.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines()[-1] == "[]"
    assert ("ConsentError" in run.stdout) == (words[0] == "render")
