"""``make bench-publishing``: three hundred tracks of fifteen minutes published, and again.

One track is made; the others are links to it under other names, as a disk with less room has them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TRACKS = 300


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["MEDITATE_HOME"] = str(Path(home) / "home")
        os.chdir(home)
        command("render", "care-circuit", "--length", "15m", "--no-input")
        folder = Path("many")
        folder.mkdir()
        for number in range(TRACKS):
            for path in Path("output/public").iterdir():
                place = folder / f"{number:03}-{path.name}"
                if path.suffix == ".mp3":
                    place.hardlink_to(path)
                else:
                    shutil.copy(path, place)
        first_s = command("publish", "many", "--site", "https://example.org/a")
        again_s = [command("publish", "many", "--site", "https://example.org/a") for _ in "abc"]
        page_kb = (folder / "site" / "index.html").stat().st_size / 1000
        shutil.rmtree(folder)
    print(f"{TRACKS} tracks of 15 minutes, {page_kb:,.0f} KB of page")
    print(f"  published for the first time in {first_s:.1f} s, copying included")
    best_s, worst_s = min(again_s), max(again_s)
    print(f"  again, unchanged, in {best_s:.2f} s at best, {worst_s:.2f} s at worst; bar 3 s")


def command(*words: str) -> float:
    """Seconds that a whole command takes, from its start to its end."""
    began_s = time.monotonic()
    subprocess.run([sys.executable, "-m", "generator", *words], check=True, capture_output=True)
    return time.monotonic() - began_s


if __name__ == "__main__":
    main()
