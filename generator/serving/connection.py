"""HTTP/1.1 as uvicorn speaks it, with an end to every wait for the other side.

uvicorn itself waits for ever for the rest of a request, and for a reader who has stopped reading.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

REQUEST_S = 10.0
"""For a request to arrive, from the connection on or from the end of the last answer."""

READER_S = 60.0
"""For a reader to take in something more: players stop reading while they are paused."""

LOOK_S = 2.0


class Connection(H11Protocol):
    """One connection, ended when for too long nothing has left us on it."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._line: _Line
        self._left_bytes = 0
        self._since_s = 0.0
        self._next_look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and look now and then whether anything happens."""
        self._line = _Line(transport)
        super().connection_made(cast(asyncio.Transport, self._line))
        self._since_s = self.loop.time()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """End it; there is nothing more to look at."""
        if self._next_look:
            self._next_look.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        now_s, left_bytes, waiting = self.loop.time(), self._line.left_bytes, self._line.waiting
        if left_bytes != self._left_bytes:
            self._left_bytes, self._since_s = left_bytes, now_s
        if now_s - self._since_s >= (READER_S if waiting else REQUEST_S):
            self._line.abort()
        else:
            self._next_look = self.loop.call_later(LOOK_S, self._look)


class _Line:
    """A transport that counts what has left through it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._written_bytes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    @property
    def waiting(self) -> int:
        """How many bytes the other side has yet to take."""
        return self._transport.get_write_buffer_size()

    @property
    def left_bytes(self) -> int:
        """How many it has taken, as far as the system took them off us."""
        return self._written_bytes - self.waiting

    def write(self, content: bytes) -> None:
        """Send it when there is room."""
        self._written_bytes += len(content)
        self._transport.write(content)
