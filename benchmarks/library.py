"""``make bench-library``: what a course costs for its listeners, and what it costs again.

The eight sessions that came along, practices of eight minutes and their talks, the embedded voice.
Needs a quiet machine and half an hour; say how many listeners, if not 12.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from generator import course, library, pipeline, system
from generator.model import Entry

NAMES = ("Sam", "Alexandra", "Jo", "Priya", "Maximilian", "Lee", "Noor", "Bo", "Christopher", "Ana")
ANIMALS = ("my old dog Biscuit", "my cat", "the grey horse", "our goose Berta", "a robin", "a mule")
LENGTH = "8m"
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Place:
    """A home, a course and a roster, for one series of builds."""

    root: Path

    def course(self, copies: int = 1) -> None:
        """The course that came along, with its scripts to be changed, so many times over."""
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        text = (ROOT / "scripts" / "courses" / "self-compassion.toml").read_text()
        head, sessions = text.split("[[sessions]]", 1)
        body = ("[[sessions]]" + sessions) * copies
        (self.root / "course.toml").write_text(f'{head}lengths = ["{LENGTH}"]\n\n{body}')

    def roster(self, listeners: int) -> None:
        """So many listeners, who are warmed by animals."""
        rows = ["id,name,care_object,care_object_kind"]
        for number, (name, animal) in zip(range(listeners), product(NAMES, ANIMALS), strict=False):
            rows.append(f"client-{number + 1},{name},{animal},animal")
        (self.root / "roster.csv").write_text("\n".join(rows) + "\n")

    def change(self) -> None:
        """Another sentence in one practice, in which nobody's detail is."""
        path = self.root / "scripts" / "wishes.j2"
        front, body = path.read_text().split("+++\n", 2)[1:]
        first, rest = body.split(". ", 1)
        path.write_text(f"+++\n{front}+++\n{first}, if you like. {rest}")

    def build(self, jobs: int, *words: str) -> tuple[float, dict[str, Any]]:
        """Seconds it took, and what it came to."""
        command = [sys.executable, "-m", "generator", "--scripts", "scripts", "build"]
        roster = ["--roster", "roster.csv"] if (self.root / "roster.csv").exists() else []
        environment = {**os.environ, "MEDITATE_HOME": str(self.root / "home")}
        environment["PYTHONPATH"] = str(ROOT)
        started = time.perf_counter()
        done = subprocess.run(
            [*command, "course.toml", *roster, "--jobs", str(jobs), "--json", *words],
            cwd=self.root,
            env=environment,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            sys.exit(done.stderr.decode())
        return time.perf_counter() - started, json.loads(done.stdout.splitlines()[-1])


def place(folder: str, listeners: int) -> Place:
    found = Place(Path(folder))
    found.course()
    found.roster(listeners)
    return found


def told(what: str, seconds: float, end: dict[str, Any], against_s: float | None = None) -> None:
    ratio = f", {seconds / against_s:.1%} of the cold build" if against_s else ""
    print(
        f"  {what:<34} {seconds:7.1f} s, {end['made']} made, {end['kept']} kept{ratio}", flush=True
    )


def course_for(listeners: int, jobs: int) -> None:
    """Cold, nothing changed, one sentence changed, one listener more."""
    print(f"eight sessions of {LENGTH} and their talks, {listeners} listeners, {jobs} at once")
    with tempfile.TemporaryDirectory() as folder:
        here = place(folder, listeners)
        cold_s, end = here.build(jobs)
        told("cold", cold_s, end)
        told("nothing changed", *here.build(jobs), cold_s)
        here.change()
        told("one sentence of one session", *here.build(jobs), cold_s)
        here.roster(listeners + 1)
        told("one listener more", *here.build(jobs), cold_s)
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
        print(f"  the largest process: {kilobytes / 1000:.0f} MB")


def sixty() -> None:
    """One changed sentence for sixty listeners, when all else is there."""
    print(f"eight sessions of {LENGTH} and their talks, 60 listeners, 2 at once")
    with tempfile.TemporaryDirectory() as folder:
        here = place(folder, 60)
        cold_s, end = here.build(2)
        told("cold", cold_s, end)
        here.change()
        told("one sentence of one session", *here.build(2), cold_s)
        told("nothing changed", *here.build(2), cold_s)


def nothing_changed(tracks: int) -> None:
    """Looking through so many tracks that are there, start of Python included; bar 1 s for 500.

    Small files stand in for the tracks: of those that are there, only names, sizes and times count.
    """
    listeners = tracks // 16
    with tempfile.TemporaryDirectory() as folder:
        here = place(folder, 0)
        rows = ["id,name", *(f"client-{n},{NAMES[n % len(NAMES)]}" for n in range(listeners))]
        (here.root / "roster.csv").write_text("\n".join(rows) + "\n")
        os.environ["MEDITATE_HOME"] = str(here.root / "home")
        stand_in(here.root)
        took_s, end = here.build(2)
        bar_s = tracks / 500
        print(
            f"nothing changed, {end['kept']} tracks: {took_s:.2f} s; bar {bar_s:.1f} s", flush=True
        )
        if end["made"]:
            sys.exit("something was made")


def stand_in(root: Path) -> None:
    """Have every track that is ordered there by its manifest and its files."""
    folders = system.folders(root / "scripts")
    chosen = course.load(str(root / "course.toml"), folders.scripts)
    (root / "output").mkdir()
    wanted = library.Selection(roster=root / "roster.csv", out=root / "output")
    orders = library.orders_of(chosen, wanted, folders)
    records = library.Records(chosen, library.folder_of(chosen, wanted), folders)
    secret = system.secret_key(folders.secret)
    for order in orders:
        seat, job = order.job.seat, order.job
        track = job.out / order.path
        track.parent.mkdir(parents=True, exist_ok=True)
        for each in (track, track.with_suffix(".vtt"), track.with_suffix(".timeline.json")):
            each.touch()
        about = (order.path, job.label, seat.edition if seat else "", order.session, 1, "practice")
        told = (job.script.slug, job.title, 480.0, 0, "0" * 64, -16.0, -1.0, "joe", order.guid, "")
        records.take(Entry(*about, *told, pipeline.marks(job, folders, secret)))
    records.save()


def main(listeners: int) -> None:
    for tracks in (500, 5_000):
        nothing_changed(tracks)
    for jobs in (1, 2):
        course_for(listeners, jobs)
    sixty()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12)
