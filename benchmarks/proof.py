"""``make bench-proof``: three scripts at two paces of the voice, in every profile, over every bed.

Each is rendered at its script's least length and proven from its finished file. What came out is
written to ``PROOF.md`` beside this file; a part of the grid, chosen by options, is printed. The
whole takes about a quarter of an hour.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.tables import table
from generator import api, bed, personalise, pipeline, script, shelf, system, transcript, verify
from generator.errors import CheckError, UsageError
from generator.model import PROFILES, Check, Job, Timeline
from generator.pipeline.proving import Sounded, proof
from generator.verify import phrases
from generator.verify.cells import CELL_FRAMES, count
from generator.verify.expect import Expected, expected

PAGE = Path(__file__).parent / "PROOF.md"
SCRIPTS = ("care-circuit", "meet-the-critic", "three-children")
PACES = (0.85, 1.0)
"""Of the voice's own pace as its engine has it; what ``meditate`` uses is slower still."""
LOST_CELLS = 8
"""Just over 150 ms."""

_SIZES: Mapping[str, Callable[[float], float]] = {"dBTP": float, "LU": abs, "dB": abs, "ms": abs}
"""Which of two values is the worse, by unit."""


@dataclass(frozen=True)
class Track:
    """One of the grid, and what was found in it."""

    script: str
    pace: float
    profile: str
    bed: str
    checks: tuple[Check, ...] = ()
    phrases: int = 0
    missed: int = 0
    """Of these, whose loss of the last 150 ms would not be found."""
    refused: str = ""
    """Why it was not to be made at all."""

    @property
    def faults(self) -> tuple[Check, ...]:
        """The checks that are not met."""
        return tuple(each for each in self.checks if not each.met)

    def __str__(self) -> str:
        return f"{self.script} at {self.pace:g}, {self.profile}, {self.bed}"


def main(*words: str) -> None:
    chosen = _chosen(words)
    grid = [
        Track(*each) for each in product(chosen.script, chosen.pace, chosen.profile, chosen.bed)
    ]
    made = list(_told(_all_proven(grid), len(grid)))
    if words:
        print(page(made))
    else:
        PAGE.write_text(page(made), "utf-8")


def _chosen(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.proof")
    parser.add_argument("--script", nargs="+", default=SCRIPTS)
    parser.add_argument("--pace", nargs="+", default=PACES, type=float)
    parser.add_argument("--profile", nargs="+", default=[*PROFILES], choices=PROFILES)
    parser.add_argument("--bed", nargs="+", default=bed.BEDS)
    return parser.parse_args(words)


def _all_proven(grid: Sequence[Track]) -> Iterator[Track]:
    """Each of the grid in order, made by as many processes as there are cores."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MEDITATE_HOME"] = folder
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
            yield from pool.map(partial(_proven, out=Path(folder)), grid)


def _told(tracks: Iterable[Track], of: int) -> Iterator[Track]:
    for number, track in enumerate(tracks, 1):
        told = track.refused or f"{len(track.faults)} faults"
        print(f"{number} of {of}: {track}: {told}", file=sys.stderr, flush=True)
        yield track


# --- one track --------------------------------------------------------------------------------


def _proven(wanted: Track, out: Path) -> Track:
    """The track with all that was found in its file, which is gone again."""
    folders = system.folders()
    try:
        path = pipeline.render(_job(wanted, out, folders), folders).path
    except CheckError as error:
        report = json.loads(shelf.beside(Path(error.where), shelf.REPORT).read_text("utf-8"))
        return dataclasses.replace(wanted, checks=tuple(Check(**each) for each in report["checks"]))
    except UsageError as error:
        return dataclasses.replace(wanted, refused=str(error))
    made = _sounded(path)
    checks = proof(made, verify.opened(path), "en").checks
    shutil.rmtree(path.parent)
    return dataclasses.replace(
        wanted, checks=checks, phrases=len(made.timeline.spoken), missed=_missed(made)
    )


def _job(wanted: Track, out: Path, folders: system.Folders) -> Job:
    chosen = script.load(wanted.script, folders.scripts)
    wishes = api.Wishes(
        bed=wanted.bed,
        profile=wanted.profile,
        length=f"{chosen.least_s:g}s",
        out=out,
        label=re.sub("[^a-z0-9.]+", "-", str(wanted)),
    )
    job = api.job_for(chosen, personalise.check(chosen, {}), wishes, folders)
    rate = job.voice.characters_per_s * wanted.pace / job.voice.pace
    voice = dataclasses.replace(job.voice, pace=wanted.pace, characters_per_s=rate)
    return dataclasses.replace(job, voice=voice)


def _sounded(path: Path) -> Sounded:
    """The finished file as ``meditate verify`` hears it."""
    document = shelf.sidecar(path)
    timeline = transcript.timeline_from(document)
    evidence = transcript.evidence_from(document)
    return Sounded(
        path, timeline, evidence, verify.listen(path, timeline, lambda _done, _total: None)
    )


def _missed(made: Sounded) -> int:
    """Of how many phrases the loss of the end is not found: it lies under the bed."""
    mixed = expected(made.timeline, made.evidence)
    whole = range(len(made.timeline.spoken))
    return sum(not _found(made.timeline, mixed, made.heard.grid, index) for index in whole)


def _found(timeline: Timeline, mixed: Expected, grid: np.ndarray, index: int) -> bool:
    """Whether it is found that only the ground sounds where this phrase ends."""
    spoken = timeline.spoken[index]
    end = spoken.start_frame // CELL_FRAMES + count(spoken.start_frame, spoken.end_frame)
    torn = grid.copy()
    torn[end - LOST_CELLS : end] = mixed.ground[end - LOST_CELLS : end]
    alone = Timeline(timeline.frames, (spoken,), (), (), (), ())
    clip = Expected(mixed.ground, (mixed.clips[index],))
    return any(not check.met for check in phrases.checks(alone, clip, torn))


# --- the page ---------------------------------------------------------------------------------


def page(tracks: Sequence[Track]) -> str:
    """All of it in tables: the worst of each check, by script, pace and profile, and by bed."""
    checks = [each for track in tracks for each in track.checks]
    faults = [f"- {track}: {each.name} {each.value}" for track in tracks for each in track.faults]
    refused = [f"- {track}: {track.refused}" for track in tracks if track.refused]
    compared = sum(bool(each.where) for each in checks if each.name == "chapters alike")
    ends = sum(each.phrases for each in tracks)
    found = ends - sum(each.missed for each in tracks)
    return f"""# The proof of the sound

Written by `make bench-proof`: three scripts at their least length, at two paces of the voice that
comes along, in every profile, over every bed. Each track is proven from its finished file, as
[verify.md](../docs/verify.md) says.

{len(tracks)} tracks, {len(checks)} checks, {len(faults)} faults, {len(refused)} refused.
{_listed(faults)}{_listed(refused)}
Of {ends} phrases the loss of the last 150 ms would be found in {found}; the other ends are softer
than what lies over them. In {compared} of the tracks two chapters or more speak for 30 s, and are
compared.

## The worst over the beds

{_worst(tracks, ("script", "pace", "profile"))}

## The worst of each bed

{_worst(tracks, ("bed",))}
"""


def _listed(lines: Sequence[str]) -> str:
    return "".join(f"\n{line}" for line in lines) + "\n" * bool(lines)


def _worst(tracks: Sequence[Track], by: Sequence[str]) -> str:
    """A row for every group of tracks that agree in ``by``, under the limits."""
    groups: dict[tuple[str, ...], list[Track]] = {}
    for track in tracks:
        groups.setdefault(tuple(str(getattr(track, each)) for each in by), []).append(track)
    every = _by_name(tracks)
    rows = [["limit", *("" for _each in by), *(_limit(each[0]) for each in every.values()), ""]]
    for group, there in groups.items():
        found = _by_name(there)
        ends, missed = sum(each.phrases for each in there), sum(each.missed for each in there)
        worst = (_worst_of(found[name]) if name in found else "" for name in every)
        rows.append([*group, str(len(there)), *worst, f"{missed} of {ends}"])
    return table([*by, "tracks", *every, "ends missed"], rows)


def _by_name(tracks: Iterable[Track]) -> dict[str, list[Check]]:
    found: dict[str, list[Check]] = {}
    for check in (each for track in tracks for each in track.checks):
        found.setdefault(check.name, []).append(check)
    return found


def _limit(check: Check) -> str:
    if check.unit == "frames":
        return "exact"
    return str(check.limit) if isinstance(check.limit, str) else f"{check.limit:g} {check.unit}"


def _worst_of(checks: Sequence[Check]) -> str:
    """What was furthest off; of what is met or not, how often it was not."""
    missed = sum(not each.met for each in checks)
    if isinstance(checks[0].value, float):
        worst = f"{max((float(each.value) for each in checks), key=_SIZES[checks[0].unit]):.2f}"
        return f"**{worst}**" if missed else worst
    return f"**{missed} not**" if missed else _limit(checks[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
