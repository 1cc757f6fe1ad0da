"""A voice that another distribution brings along: installed, used, and no harm when broken."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver import Home, home_at

from generator import plugins, speech, voices
from generator.errors import MeditationError, ServiceError, UsageError, VoiceError
from generator.model import Voice

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "voices.md").read_text()
HUM = """
import numpy as np

class Hum:
    voice = {
        "narrator": "Hum", "language": "en", "pace": 1.0, "nominal_lufs": -20.0,
        "characters_per_s": 15.0, "licence": "CC0-1.0", "licence_of_base": "none",
        "commercial": "yes",
    }

    def __init__(self, voice):
        self.pace = voice.pace

    def speak(self, text, pace):
        times = np.arange(int(len(text) / 15 / self.pace / pace * 24_000)) / 24_000
        return 0.2 * np.sin(2 * np.pi * 220 * times), 24_000
"""


def installed(
    folder: Path, code: str = HUM, name: str = "hum", maker: str = "hum-voice", points: str = ""
) -> None:
    """What pip leaves of a distribution, in a folder that is on the path."""
    folder.mkdir(exist_ok=True)
    module = maker.replace("-", "_")
    (folder / f"{module}.py").write_text(code)
    papers = folder / f"{module}-1.0.dist-info"
    papers.mkdir()
    (papers / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {maker}\nVersion: 1.0\n")
    points = points or f"[{plugins.GROUP}]\n{name} = {module}:Hum\n"
    (papers / "entry_points.txt").write_text(points)
    importlib.invalidate_caches()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "site"
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(speech.engines, "_open", {})
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


def test_a_voice_is_there_once_it_is_installed_and_nothing_of_it_ran_before(site: Path) -> None:
    assert "hum" not in voices.plugged()
    installed(site, "raise SystemExit('ran')")
    assert voices.plugged() == ("hum",)
    assert "hum_voice" not in sys.modules


def test_its_voice_is_what_its_class_says(site: Path) -> None:
    installed(site)
    voice = voices.load("hum", ())
    assert (voice.narrator, voice.engine, voice.synthetic, voice.online) == (
        "Hum",
        "hum",
        True,
        False,
    )
    assert speech.provenance(voice) == "hum-voice 1.0, voice hum"
    assert re.fullmatch(r"speaks \d+\.\d times faster than real time", speech.try_out(voice))


def test_a_file_gives_it_another_name_and_pace(site: Path, tmp_path: Path) -> None:
    installed(site)
    (tmp_path / "low.toml").write_text('engine = "hum"\nnarrator = "Low"\npace = 0.5\n')
    low = voices.load("low", [tmp_path])
    assert (low.name, low.narrator, low.engine, low.pace) == ("low", "Low", "hum", 0.5)
    assert low.characters_per_s == pytest.approx(7.5)
    (tmp_path / "low.toml").write_text('engine = "hum"\nsynthetic = false\n')
    with pytest.raises(VoiceError, match="a voice of hum knows no 'synthetic'"):
        voices.load("low", [tmp_path])


BROKEN = {
    "does not exist": ("", "cannot be loaded (AttributeError)"),
    "fails": ("raise ValueError('Quillfeather')", "cannot be loaded (ValueError)"),
    "leaves": ("raise SystemExit(3)", "cannot be loaded (SystemExit)"),
    "is no python": ("class", "cannot be loaded (SyntaxError)"),
    "says nothing": ("class Hum: pass", "its class has no 'voice' that is a dict"),
    "says too little": (HUM.replace('"language": "en",', ""), "'language' is missing"),
    "says too much": (HUM.replace('"language"', '"own": "/", "language"'), "unknown key 'own'"),
    "claims to be human": (
        HUM.replace('"language"', '"synthetic": False, "language"'),
        "'synthetic' must be true",
    ),
    "sends to a number": (
        HUM.replace('"language"', '"sends_to": 3, "language"'),
        "'sends_to' must be the name of a host",
    ),
    "sends to what is no host": (
        HUM.replace('"language"', '"sends_to": "a.b\\x1b[2J c", "language"'),
        "'sends_to' must be the name of a host",
    ),
    "panics": (
        "class Panic(BaseException): pass\nraise Panic('Quillfeather')",
        "cannot be loaded (Panic)",
    ),
    "writes to the terminal": (
        HUM.replace('"Hum", ', '"Hum\\x1b[2J", '),
        "'narrator' must be one line of at most 500 characters",
    ),
    "has a key for the terminal": (
        HUM.replace('"language"', '"k\\x1b[2J": 1, "language"'),
        "unknown key 'k?[2J'",
    ),
    "speaks nothing": (HUM.replace('"en"', '""'), "'language' must be a BCP 47 tag"),
    "is endlessly fast": (HUM.replace('"pace": 1.0', '"pace": 10**400'), "'pace' must be float"),
    "fails when asked": (
        "class Kind(type):\n    def __getattr__(cls, name): 1 / 0\nclass Hum(metaclass=Kind): pass",
        "cannot be asked about its voice (ZeroDivisionError)",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_is_wrong_with_a_plugin_is_one_line_and_hinders_nobody(
    site: Path, tmp_path: Path, how: str
) -> None:
    from generator import system
    from generator.cli import checkup

    code, complaint = BROKEN[how]
    installed(site, code)
    with pytest.raises(VoiceError, match=re.escape(complaint)) as caught:
        voices.load("hum", ())
    assert str(caught.value).startswith("voice hum of hum-voice 1.0: ")
    assert "Quillfeather" not in str(caught.value)
    assert voices.load("joe", system.folders().voices).name == "joe"
    with pytest.raises(UsageError, match="there is no voice 'hun'"):
        voices.load("hun", ())
    folders = system.folders(voices=tmp_path)
    (found,) = [each for each in checkup.findings(folders) if each.what == "voice hum"]
    assert found.state == "broken"
    assert complaint in found.detail
    assert "\n" not in found.detail


@pytest.mark.parametrize("name", ["piper", "Hum", "h_m", "gtts"])
def test_a_plugin_cannot_be_called_like_one_of_ours_or_like_no_voice(site: Path, name: str) -> None:
    installed(site, name=name)
    plugin = plugins.found()[name]
    with pytest.raises(VoiceError, match="is a name no plugin can have"):
        voices._plugged(plugin)


def test_two_distributions_with_one_name_are_told_apart_by_none(site: Path) -> None:
    installed(site)
    installed(site, maker="hum-other")
    with pytest.raises(
        VoiceError, match=r"of hum-other 1\.0 and hum-voice 1\.0: two distributions"
    ):
        voices.load("hum", ())


def test_papers_that_cannot_be_read_hide_no_other_plugin(site: Path) -> None:
    installed(site)
    installed(site, maker="bad-papers", points=f"[{plugins.GROUP}]\nthis is no line\n")
    assert "hum" in voices.plugged()


GIVES = {
    "an error": ("raise ValueError(text)", VoiceError),
    "an exit": ("raise SystemExit(text)", VoiceError),
    "a panic": ("raise type('Panic', (BaseException,), {})(text)", VoiceError),
    "two numbers in one": ("return np.exp(1j * np.arange(100)), 24_000", VoiceError),
    "a wall": ("return np.broadcast_to(np.zeros(1), 10**11), 24_000", VoiceError),
    "nothing": ("return None", VoiceError),
    "no rate": ("return np.zeros(100), 0", VoiceError),
    "two channels": ("return np.zeros((100, 2)), 24_000", VoiceError),
    "no numbers": ("return np.full(100, np.nan), 24_000", VoiceError),
    "a blast": ("return np.full(100, 1e9), 24_000", VoiceError),
    "hours": ("return np.zeros(24_000 * 130), 24_000", VoiceError),
    "words": ("return 'sound', 24_000", VoiceError),
    "a torn line": ("raise ConnectionError(text)", VoiceError),
}


@pytest.mark.parametrize("gives", GIVES)
def test_what_a_plugin_gives_is_looked_at_and_what_it_says_is_not_repeated(
    site: Path, gives: str
) -> None:
    line, kind = GIVES[gives]
    head, _old = HUM.split("        times")
    installed(site, head + f"        {line}\n")
    engine = speech.engines.opened(voices.load("hum", ()))
    with pytest.raises(kind, match=r"could not speak a phrase of 12 characters \(") as caught:
        engine.speak("Quillfeather", 1.0)
    assert "Quillfeather" not in str(caught.value)
    engine.give_up()


def test_a_plugin_that_sends_words_away_says_where_and_may_fail_for_a_while(site: Path) -> None:
    head, _old = HUM.replace('"language"', '"sends_to": "hum.example", "language"').split(
        "        times"
    )
    installed(site, head + "        raise TimeoutError(text)\n")
    voice = voices.load("hum", ())
    assert voice.online
    with pytest.raises(ServiceError, match=r"could not be asked \(TimeoutError\)"):
        speech.engines.opened(voice).speak("Quillfeather", 1.0)


def test_a_class_that_cannot_be_opened_is_named(site: Path) -> None:
    installed(site, HUM.replace("self.pace = voice.pace", "1 / 0"))
    with pytest.raises(VoiceError, match=r"cannot be opened \(ZeroDivisionError\)"):
        speech.try_out(voices.load("hum", ()))


def test_an_engine_that_is_gone_is_named(site: Path) -> None:
    gone = Voice("x", "hum", "X", "en", 1.0, -20.0, 15.0, "", "", "yes")
    with pytest.raises(MeditationError, match="there is no engine 'hum'"):
        speech.described(gone)


# --- the one of the guide ---------------------------------------------------------------------


def files_of_the_guide() -> dict[str, str]:
    found = re.findall(r"```(?:python|toml)\n# (hum-voice/\S+)\n(.*?)```", GUIDE, re.DOTALL)
    return dict(found)


@pytest.mark.slow
def test_the_voice_of_the_guide_is_built_installed_and_speaks_a_track(tmp_path: Path) -> None:
    """By pip, without a network, into a folder that is put on the path."""
    for name, content in files_of_the_guide().items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    assert len(files_of_the_guide()) == 2
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "-q", "install", "--no-index", "--no-deps"]
    build = ["--no-build-isolation", "--target", str(site), str(tmp_path / "hum-voice")]
    subprocess.run([*pip, *build], check=True, capture_output=True)
    home: Home = home_at(tmp_path / "home")
    environment = {**home.environment, "PYTHONPATH": f"{ROOT}:{site}"}

    def meditate(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "generator", *words],
            cwd=home.work,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    assert "hum" in meditate("voices")
    made = json.loads(meditate("render", "small", "--voice", "hum", "--no-input", "--json"))
    assert made["voice"] == "hum"
    assert meditate("verify", str(home.work / made["path"])).splitlines()[0].endswith("proven")
