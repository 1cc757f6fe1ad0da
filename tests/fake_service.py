"""A service on this machine that answers as Google Translate's voice does, and misbehaves at will.

HTTPS with a certificate of a test's own authority, HTTP/1.1, real MP3 data. What it does next is a
list of faults, taken one a request; when the list is empty it speaks.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import ssl
import threading
import time
import urllib.parse
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import trustme
from pedalboard.io import AudioFile

RATE_HZ = 24_000
SECONDS_A_CHARACTER = 0.07
STALL_S = 30.0


@dataclass
class Service:
    """What was asked, when, and what happens next."""

    faults: list[str] = field(default_factory=list)
    always: str = ""
    """The fault of every request, once the list is empty."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    host: str = ""
    authority: Path = Path()
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self) -> list[str]:
        return [each["text"] for each in self.requests]

    def next_fault(self) -> str:
        return self.faults.pop(0) if self.faults else self.always


@cache
def spoken_mp3(text: str, rate_hz: int = RATE_HZ) -> bytes:
    """A tone as long as the text, its pitch by the words, with silence around it: as MP3."""
    times_s = np.arange(round(len(text) * SECONDS_A_CHARACTER * rate_hz)) / rate_hz
    tone = 0.2 * np.sin(2.0 * np.pi * pitch_hz(text) * times_s)
    sound = np.pad(tone, (round(0.2 * rate_hz), round(0.3 * rate_hz))).astype(np.float32)
    return mp3_of(sound, rate_hz)


@cache
def voiced_mp3(text: str) -> bytes:
    """The same, but with syllables: what is cut ends in the middle of one or between two."""
    times_s = np.arange(round(len(text) * SECONDS_A_CHARACTER * RATE_HZ)) / RATE_HZ
    syllables = 0.55 - 0.45 * np.cos(2.0 * np.pi * 4.0 * times_s)
    tone = 0.3 * syllables * np.sin(2.0 * np.pi * pitch_hz(text) * times_s)
    return mp3_of(np.pad(tone, (2_400, 9_600)).astype(np.float32), RATE_HZ)


def pitch_hz(text: str) -> float:
    return 300.0 + zlib.crc32(text.encode()) % 300


def mp3_of(sound: np.ndarray, rate_hz: int, *, channels: int = 1) -> bytes:
    stream = io.BytesIO()
    with AudioFile(stream, "w", rate_hz, channels, format="mp3", quality=64) as file:
        file.write(np.repeat(sound[None], channels, axis=0))
    return stream.getvalue()


def without_info(mp3: bytes) -> bytes:
    """The frames alone, as the service sends them: nothing says how many there are."""
    return mp3[mp3.index(b"\xff\xf3", 4) :]


def envelope(mp3: bytes | None) -> bytes:
    """An answer in the service's own form: JSON in JSON, behind a guard, in counted chunks."""
    inner = "null" if mp3 is None else json.dumps([base64.b64encode(mp3).decode()])
    called = json.dumps([["wrb.fr", "jQ1olc", inner, None, None, None, "generic"]])
    rest = '[["di",59],["af.httprm",58,"-5043310193170463205",24]]'
    parts = ")]}'\n", *(f"\n{len(each) + 2}\n{each}" for each in (called, rest)), "\n"
    return "".join(parts).encode()


def asked(body: bytes) -> tuple[str, str]:
    """The text and the language of a request."""
    rpc = json.loads(urllib.parse.parse_qs(body.decode())["f.req"][0])
    name, parameters, _none, _generic = rpc[0][0]
    assert name == "jQ1olc"
    text, language, _speed, _null = json.loads(parameters)
    return text, language


@cache
def bomb() -> bytes:
    """A hundred megabytes of blanks in a tenth of one."""
    return zlib.compress(b" " * 100_000_000, 9)


PAGE = b"<!doctype html><html><title>Sorry</title><body>unusual traffic</body></html>"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    service: Service

    def log_message(self, *_args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        plain = self.path.endswith("/v1/audio/speech")
        text, language = (json.loads(body)["input"], "") if plain else asked(body)
        fault = self.service.next_fault()
        self.service.requests.append(
            {
                "text": text,
                "language": language,
                "host": self.headers["Host"],
                "path": self.path,
                "body": body,
                "headers": dict(self.headers),
                "at_s": time.monotonic(),
                "fault": fault,
            }
        )
        name, _, argument = fault.partition(" ")
        with contextlib.suppress(OSError):
            if name.isdigit():
                self._status(int(name), argument)
            elif plain and not name:
                self._send(spoken_mp3(text))
            else:
                getattr(self, name.replace("-", "_") or "speak")(text, argument)

    def _status(self, status: int, header: str) -> None:
        self.send_response(status)
        if header:
            key, _, value = header.partition("=")
            self.send_header(key, value)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def _send(self, body: bytes, kind: str = "application/json", **more: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for key, value in more.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    # --- what it can do -------------------------------------------------------------------

    def speak(self, text: str, _argument: str) -> None:
        self._send(envelope(without_info(spoken_mp3(text))))

    def page(self, _text: str, _argument: str) -> None:
        self._send(PAGE, "text/html")

    def no_audio(self, _text: str, _argument: str) -> None:
        self._send(envelope(None))

    def empty_audio(self, _text: str, _argument: str) -> None:
        self._send(envelope(b""))

    def other_json(self, _text: str, _argument: str) -> None:
        self._send(b'{"error": {"code": 500}}')

    def truncated(self, text: str, _argument: str) -> None:
        mp3 = spoken_mp3(text)
        self._send(envelope(mp3[: len(mp3) // 2]))

    def truncated_between_frames(self, text: str, _argument: str) -> None:
        mp3 = without_info(spoken_mp3(text))
        self._send(envelope(mp3[: len(mp3) // 192 // 3 * 192]))

    def cut_at(self, text: str, argument: str) -> None:
        """All of it up to so many hundredths, on a whole frame: no header tells."""
        mp3 = without_info(voiced_mp3(text))
        self._send(envelope(mp3[: len(mp3) * int(argument) // 100 // 192 * 192]))

    def offset(self, text: str, _argument: str) -> None:
        sound = np.full(round(len(text) * SECONDS_A_CHARACTER * RATE_HZ), 0.5, np.float32)
        self._send(envelope(mp3_of(sound, RATE_HZ)))

    def hum(self, text: str, argument: str) -> None:
        times_s = np.arange(round(len(text) * SECONDS_A_CHARACTER * RATE_HZ)) / RATE_HZ
        hum = 0.3 * np.sin(2.0 * np.pi * float(argument) * times_s)
        self._send(envelope(mp3_of(hum.astype(np.float32), RATE_HZ)))

    def faint(self, text: str, _argument: str) -> None:
        times_s = np.arange(round(len(text) * SECONDS_A_CHARACTER * RATE_HZ)) / RATE_HZ
        faint = 0.0016 * np.sin(2.0 * np.pi * 440.0 * times_s)
        self._send(envelope(mp3_of(faint.astype(np.float32), RATE_HZ)))

    def always_the_same(self, _text: str, _argument: str) -> None:
        self._send(envelope(spoken_mp3("x" * 30)))

    def garbage_audio(self, _text: str, _argument: str) -> None:
        self._send(envelope(os.urandom(20_000).replace(b"\xff", b"\xfe")))

    def silence(self, text: str, _argument: str) -> None:
        sound = np.zeros(round(len(text) * SECONDS_A_CHARACTER * RATE_HZ), np.float32)
        self._send(envelope(without_info(mp3_of(sound, RATE_HZ))))

    def too_long(self, text: str, argument: str) -> None:
        self._send(envelope(spoken_mp3(text * int(argument or 40))))

    def interim(self, text: str, argument: str) -> None:
        self.wfile.write(f"HTTP/1.1 {argument} Wait\r\n\r\n".encode())
        self.speak(text, "")

    def url_safe(self, text: str, _argument: str) -> None:
        body = envelope(without_info(spoken_mp3(text))).decode()
        start = body.index('[\\"') + 3
        self._send((body[:start] + body[start:].replace("+", "-").replace("/", "_", 200)).encode())

    def second_entry(self, text: str, _argument: str) -> None:
        self._send(b'[["wrb.fr","jQ1olc",null,1]]\n' + envelope(spoken_mp3(text)))

    def rate(self, text: str, argument: str) -> None:
        self._send(envelope(spoken_mp3(text, int(argument))))

    def stall(self, _text: str, _argument: str) -> None:
        self.service.stopping.wait(STALL_S)

    def stall_in_the_body(self, text: str, _argument: str) -> None:
        body = envelope(spoken_mp3(text))
        self._head(len(body))
        self.wfile.write(body[: len(body) // 2])
        self.service.stopping.wait(STALL_S)

    def slow_bytes(self, text: str, argument: str) -> None:
        body = envelope(spoken_mp3(text))
        self._head(len(body))
        for byte in body:
            self.wfile.write(bytes([byte]))
            if self.service.stopping.wait(float(argument or 0.05)):
                return

    def slow_headers(self, _text: str, argument: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.service.stopping.wait(float(argument or 0.05)):
            self.wfile.write(b"x")

    def cut(self, _text: str, _argument: str) -> None:
        self.close_connection = True
        self.connection.close()

    def cut_in_the_body(self, text: str, _argument: str) -> None:
        body = envelope(spoken_mp3(text))
        self._head(len(body))
        self.wfile.write(body[: len(body) // 2])
        self.close_connection = True
        self.connection.close()

    def endless(self, _text: str, _argument: str) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.service.stopping.is_set():
            self.wfile.write(b"x" * 65_536)

    def bomb(self, _text: str, _argument: str) -> None:
        self._send(bomb(), Content_Encoding="deflate")

    def deep_json(self, _text: str, _argument: str) -> None:
        inner = "[" * 100_000
        self._send(f'[["wrb.fr","jQ1olc",{json.dumps(inner)},null]]'.encode())

    def elsewhere(self, _text: str, argument: str) -> None:
        self._status(302, f"Location={argument or 'http://127.0.0.1:9/sorry'}")

    def not_http(self, _text: str, _argument: str) -> None:
        self.wfile.write(b"\x00\x01\x02 this is no HTTP\r\n\r\n")
        self.close_connection = True

    def many_headers(self, _text: str, _argument: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000)
        self.close_connection = True

    def _head(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    service: Service

    def get_request(self) -> Any:
        connection, address = super().get_request()
        self.service.connections += 1
        return connection, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.context is None:
            super().finish_request(request, client_address)
            return
        wrapped = self.context.wrap_socket
        with contextlib.suppress(OSError), wrapped(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, *_args: object) -> None:
        pass

    context: ssl.SSLContext | None


@contextlib.contextmanager
def running(folder: Path, *, name: str = "localhost", plain: bool = False) -> Iterator[Service]:
    """A service at ``service.host``; its certificate is for ``name``, by a test's own authority.

    A ``plain`` one knows no encryption.
    """
    authority = trustme.CA()
    service = Service(authority=folder / "authority.pem")
    authority.cert_pem.write_to_path(str(service.authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    handler = type("Handler", (Handler,), {"service": service})
    with _Server(("127.0.0.1", 0), handler) as server:
        server.service, server.context = service, None if plain else context
        service.host = f"localhost:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            service.stopping.set()
            server.shutdown()
            thread.join()


def environment(service: Service) -> dict[str, str]:
    """What a process needs so that its online voice asks this service and trusts it."""
    return {"MEDITATE_GTTS_HOST": service.host, "REQUESTS_CA_BUNDLE": str(service.authority)}
