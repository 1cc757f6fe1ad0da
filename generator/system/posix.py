"""Which of two kinds of system this is."""

from __future__ import annotations

import os

POSIX = os.name == "posix"
