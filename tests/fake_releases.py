"""A publisher on this machine: files over HTTPS, from any byte on, cut off and mistaken at will."""

from __future__ import annotations

import contextlib
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


@dataclass
class Publisher:
    """What it has, what was asked, and what goes wrong next."""

    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    always: str = ""
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Each path, and the byte it was asked from."""
    host: str = ""
    authority: Path = Path()
    stopping: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    publisher: Publisher

    def log_message(self, *_args: object) -> None:
        pass

    def do_GET(self) -> None:
        publisher = self.publisher
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        publisher.asked.append((self.path, start))
        fault = publisher.faults.pop(0) if publisher.faults else publisher.always
        name, _, argument = fault.partition(" ")
        content = publisher.files.get(self.path)
        with contextlib.suppress(OSError):
            if name.isdigit():
                self._head(int(name), 0, *([("Location", argument)] if argument else []))
            elif content is None:
                self._head(404, 0)
            elif name == "from-the-start":
                self._send(200, content)
            elif name == "other":
                self._send(200, content[::-1])
            elif name == "more":
                self._send(200, content + b"more")
            elif name == "packed":
                self._send(200, content, ("Content-Encoding", "gzip"))
            elif name == "another-piece":
                self._send(206, content[5:], ("Content-Range", f"bytes 5-/{len(content)}"))
            else:
                status = 206 if start else 200
                piece = ("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
                self._send(status, content[start:], piece, fault=name, after=int(argument or 0))

    def _head(self, status: int, length: int, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for key, value in (*headers, ("Content-Length", str(length))):
            self.send_header(key, value)
        self.end_headers()

    def _send(
        self, status: int, body: bytes, *headers: tuple[str, str], fault: str = "", after: int = 0
    ) -> None:
        self._head(status, len(body), *headers)
        if fault == "cut":
            self.wfile.write(body[:after])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
        elif fault == "stall":
            self.wfile.write(body[:after])
            self.publisher.stopping.wait(30.0)
        else:
            self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext

    def finish_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        wrapped = self.context.wrap_socket
        with contextlib.suppress(OSError), wrapped(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, *_args: object) -> None:
        pass


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Publisher]:
    """A publisher at ``publisher.host``, its certificate by an authority of the test's own."""
    authority = trustme.CA()
    publisher = Publisher(authority=folder / "authority.pem")
    authority.cert_pem.write_to_path(str(publisher.authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    handler = type("Handler", (Handler,), {"publisher": publisher})
    with _Server(("127.0.0.1", 0), handler) as server:
        server.context = context
        publisher.host = f"localhost:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield publisher
        finally:
            publisher.stopping.set()
            server.shutdown()
            thread.join()
