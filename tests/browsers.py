"""Which browser tries the listening pages, or what to install for one."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec


def chromium_here() -> str | None:
    """The Chromium of this machine, or the one that ``MEDITATE_TEST_BROWSER`` names."""
    names = (os.environ.get("MEDITATE_TEST_BROWSER", ""), "chromium", "google-chrome", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


def lacking() -> str:
    """In one line, what there is to install before pages are tried; empty when nothing is."""
    if find_spec("playwright") is None:
        return "no Playwright: install the package 'playwright' to try pages in a browser"
    if chromium_here() is None:
        return "no Chromium: install it, or name it in MEDITATE_TEST_BROWSER, to try pages in it"
    return ""
