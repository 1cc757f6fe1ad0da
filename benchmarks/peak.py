"""Peak memory of one render, first with nothing kept, then with everything; printed as JSON.

Each is a process of its own, because a peak never goes down.
"""

from __future__ import annotations

import json
import os
import resource
import sys


def main(scripts: str, length: str, out: str) -> None:
    peaks = {}
    for state in ("cold", "warm"):
        child = os.fork()
        if child == 0:
            _render(scripts, length, out)
            os._exit(0)
        _pid, status, usage = os.wait4(child, 0)
        if status:
            sys.exit("the render failed")
        kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
        peaks[state] = kilobytes / 1000
    print(json.dumps(peaks))


def _render(scripts: str, length: str, out: str) -> None:
    command = ["meditate", "--scripts", scripts, "render", "long-sit", "--no-input", "--quiet"]
    sys.argv = [*command, "--length", length, "--for", f"peak-{length}", "--out", out, "--force"]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from generator.cli import main as meditate

    meditate()


if __name__ == "__main__":
    main(*sys.argv[1:])
