"""A published site on a disk, and a server of it that runs in a thread, asked over real sockets."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator import serving
from generator.model import Answered

TOKEN = "aB3_-" + "x" * 38
OTHER_TOKEN = "aB3_-" + "y" * 38
HASH = "3f9a0c417be2"
TRACK = f"01-arriving.{HASH}.mp3"
SOUND = bytes(range(256)) * 4_000
FILES: Mapping[str, bytes] = {
    "index.html": b"<!doctype html><title>Public</title>",
    "sw.js": b'"use strict";\n',
    "manifest.webmanifest": b"{}",
    "feed.xml": b'<?xml version="1.0"?><rss version="2.0"/>',
    "playlist.m3u8": b"#EXTM3U\n",
    "robots.txt": b"User-agent: *\nDisallow: /p/\n",
    f"artwork-{HASH}.jpg": b"\xff\xd8\xff\xd9",
    f"cover-{HASH}.jpg": b"\xff\xd8\xff\xd9",
    TRACK: SOUND,
    f"01-arriving.{HASH}.vtt": b"WEBVTT\n",
    f"01-arriving.{HASH}.srt": b"1\n",
    f"01-arriving.{HASH}.chapters.json": b'{"version":"1.2.0","chapters":[]}',
    f"02-resting.{HASH}.m4a": b"m4a",
    f"03-whole.{HASH}.m4b": b"m4b",
    "plain.mp3": SOUND,
    "nothing.mp3": b"",
}
KEPT_BACK: Mapping[str, bytes] = {
    "publish.json": b"kept back",
    "01-arriving.timeline.json": b"kept back",
    "course.toml": b"kept back",
    "roster.csv": b"kept back",
    ".hidden.mp3": b"kept back",
    ".mp3": b"kept back",
    "other.xml": b"kept back",
    "notes.txt": b"kept back",
    "script.j2": b"kept back",
    "LOUD.MP3": b"kept back",
    "README": b"kept back",
}


def published(folder: Path) -> Path:
    """A site with two private parts, amid what is none of it."""
    site = folder / "site"
    (site / "p").mkdir(parents=True)
    (folder / "outside.mp3").write_bytes(b"kept back")
    for part in (site, site / "p" / TOKEN, site / "p" / OTHER_TOKEN):
        part.mkdir(exist_ok=True)
        for name, content in {**FILES, **KEPT_BACK}.items():
            (part / name).write_bytes(content)
    (site / "p" / TOKEN / "index.html").write_bytes(b"<!doctype html><title>Private</title>")
    (site / "p" / "short").mkdir()
    (site / "p" / "short" / "index.html").write_bytes(b"kept back")
    (site / "deeper").mkdir()
    (site / "deeper" / "index.html").write_bytes(b"kept back")
    (site / "link.mp3").symlink_to(folder / "outside.mp3")
    (site / "inner.mp3").symlink_to(site / TRACK)
    (site / "p" / ("L" * 43)).symlink_to(site / "p" / TOKEN, target_is_directory=True)
    (site / "folder.mp3").mkdir()
    os.mkfifo(site / "pipe.mp3")
    return site


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        return self.headers[name]


@dataclass
class Served:
    folder: Path
    address: str
    told: list[Answered]
    others: bool
    """Whether it says that other machines reach it."""

    @property
    def port(self) -> int:
        return int(self.address.rstrip("/").rpartition(":")[2])

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request by Python's own client; ``_`` in the names of fields is ``-``."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, 20)) as line:
            line.putrequest(method, path, skip_host="host" in headers)
            for name, value in headers.items():
                line.putheader(name.replace("_", "-"), value)
            line.endheaders()
            got = line.getresponse()
            return Answer(got.status, got.headers, got.read())

    def line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 20)

    def raw(self, request: bytes) -> bytes:
        """Whatever comes back for these bytes until the other side ends it."""
        with self.line() as line:
            line.sendall(request)
            return b"".join(iter(lambda: line.recv(1 << 16), b""))


@contextlib.contextmanager
def served(folder: Path, *names: str, host: str = "127.0.0.1") -> Iterator[Served]:
    told: list[Answered] = []
    server = serving.listen(folder, host, 0, names, told.append)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Served(folder, server.address, told, server.reached_by_others)
    finally:
        server.stop()
        thread.join(10)
        assert not thread.is_alive(), "the server ends when it is told to"
