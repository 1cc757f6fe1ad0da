"""A published site, served: for a look on this machine, or behind a proxy.

The only room that knows Starlette and uvicorn, which come with the extra ``serve``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import UsageError
from generator.model import Answered

if TYPE_CHECKING:
    from generator.serving.listening import Listener

__all__ = ["listen"]


def listen(
    folder: Path, host: str, port: int, names: Collection[str], tell: Callable[[Answered], None]
) -> Listener:
    """A server of that folder, which has its address and answers when it is run.

    ``port`` 0 takes any that is free. ``names`` are those by which it may be asked for besides this
    machine's own. ``tell`` hears of each request once it is answered. Raises UsageError when the
    extra is missing or the address is none of this machine's, MeditationError when another program
    has it.
    """
    try:
        from generator.serving.listening import Listener
    except ImportError:
        raise UsageError(
            "there is no server here",
            where="serve",
            remedy="pip install 'meditation-generator[serve]'",
        ) from None
    return Listener(folder, host, port, names, tell)
