"""A course, listeners and a home of their own, with a voice of tones that several processes share.

The voice is a plugin that lies on the path: workers that are started afresh find it too. What it
says it writes down, so that nothing is spoken twice unseen. What a sentence asks for, it does:
``refuse``, ``vanish`` with its process, ``devour`` memory, ``linger`` for ever.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

_TONE = """
import os, time, zlib
import numpy as np

class Tone:
    voice = {
        "narrator": "Tone", "language": "en", "pace": 1.0, "nominal_lufs": -15.0,
        "characters_per_s": 20.0, "licence": "CC0-1.0", "licence_of_base": "none",
        "commercial": "yes",
    }

    def __init__(self, voice):
        self.pace = voice.pace

    def speak(self, text, pace):
        handle = os.open(os.environ["TONE_SPOKEN"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, (text.strip() + "\\n").encode())
        os.close(handle)
        if "refuse" in text:
            raise RuntimeError(text, lambda: text)
        if "vanish" in text:
            os._exit(7)
        if "devour" in text:
            np.ones(1 << 32)
        if "linger" in text:
            time.sleep(600)
        times = np.arange(int(len(text) / 20 / self.pace / pace * 22_050)) / 22_050
        return 0.2 * np.sin(2 * np.pi * (300 + zlib.crc32(text.encode()) % 300) * times), 22_050
"""
SCRIPT = """+++
title = "{title}"
summary = "A few sentences."
kind = "{kind}"
language = "en"
sources = ["none"]
lengths = ["15s", "2m"]
switches = ["gentle"]
bed = "none"

[fields.care_object]
ask = "Who warms you?"
example = "my old dog Biscuit"
[fields.place]
ask = "Where are you?"
+++
{{{{ chapter("Arriving") }}}}
{first} {{{{ pause(2, most=30) }}}}
{{% if care_object %}}Let {{{{ care_object | yours }}}} come to mind.{{% endif %}}
{{{{ pause(3, most=30) }}}}
Stay a while{{% if place %}} in {{{{ place }}}}{{% endif %}}. {{{{ pause(3, most=60) }}}}
{{{{ chapter("Leaving") }}}}
That is all for {number}. {{{{ pause(2, most=30) }}}}
"""
COURSE = """title = "Small Steps"
summary = "A course for tests."
language = "en"
author = "Studio North"
colour = "#2b4a5e"
voice = "tone"
bed = "none"
bells = "none"
lengths = ["0m20s"]
support = "Call 123."
"""


@dataclass(frozen=True)
class Library:
    """Where a course is built."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def folder(self) -> Path:
        """Of the course."""
        return self.root / "output" / "steps"

    @property
    def spoken(self) -> list[str]:
        """Everything that the voice said until now."""
        path = self.root / "spoken"
        return path.read_text().splitlines() if path.is_file() else []

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "manifest.json").read_text()))

    @property
    def tracks(self) -> dict[str, bytes]:
        """The bytes of every track, by path."""
        paths = sorted(self.folder.rglob("[!.]*.mp3"))
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in paths}

    @property
    def half_made(self) -> list[Path]:
        return [path for path in self.root.rglob(".making-*") if path.is_file()]

    def script(self, number: int, first: str = "", kind: str = "practice") -> None:
        """Write the script of a session."""
        folder = self.home / "scripts" / ("talks" if kind == "talk" else "")
        folder.mkdir(parents=True, exist_ok=True)
        first = first or f"This is session {number} of the {kind}s."
        title = f"{kind.title()} {number}"
        body = SCRIPT.format(title=title, kind=kind, first=first, number=number)
        (folder / f"step-{number}.j2").write_text(body)

    def course(self, sessions: int = 2, more: str = "", talks: bool = True) -> None:
        """Write the course, with a script for each session."""
        tables = ""
        for number in range(1, sessions + 1):
            self.script(number)
            tables += f'\n[[sessions]]\ntitle = "Step {number}"\npractice = "step-{number}"\n'
            if talks:
                self.script(number, kind="talk")
                tables += f'talk = "talks/step-{number}"\n'
        (self.root / "steps.toml").write_text(COURSE + more + tables)

    def roster(self, rows: Mapping[str, tuple[str, str]]) -> None:
        """Write the roster: what warms each listener, and where they are."""
        lines = ["id,care_object,place", *(f"{k},{care},{at}" for k, (care, at) in rows.items())]
        (self.root / "roster.csv").write_text("\r\n".join(lines) + "\r\n")

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "MEDITATE_HOME": str(self.home),
            "HOME": str(self.root),
            "TONE_SPOKEN": str(self.root / "spoken"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(self.root / "site")]),
        }

    def start(self, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """``meditate`` with these words, at work."""
        return subprocess.Popen(
            [sys.executable, "-m", "generator", *words],
            cwd=self.root,
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """``meditate`` with these words, done."""
        process = self.start(*words, **more)
        out, errors = process.communicate(timeout=300)
        return subprocess.CompletedProcess(words, process.returncode, out.decode(), errors.decode())

    def build(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """The course, built."""
        return self.run("build", "steps.toml", *words, **more)

    def built(self, *words: str, **more: str) -> dict[str, Any]:
        """What a build that went well came to."""
        done = self.build(*words, "--json", **more)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))


def copied(library: Library, root: Path) -> Library:
    """The same elsewhere, for whoever changes it; with its times, and records of the new place."""
    shutil.copytree(library.root, root)
    for record in root.glob("home/listeners/*/places.json"):
        record.write_text(record.read_text().replace(str(library.root), str(root)))
    return Library(root)


def library_at(root: Path) -> Library:
    """An empty place, with the voice."""
    papers = root / "site" / "tone_voice-1.0.dist-info"
    papers.mkdir(parents=True)
    (root / "site" / "tone_voice.py").write_text(_TONE)
    about = "Metadata-Version: 2.1\nName: tone-voice\nVersion: 1.0\n"
    (papers / "METADATA").write_text(about)
    (papers / "entry_points.txt").write_text(
        "[meditation_generator.voices]\ntone = tone_voice:Tone\n"
    )
    (root / "home" / "scripts").mkdir(parents=True)
    return Library(root)
