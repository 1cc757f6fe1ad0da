"""The listening page of a course or a listener: files that need no build step and no server.

Everything the page is, style and script, stands in its one document, so that it opens from a folder
too; its policy names them by their digests and forbids all else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from importlib import resources

from generator.errors import UsageError
from generator.model import Page
from generator.page.colour import DARK, LIGHT, accents
from generator.page.document import document
from generator.page.markup import address
from generator.page.words import words
from generator.plain import plain

__all__ = ["DOCUMENT", "files"]

DOCUMENT = "index.html"
_MANIFEST = "manifest.webmanifest"
_STYLES = ("base", "page", "words", "dock")
_SCRIPTS = ("memory", "player", "reading", "dock", "sleep", "lock_screen", "keeping", "begin")
"""In the order in which each finds there what it needs."""


def files(page: Page) -> Mapping[str, bytes]:
    """Every file of the page by its name, to lie in the folder from which its tracks are named.

    The same page gives the same bytes. Raises UsageError for a page without a title or a track, for
    a public one on which a listener's detail is spoken, for a path that leads elsewhere, and for a
    colour that is none.
    """
    if not page.tracks or not plain(page.title):
        raise UsageError("a page needs a title and a track", where=page.title)
    if not page.private and any(each.personal for each in page.tracks):
        raise UsageError(
            "a track in which a listener's detail is spoken does not belong on a public page",
            where=page.title,
            remedy="Make the page private, or leave the track out.",
        )
    style, script = _style(page), _script()
    head = {"style": style, "script": script, "policy": _policy(style, script)}
    written = document(page, {**head, "light": LIGHT, "dark": DARK}).encode()
    manifest = json.dumps(_manifest(page), ensure_ascii=False, indent=1).encode()
    made = {DOCUMENT: written, _MANIFEST: manifest}
    return {**made, "sw.js": _worker(page, made).encode()}


def _policy(style: str, script: str) -> str:
    """``file:`` is for a page that is opened from a folder: there, nothing else is its own.

    ``blob:`` is for a sound that had to be fetched whole.
    """
    allowed = {
        "default-src": "'none'",
        "script-src": _digest(script),
        "style-src": _digest(style),
        "img-src": "'self' file:",
        "media-src": "'self' file: blob:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{what} {whence}" for what, whence in allowed.items())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _style(page: Page) -> str:
    light, dark = accents(page.colour)
    colours = f"--on-light:{light};--on-dark:{dark};--light:{LIGHT};--dark:{DARK}"
    rules = "".join(_source(f"{name}.css") for name in _STYLES)
    dense = re.sub(r"\s*([{};,])\s*|(?<=:)\s", r"\1", rules).replace(";}", "}")
    return f":root{{{colours}}}{dense}"


def _script() -> str:
    """The parts in one: what they name is theirs together, and nobody else's."""
    parts = "\n".join(_source(f"{name}.js") for name in _SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def _worker(page: Page, made: Mapping[str, bytes]) -> str:
    """The service worker, which changes with the page, so that a browser fetches it anew."""
    cover = [address(page.cover)] if page.cover else []
    version = hashlib.sha256(b"".join(made.values()))
    known = {
        "version": version.hexdigest()[:16],
        "shell": [*made, *cover],
        "sounds": {address(each.file): each.version for each in page.tracks},
    }
    return f'"use strict";\nconst page = {json.dumps(known)};\n{_source("worker.js")}'


def _manifest(page: Page) -> dict[str, object]:
    icon = (
        {"src": address(page.cover), "sizes": "1000x1000", "type": "image/jpeg"}
        if page.cover
        else {}
    )
    return {
        "name": plain(page.title),
        "short_name": plain(page.title)[:24],
        "lang": words(page.language).language,
        "start_url": DOCUMENT,
        "scope": ".",
        "display": "standalone",
        "background_color": LIGHT,
        "theme_color": LIGHT,
        "icons": [icon] if icon else [],
    }


def _source(name: str) -> str:
    """The file as it is sent: without what only its readers here need."""
    source = resources.files(__package__).joinpath("web", name).read_text("utf-8")
    lines = (re.sub(r"(^|\s)(//|/\*) .*", "", line).strip() for line in source.splitlines())
    return "".join(f"{line}\n" for line in lines if line)
