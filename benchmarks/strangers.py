"""``python -m benchmarks.strangers``: hostile scripts refused, and canaries looked for.

Every script of the tests' corpus is loaded and filled; every render of the canary tests is made, by
the fake engine and by the online voice, and every byte it left is searched before and after the
listener is forgotten.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import canaries
import driver
import hostile_scripts
import test_canaries
import written

from generator.errors import ScriptError
from generator.script import load


def main() -> None:
    templates()
    told()


def templates() -> None:
    """How many hostile scripts there are, how many are refused, and the slowest refusal."""
    refused, slowest_s, slowest = 0, 0.0, ""
    bodies = [(kind, body) for kind, each in hostile_scripts.BODIES.items() for body in each]
    with tempfile.TemporaryDirectory() as folder:
        for kind, content in (
            *bodies,
            *(("front matter", each) for each in hostile_scripts.FRONTS),
        ):
            started_s = time.perf_counter()
            refused += _refused(kind, content, Path(folder))
            took_s = time.perf_counter() - started_s
            if took_s > slowest_s:
                slowest_s, slowest = took_s, f"{kind}: {content[:40]!r}"
    whole = len(bodies) + len(hostile_scripts.FRONTS)
    print(f"hostile scripts: {refused} of {whole} refused")
    print(f"  the slowest refusal took {slowest_s:.2f} s ({slowest})")


def _refused(kind: str, content: str, folder: Path) -> bool:
    try:
        if kind == "front matter":
            (folder / "hostile.j2").write_text(content)
            load("hostile", [folder])
        else:
            written.filled(f"Sit down.\n\n{content}", lists=hostile_scripts.LISTS)
    except ScriptError:
        return True
    return False


def told() -> None:
    """What was searched after renders of every kind of end, and what was where it should not be."""
    before, after = canaries.Search(0, 0, 0), canaries.Search(0, 0, 0)
    astray = 0
    runs = (*test_canaries.RUNS, *test_canaries.ONLINE)
    for each in runs:
        with tempfile.TemporaryDirectory() as folder:
            home = driver.home_at(Path(folder) / "home")
            each.prepare(home)
            with test_canaries.answering(each.service, Path(folder)) as more:
                done = driver.run(home, *each.args, fault=each.fault, more=more)
            streams = {"out": done.stdout, "err": done.stderr}
            found = canaries.search(home.root, test_canaries.CANARIES, streams)
            astray += len(found.places - test_canaries.allowed(home, each))
            for path in home.work.glob("output/guest-*"):
                driver.run(home, "forget", path.name)
            left = canaries.search(home.root, test_canaries.CANARIES)
            astray += len(left.places - test_canaries.never_recorded(home, each))
            before, after = before + found, after + left
    print(f"canaries: {before.canaries} in {len(runs)} renders, each in up to {_forms()} forms")
    searched = before + after
    print(f"  {searched.files} files, {searched.size_bytes / 1e6:.0f} MB searched")
    print(f"  {astray} places where none belongs, before or after forgetting")


def _forms() -> int:
    return max(len(canaries.forms(each)) for each in test_canaries.CANARIES.values())


if __name__ == "__main__":
    main()
