"""Sound made in a thread of its own, a little ahead of whoever takes it.

An encoder lets go of the interpreter while it works, so a track takes as long as the slower of
mixing and encoding, not as both.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.audio import Samples

_AHEAD_BLOCKS = 2


def ahead(sound: Iterator[Samples]) -> Generator[Samples, None, None]:
    """The same blocks, made up to two ahead in another thread, whose failure comes through here."""
    ready: queue.Queue[Samples | BaseException | None] = queue.Queue(_AHEAD_BLOCKS)
    stop = threading.Event()

    def offer(item: Samples | BaseException | None) -> None:
        while not stop.is_set():
            with contextlib.suppress(queue.Full):
                ready.put(item, timeout=0.1)
                return

    def make() -> None:
        try:
            for block in sound:
                offer(block)
                if stop.is_set():
                    return
            offer(None)
        except BaseException as error:  # noqa: BLE001  raised again where the blocks are taken
            offer(error)

    maker = threading.Thread(target=make, name="mixer", daemon=True)
    maker.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        maker.join(timeout=5.0)
