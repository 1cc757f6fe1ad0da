"""A server from its first moment to its last: bound, told where, and ended in time."""

from __future__ import annotations

import errno
import ipaddress
import logging
import socket
from collections.abc import Collection
from pathlib import Path

from uvicorn.config import Config
from uvicorn.server import Server

from generator import system
from generator.errors import MeditationError, UsageError
from generator.serving.connection import Connection
from generator.serving.hosts import hosts, is_loopback, named
from generator.serving.site import Site, Tell

_MOST_CONNECTIONS = 500
_OPEN_FILES = 4 * _MOST_CONNECTIONS
"""A connection and the file it is given each take one; the rest is for whoever is refused."""
_HEAD_BYTES = 1 << 14
_WAITING_BYTES = 1 << 18
"""Of an answer in the system's hands: with more, a slow reader takes nothing from ours for long."""
_IDLE_S = 5
_LEAVE_S = 1


class Listener:
    """A server that has its address, and answers from :meth:`run` on."""

    def __init__(
        self, folder: Path, host: str, port: int, names: Collection[str], tell: Tell
    ) -> None:
        known = named(names)
        _require(folder)
        self._socket = _bound(host, port)
        self._host, self._port = self._socket.getsockname()[:2]
        self._server = Server(_config(Site(folder, hosts(self._host, known), tell)))

    @property
    def address(self) -> str:
        """Where a browser on this machine finds it."""
        place = ipaddress.ip_address(self._host.partition("%")[0])
        if place.is_unspecified:
            place = ipaddress.ip_address("::1" if place.version == 6 else "127.0.0.1")
        return f"http://{f'[{place}]' if place.version == 6 else place}:{self._port}/"

    @property
    def reached_by_others(self) -> bool:
        """Whether other machines can ask, too."""
        return not is_loopback(self._host)

    def run(self) -> None:
        """Answer until a signal or :meth:`stop` ends it; what is under way then has a second."""
        for name in ("uvicorn", "asyncio"):  # both would print addresses, paths and tracebacks
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        system.allow_open_files(_OPEN_FILES)
        with self._socket, system.ending_by(self.stop):  # uvicorn itself hears two of the signals
            self._server.run([self._socket])

    def stop(self) -> None:
        """End :meth:`run`, from another thread."""
        self._server.should_exit = True


def _config(site: Site) -> Config:
    return Config(
        site,
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        workers=1,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=_LEAVE_S,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )


def _require(folder: Path) -> None:
    """Raise UsageError when files of that folder cannot be served, here or at all."""
    try:
        with system.held_folder(folder):
            return
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})", where=str(folder)) from error


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises UsageError for no address of this machine."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, *_, address = found[0]
        listening = socket.create_server(address, family=family, backlog=_MOST_CONNECTIONS)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WAITING_BYTES)
        return listening
    except (OSError, UnicodeError) as error:
        where, why = f"--host {host} --port {port}", getattr(error, "errno", None)
        if why == errno.EADDRINUSE:
            remedy = "Choose another --port, or 0 for any that is free."
            raise MeditationError("another program has it", where=where, remedy=remedy) from error
        if why == errno.EACCES:
            remedy = "Choose a --port above 1023."
            raise MeditationError("is not ours to take", where=where, remedy=remedy) from error
        raise UsageError(
            f"cannot be listened at ({getattr(error, 'strerror', 'no name of a machine')})",
            where=where,
            remedy="Leave --host out, or name an address of this machine.",
        ) from error
