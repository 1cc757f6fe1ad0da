"""``meditate`` in a process and a home of its own, with the fake engine, and what breaks.

As a module it makes homes and starts runs; as a program it is such a run: ``driver.py FAULT ARGS``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent

VOICE = """engine = "fake"
narrator = "Tuning Fork"
language = "en"
pace = 1.0
nominal_lufs = -15.0
characters_per_s = 20.0
licence = "none"
licence_of_base = "none"
commercial = "yes"
"""
SCRIPT = """+++
title = "A Small Test"
summary = "Some sentences."
kind = "practice"
language = "en"
sources = ["none"]
lengths = ["1m", "3m"]
switches = ["gentle"]
bed = "none"

[fields.name]
ask = "What are you called?"
[fields.care_object]
ask = "Who warms you?"
[fields.aim]
ask = "What for?"
[fields.pronoun]
ask = "Which word fits?"
kind = "choice"
choices = ["she", "he", "they"]
[fields.age]
ask = "At what age?"
kind = "whole"
least = 3
most = 17
+++
{{ chapter("Arriving") }}
Find a place to rest. {{ pause(1) }}
{% if name %}Hello, {{ name }}, here you are.{% endif %} {{ pause(1) }}
{% if care_object %}Let {{ care_object | yours }} come to mind.{% endif %} {{ pause(1) }}
{% if aim %}You came {{ aim | yours }}.{% endif %} {{ pause(1, most=60) }}
{{ chapter("Staying") }}
You can stay a while. {{ rest(2) }}
Come back to the room. {{ pause(1) }}
"""


@dataclass(frozen=True)
class Home:
    """Everything one user has, under one root: what is kept, what is made, what is temporary."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def clips(self) -> Path:
        return self.data / "cache" / "clips"

    @property
    def environment(self) -> dict[str, str]:
        places = {"HOME": "user", "TMPDIR": "tmp", "XDG_CACHE_HOME": "xdg", "XDG_DATA_HOME": "xdg"}
        return {
            **os.environ,
            **{name: str(self.root / folder) for name, folder in places.items()},
            "MEDITATE_HOME": str(self.data),
            "PYTHONPATH": str(ROOT),
        }

    def write_script(self, slug: str, body: str) -> None:
        (self.data / "scripts" / f"{slug}.j2").write_text(body)


def home_at(root: Path) -> Home:
    """A newcomer's home with a voice that speaks in tones and a script that asks a lot."""
    for folder in ("data/voices", "data/scripts", "work", "user", "tmp", "xdg"):
        (root / folder).mkdir(parents=True)
    (root / "data" / "voices" / "fork.toml").write_text(VOICE)
    home = Home(root)
    home.write_script("small", SCRIPT)
    return home


def start(
    home: Home, *args: str, fault: str = "", more: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, __file__, fault, *args],
        cwd=home.work,
        env=home.environment | dict(more or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(
    home: Home, *args: str, fault: str = "", more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    process = start(home, *args, fault=fault, more=more)
    out, errors = process.communicate(timeout=120)
    return subprocess.CompletedProcess(args, process.returncode, out, errors)


def render(*options: str, slug: str = "small") -> tuple[str, ...]:
    """The words of a render that is over soon."""
    return ("render", slug, "--voice", "fork", "--no-input", *options)


# --- what breaks ------------------------------------------------------------------------------


def in_the_middle(happens: Callable[[], object]) -> Callable[[], None]:
    """A fault that comes when every phrase is there and nothing is mixed yet."""

    def break_it() -> None:
        from generator import speech

        evict = speech.evict

        def then(folder: Path, most_bytes: int) -> None:
            evict(folder, most_bytes)
            happens()

        speech.evict = then

    return break_it


def between_the_names() -> None:
    """Killed when the first of three files has its name."""
    plain = Path.replace

    def then(self: Path, target: Path) -> Path:
        plain(self, target)
        if target.parent.parent.name == "output":
            os.kill(os.getpid(), signal.SIGKILL)
        return target

    Path.replace = then  # type: ignore[method-assign]


def a_full_disk() -> None:
    """The limit on file size stands for it: the same error comes from the same call."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))


def a_check_not_met() -> None:
    from generator.verify import level

    level.MOST_PEAK_DBTP = -60.0


def a_fault_of_ours() -> None:
    from generator import transcript

    def broken(*_args: object, **_given: object) -> str:
        raise KeyError(str(_args))

    transcript.webvtt = broken  # type: ignore[assignment]


def a_hurried_online_voice() -> None:
    """The online voice gives up in a second instead of minutes."""
    from generator.speech import gtts
    from generator.speech.transport import Patience, Transport

    hurried = Patience(6_000, 100, silence_s=0.3, answer_s=0.6, tries=2, first_wait_s=0.05)
    gtts.Transport = lambda host: Transport(host, hurried)  # type: ignore[assignment,misc]


def remove_kept_clips() -> None:
    for folder in (Path(os.environ["MEDITATE_HOME"]) / "cache", *own_clips()):
        shutil.rmtree(folder)


def remove_copies() -> None:
    for path in Path("output").rglob(".making-*-clip-*"):
        path.unlink()


def own_clips() -> list[Path]:
    return list((Path(os.environ["MEDITATE_HOME"]) / "listeners").glob("*/clips"))


FAULTS: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "full": a_full_disk,
    "check": a_check_not_met,
    "hurried": a_hurried_online_voice,
    "ours": a_fault_of_ours,
    "vanished": in_the_middle(remove_kept_clips),
    "copies gone": in_the_middle(remove_copies),
    "interrupted": in_the_middle(lambda: os.kill(os.getpid(), signal.SIGINT)),
    "terminated": in_the_middle(lambda: os.kill(os.getpid(), signal.SIGTERM)),
    "killed": in_the_middle(lambda: os.kill(os.getpid(), signal.SIGKILL)),
    "killed late": between_the_names,
}


def main() -> None:
    from generator import cli, speech

    fault = sys.argv.pop(1)
    speech.engines.ENGINES = {**speech.engines.ENGINES, "fake": "fake_engine"}
    FAULTS[fault]()
    cli.main()


if __name__ == "__main__":
    main()
