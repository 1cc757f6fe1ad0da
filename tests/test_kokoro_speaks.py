"""Kokoro itself: installed from wherever it is to be had, and heard.

Where it cannot be fetched these tests are skipped, but never in CI (``CI`` set) nor where
``MEDITATE_TEST_KOKORO`` is: there that is a failure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from generator import speech, voices
from generator.audio import RATE_HZ
from generator.model import Phrase, Voice
from generator.speech import kokoro
from generator.speech.polish import polished

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
NEEDED = bool(os.environ.get("CI") or os.environ.get("MEDITATE_TEST_KOKORO"))
OFFLINE = """if True:
    import sys
    def refuse(event, _args):
        if event in ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto"):
            raise SystemExit(f"went online: {event}")
    sys.addaudithook(refuse)
    from generator.__main__ import main
    sys.argv = ["meditate", *sys.argv[1:]]
    main()
"""
"""The command line where no socket leads anywhere."""


def run(home: Path, *words: str, offline: bool = True) -> subprocess.CompletedProcess[str]:
    how = ["-c", OFFLINE] if offline else ["-m", "generator"]
    return subprocess.run(
        [sys.executable, *how, *words],
        cwd=home,
        env={**os.environ, "MEDITATE_HOME": str(home / "home")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which one voice was installed, by whichever source answered."""
    folder = tmp_path_factory.mktemp("kokoro")
    done = run(folder, "voices", "install", "kokoro-heart", offline=False)
    if done.returncode and not NEEDED:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    assert "kokoro-heart: installed, speaks" in done.stdout
    return folder


@pytest.fixture(scope="module")
def heart(home: Path) -> Voice:
    return voices.load("kokoro-heart", [home / "home" / "voices"])


@pytest.fixture(scope="module")
def engine(heart: Voice) -> kokoro.Kokoro:
    return kokoro.open_engine(heart)


def seconds(sound: np.ndarray) -> float:
    return len(sound) / RATE_HZ


def test_what_was_installed_is_whole_and_lies_in_the_user_s_home_alone(home: Path) -> None:
    files = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    assert files == {
        "home/voices/kokoro-heart.toml",
        "home/voices/kokoro/af_heart.bin",
        "home/voices/kokoro/kokoro-v1.0.int8.onnx",
    }


def test_installed_again_listed_and_heard_without_a_network(home: Path) -> None:
    assert "installed, speaks" in run(home, "voices", "install", "kokoro-heart").stdout
    said = run(home, "voices", "say", "kokoro-heart", "You are welcome here.", "--force")
    assert (said.returncode, said.stdout) == (0, "voice-kokoro-heart.flac\n"), said.stderr
    sound, rate_hz = soundfile.read(home / "voice-kokoro-heart.flac")
    assert rate_hz == RATE_HZ
    assert 1.0 < len(sound) / rate_hz < 4.0


def test_a_sentence_of_1200_characters_is_spoken_whole(heart: Voice, engine: kokoro.Kokoro) -> None:
    """By duration: as long as its clauses spoken one by one, and far from what fits at a time."""
    clause = "let the breath go out as slowly as it likes, and let the next one come by itself"
    text = "Now " + "; ".join([clause] * 15) + "."
    assert len(text) > 1_200
    pace = 2.0  # quick, only to be done sooner
    whole = seconds(polished(engine, heart, Phrase(text, pace=pace)))
    single = seconds(polished(engine, heart, Phrase(f"Now {clause}.", pace=pace)))
    assert whole == pytest.approx(15 * single, rel=0.12)


def test_the_pace_is_what_was_asked_for(heart: Voice, engine: kokoro.Kokoro) -> None:
    text = "Feel what is under you, and let it take your weight."
    lengths = {
        pace: seconds(polished(engine, heart, Phrase(text, pace=pace / heart.pace)))
        for pace in (0.7, 0.9, 1.1)
    }
    for pace, length_s in lengths.items():  # the model counts in frames of 25 ms a phoneme
        assert length_s * pace == pytest.approx(lengths[0.9] * 0.9, rel=0.08), pace


def test_levels_are_as_the_model_gives_them(engine: kokoro.Kokoro) -> None:
    """Normalised sentences would share a peak; and the same words give the same samples."""
    texts = ("Rest.", "Let it take your weight.", "Is it warm, or cool?")
    sounds = [engine.speak(text, 1.0)[0] for text in texts]
    peaks = [float(np.abs(sound).max()) for sound in sounds]
    assert max(peaks) / min(peaks) > 1.05
    assert max(peaks) < 1.0
    assert np.array_equal(engine.speak(texts[0], 1.0)[0], sounds[0])


def test_a_track_is_spoken_and_proven_offline(home: Path, heart: Voice) -> None:
    (home / "home" / "scripts").mkdir(exist_ok=True)
    (home / "home" / "scripts" / "brief.j2").write_text(
        '+++\ntitle = "Brief"\nsummary = "A brief one."\nkind = "practice"\nlanguage = "en"\n'
        'sources = ["none"]\nlengths = ["1m", "3m"]\nbed = "none"\n+++\n'
        '{{ chapter("Here") }}\nFind a place to rest, and let your hands lie as they like. '
        "{{ pause(9, most=60) }}\nNow come back to the room. {{ pause(3) }}\n"
    )
    words = ("render", "brief", "--voice", "kokoro-heart", "--length", "1m", "--json")
    made = run(home, *words)
    assert made.returncode == 0, made.stderr
    facts = json.loads(made.stdout)
    assert (facts["length_s"], facts["voice"]) == (60.0, "kokoro-heart")
    assert facts["speech_lufs"] == pytest.approx(-16.0, abs=0.5)
    assert speech.provenance(heart).startswith("Kokoro 1.0, piper-tts")
