"""A published site over HTTP: what is asked, what is answered, and a line for each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack
from email.utils import formatdate
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from generator.errors import fault
from generator.model import Answered
from generator.serving import conditions
from generator.serving.files import Opened, opened
from generator.serving.hosts import Hosts
from generator.serving.kinds import Kind, headers_of, kind_of, shared_headers
from generator.serving.paths import PAGE, Place, absolute, place_of, told

Tell = Callable[[Answered], None]

_CHUNK_BYTES = 1 << 16
_READ = ("GET", "HEAD")
_METHODS = (*_READ, "OPTIONS")
_SAID_METHODS = (*_METHODS, "POST", "PUT", "PATCH", "DELETE")
"""Any other is a word of whoever asks, and goes into no log."""

_ALWAYS = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_REFUSED = {
    **_ALWAYS,
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",
}
_PREFLIGHT = {
    "access-control-allow-methods": ", ".join(_READ),
    "access-control-allow-headers": "If-Match, If-Modified-Since, If-None-Match, If-Range, Range",
    "access-control-max-age": "86400",
}


class Site:
    """The folder as an ASGI application."""

    def __init__(self, folder: Path, hosts: Hosts, tell: Tell) -> None:
        self._folder = folder
        self._hosts = hosts
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and tell of it, also when whoever asked went away."""
        started_s, sent, wrong = time.monotonic(), _Sent(send), ""
        host, path = _target(scope)
        try:
            with ExitStack() as held:
                known = self._hosts.known(host)
                response = await self._answer(scope, path, held) if known else _refusal(421)
                await response(scope, receive, sent)
        except Exception as error:  # noqa: BLE001  a traceback would name a private part
            wrong = str(fault(error))
            if not sent.status:
                await _refusal(500)(scope, receive, sent)
        finally:
            method = scope["method"] if scope["method"] in _SAID_METHODS else "other"
            took_s = time.monotonic() - started_s
            self._tell(Answered(method, told(path), sent.status, sent.size_bytes, took_s, wrong))

    async def _answer(self, scope: Scope, path: bytes, held: ExitStack) -> Response:
        """What is answered; a file that it gives stays open until ``held`` is left."""
        place = place_of(path)
        kind = kind_of(place.name or PAGE) if place else None
        if scope["method"] == "OPTIONS":
            return _options(kind)
        if scope["method"] not in _READ:
            return _refusal(405, {"allow": ", ".join(_METHODS)})
        if place is None or kind is None:
            return _refusal(404)
        named = Place(place.name or PAGE, place.token)
        found = await asyncio.to_thread(opened, self._folder, named)
        if found is None:
            return _refusal(404)
        held.enter_context(found.file)
        if not place.name:
            return _refusal(308, {"location": f"{place.token}/"})
        return _given(scope, named, kind, found)


def _given(scope: Scope, place: Place, kind: Kind, found: Opened) -> Response:
    """The file, a part of it, or why it is not sent."""
    asked = _asked(scope)
    said = {
        **_ALWAYS,
        **headers_of(place.name, kind, private=place.token is not None),
        "etag": found.etag,
        "last-modified": formatdate(found.modified_s, usegmt=True),
        "accept-ranges": "bytes",
    }
    status = conditions.met(asked, found.etag, found.modified_s)
    if status is HTTPStatus.PRECONDITION_FAILED:
        return _refusal(412)
    if status is HTTPStatus.NOT_MODIFIED:
        del said["content-type"]
        return Response(status_code=304, headers=said)
    whole = range(found.size_bytes)
    if scope["method"] == "HEAD":  # parts are defined for GET alone: RFC 9110, 14.2
        return Response(headers={**said, "content-length": str(len(whole))})
    part = conditions.part_of(asked, found.size_bytes, found.etag, found.modified_s)
    if part is None:
        return _streamed(found, whole, said)
    if not part:
        unmet = {"content-range": f"bytes */{len(whole)}", **shared_headers(kind)}
        return _refusal(416, unmet)
    said["content-range"] = f"bytes {part.start}-{part.stop - 1}/{len(whole)}"
    return _streamed(found, part, said, 206)


def _streamed(found: Opened, part: range, said: Mapping[str, str], status: int = 200) -> Response:
    headers = {**said, "content-length": str(len(part))}
    return StreamingResponse(_chunks(found, part), status, headers)


async def _chunks(found: Opened, part: range) -> AsyncIterator[bytes]:
    """The bytes of a part, a few at a time: memory does not grow with the file."""
    start = part.start
    while start < part.stop:
        most_bytes = min(_CHUNK_BYTES, part.stop - start)
        chunk = await asyncio.to_thread(found.read, start, most_bytes)
        yield chunk
        start += len(chunk)


def _options(kind: Kind | None) -> Response:
    """What may be done, whether or not there is such a file."""
    shared = shared_headers(kind)
    said = {**_ALWAYS, "allow": ", ".join(_METHODS), **shared, **(_PREFLIGHT if shared else {})}
    return Response(status_code=204, headers=said)


def _refusal(status: int, said: Mapping[str, str] | None = None) -> Response:
    """The same words for all that is refused alike."""
    return Response(f"{HTTPStatus(status).phrase}\n", status, {**_REFUSED, **(said or {})})


def _target(scope: Scope) -> tuple[str, bytes]:
    """The host that is asked, and for what."""
    named = absolute(scope["raw_path"])
    if named is None:
        return Headers(scope=scope).get("host", ""), scope["raw_path"]
    return named[0].decode("ascii", "replace"), named[1]


def _asked(scope: Scope) -> dict[str, str]:
    headers = Headers(scope=scope)
    return {name: ", ".join(headers.getlist(name)) for name in headers}


class _Sent:
    """What goes out, counted."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.size_bytes = 0

    async def __call__(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        await self._send(message)
        self.size_bytes += len(message.get("body", b""))
