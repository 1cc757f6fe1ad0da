"""``make bench-listeners``: what the second to the fiftieth listener of one script cost.

Processor seconds of whole renders in one process, proof included, all clips spoken before: of the
first listener, with no stretch kept, and on the average of all others. Say how many, if not fifty.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
from itertools import product
from pathlib import Path

from generator import api, personalise, pipeline, script, system
from generator.model import Job
from generator.pipeline import mixing

NAMES = ("Sam", "Alexandra", "Jo", "Priya", "Maximilian", "Lee", "Noor", "Bo", "Christopher", "Ana")
ANIMALS = ("my old dog Biscuit", "my cat", "the grey horse", "our goose Berta", "a robin")
OTHERS = (("my friend Lou", "person"), ("the lake", "place"), ("the plum tree", "thing"))


def answers(mixed: bool) -> list[dict[str, object]]:
    """Fifty listeners: alike in what the script asks of a detail, or of every kind and age."""
    found = []
    for number, (name, animal) in enumerate(product(NAMES, ANIMALS)):
        warm, kind = [(animal, "animal"), *OTHERS][number % 4 if mixed else 0]
        about = {"care_object": warm, "care_object_kind": kind, "care_object_pronoun": "it"}
        found.append({"name": name, "age": 4 + number % 13 if mixed else 7, **about})
    return found


def main(listeners: int) -> None:
    for told, mixed in (("of one kind and age", False), ("of every kind and age", True)):
        with tempfile.TemporaryDirectory() as home:
            os.environ["MEDITATE_HOME"] = home
            costs = measured(Path(home), answers(mixed)[:listeners])
        first_s, others_s = costs[0], statistics.mean(costs[1:])
        print(f"{len(costs)} listeners {told}: the first {first_s:.2f} s of processor time")
        print(f"  the others {others_s:.2f} s on the average, {others_s / first_s:.1%}; bar 12 %")


def measured(home: Path, every: list[dict[str, object]]) -> list[float]:
    """Processor seconds of each listener's track, in order, when all words are spoken."""
    folders = system.folders()
    labels = map("".join, product("bcdfg", "hklmnpqrst"))  # nobody is called so
    jobs = [job(home, folders, *each) for each in zip(labels, every, strict=False)]
    for each in jobs:
        pipeline.render(each, folders)
    forget_stretches(folders)
    costs = []
    for each in jobs:
        before_s = processor_s()
        pipeline.render(each, folders)
        costs.append(processor_s() - before_s)
    return costs


def job(home: Path, folders: system.Folders, label: str, listener: dict[str, object]) -> Job:
    chosen = script.load("three-children", folders.scripts)
    (home / "out").mkdir(exist_ok=True)
    wishes = api.Wishes(length="15m", out=home / "out", label=label, force=True)
    return api.job_for(chosen, personalise.check(chosen, listener), wishes, folders)


def forget_stretches(folders: system.Folders) -> None:
    """Leave only the clips of all that is kept, and no bed ready in memory."""
    for path in folders.cache.glob("??/*"):
        if not path.read_bytes().startswith(b"meditation clip"):
            path.unlink()
    mixing.forget()


def processor_s() -> float:
    """User and system time of this process and of its children that are done."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
