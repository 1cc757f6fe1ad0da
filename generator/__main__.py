"""The way in: ``meditate``, and ``python -m generator``."""

import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line; Ctrl-C while it is still being loaded is answered like any other."""
    try:
        from generator.cli import main as porch

        porch()
    except KeyboardInterrupt:
        sys.stderr.write("meditate: stopped; nothing half-made was left behind\n")
        sys.stderr.flush()
        os._exit(130)


if __name__ == "__main__":
    main()
