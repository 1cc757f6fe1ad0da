"""``make bench-proof``: every script, bed and profile is rendered and proven.

Says for each check how near a good track came to its limit, and how many phrases are found that
lose their last 150 ms: the others end under the bed. Takes some ten minutes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from generator import api, bed, personalise, pipeline, script, shelf, system, transcript, verify
from generator.model import PROFILES, Check, Timeline
from generator.verify import phrases
from generator.verify.cells import CELL_FRAMES, count
from generator.verify.expect import Expected, expected

LOST_CELLS = 8
"""Just over 150 ms."""


def main(*only: str) -> None:
    folders = system.folders()
    found, _broken = script.survey(folders.scripts)
    slugs = [each.slug for each in found if not only or each.slug in only]
    worst: dict[str, Check] = {}
    alarms = tracks = cut = missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (slug, name, profile) in enumerate(_grid(slugs)):
            label = f"grid-{number}"
            path = _rendered(slug, name, profile, label, Path(folder), folders)
            report = pipeline.verified(path, lambda _done, _total: None)
            tracks += 1
            alarms += len(report.faults)
            for check in report.checks:
                if isinstance(check.value, float):
                    before = worst.get(check.name)
                    worst[check.name] = max(before or check, check, key=_size)
            lost, whole = _cuts(path)
            cut, missed = cut + whole, missed + whole - lost
            faults = len(report.faults)
            print(
                f"{slug} {name} {profile}: {faults} faults, {whole - lost} ends missed", flush=True
            )
            path.unlink()
    print(f"{tracks} good tracks, {alarms} false alarms")
    for check in worst.values():
        print(f"  {check.name}: at the worst {check.value:.2f} {check.unit}, limit {check.limit}")
    print(f"{cut} phrases without their last 150 ms, {missed} not found")


def _size(check: Check) -> float:
    return float(check.value) if check.unit == "dBTP" else abs(float(check.value))


def _grid(slugs: list[str]) -> Iterator[tuple[str, str, str]]:
    """Every bed in every profile for the first script, and one of each for all the others."""
    both = list(product(bed.BEDS, PROFILES))
    yield from ((slugs[0], *each) for each in both)
    yield from ((slug, *both[number % len(both)]) for number, slug in enumerate(slugs[1:]))


def _rendered(
    slug: str, name: str, profile: str, label: str, out: Path, folders: system.Folders
) -> Path:
    chosen = script.load(slug, folders.scripts)
    wishes = api.Wishes(bed=name, profile=profile, out=out, label=label)
    job = api.job_for(chosen, personalise.check(chosen, {}), wishes, folders)
    return pipeline.render(job, folders).path


def _cuts(path: Path) -> tuple[int, int]:
    """Of how many phrases the loss of the end is found, of how many."""
    document = shelf.sidecar(path)
    timeline = transcript.timeline_from(document)
    mixed = expected(timeline, transcript.evidence_from(document))
    grid = verify.listen(path, timeline, lambda _done, _total: None).grid
    lost = sum(_found(timeline, mixed, grid, index) for index in range(len(timeline.spoken)))
    return lost, len(timeline.spoken)


def _found(timeline: Timeline, mixed: Expected, grid: np.ndarray, index: int) -> bool:
    """Whether it is found that only the ground sounds where this phrase ends."""
    spoken = timeline.spoken[index]
    end = spoken.start_frame // CELL_FRAMES + count(spoken.start_frame, spoken.end_frame)
    torn = grid.copy()
    torn[end - LOST_CELLS : end] = mixed.ground[end - LOST_CELLS : end]
    alone = Timeline(timeline.frames, (spoken,), (), (), (), ())
    clip = Expected(mixed.ground, (mixed.clips[index],))
    return any(not check.met for check in phrases.checks(alone, clip, torn))


if __name__ == "__main__":
    main(*sys.argv[1:])
