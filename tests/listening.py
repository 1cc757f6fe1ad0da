"""A real browser for listening pages: where it comes from, and what it is kept from."""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from browsers import chromium_here, lacking
from needed import must

if lacking():
    must(lacking())

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Route,
    sync_playwright,
)

AXE = "axe-core@4.10.3"
AXE_SHA512 = (
    "Xm7bpRXnDSX2YE2YFfBk2FnF0ep6tmG7xPh8iHee8MIcrgq762Nkce856dYtJYLkuIoYZvGfTs/PbZhideTcEg=="
)

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that is here, seen by nobody."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_here(), args=[*ARGUMENTS])
        yield browser
        browser.close()


def axe(folder: Path) -> str:
    """The source of axe-core, fetched once into a folder and proven by its published digest."""
    archive = folder / f"{AXE.replace('@', '-')}.tgz"
    if not archive.exists():
        npm = shutil.which("npm")
        if npm is None:
            must("no npm to fetch axe-core with")
        command = [npm, "pack", AXE, "--ignore-scripts", "--silent", "--pack-destination", folder]
        try:
            subprocess.run(command, cwd=folder, check=True, timeout=120, capture_output=True)
        except (subprocess.SubprocessError, OSError):
            must(f"npm does not fetch {AXE}: is there a registry?")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    assert digest == AXE_SHA512, f"{archive} is not the published one: remove it"
    with tarfile.open(archive) as package:
        source = package.extractfile("package/axe.min.js")
        assert source is not None
        return source.read().decode()


@dataclass
class Watched:
    """What a page did that it should not have done."""

    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextlib.contextmanager
def listening(
    browser: Browser, own: str, **how: object
) -> Iterator[tuple[BrowserContext, Callable[[], Page], Watched]]:
    """A new listener: everything asked of another place than ``own`` fails and is noted.

    At the end the pages must have asked for nothing elsewhere, and complained of nothing.
    """
    seen = Watched()

    def refuse(route: Route) -> None:
        seen.elsewhere.append(route.request.url)
        route.abort()

    def page() -> Page:
        made = context.new_page()
        made.set_default_timeout(10_000)
        made.on("console", lambda each: seen.complaints.append(f"{each.type}: {each.text}"))
        made.on("pageerror", lambda error: seen.complaints.append(str(error)))
        return made

    context = browser.new_context(**{"viewport": {"width": 1000, "height": 800}, **how})
    context.route(lambda url: not url.startswith(own), refuse)
    try:
        yield context, page, seen
        assert seen == Watched(), seen
    finally:
        context.close()


class Quiet(SimpleHTTPRequestHandler):
    """Python's own server, which knows no ranges, as many a simple host."""

    asked: list[str]

    def __init__(self, *args: object, asked: list[str], **how: object) -> None:
        self.asked = asked
        super().__init__(*args, **how)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        self.asked.append(self.path)


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[str], Callable[[], None]]]:
    """The folder over HTTP on this machine: its address, what is asked of it, and how to end it."""
    asked: list[str] = []
    handler = functools.partial(Quiet, directory=str(folder), asked=asked)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()

    def stop() -> None:
        if thread.is_alive():
            server.shutdown()
            thread.join()
            server.server_close()

    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked, stop
    finally:
        stop()
