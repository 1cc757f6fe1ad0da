"""Where things lie, and how they come to lie there whole. The only home of POSIX-only calls."""

from generator.system.home import Folders, folders, secret_key
from generator.system.limits import no_core_dumps, return_large_blocks
from generator.system.locks import locked
from generator.system.signals import Terminated, unwind_on_terminate
from generator.system.whole import (
    POSIX,
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    Workshop,
    half_made,
    private_folder,
    read_plain,
    workshop,
    write_once,
    write_whole,
)

__all__ = [
    "POSIX",
    "PRIVATE_FILE",
    "PRIVATE_FOLDER",
    "PUBLIC_FILE",
    "Folders",
    "Terminated",
    "Workshop",
    "folders",
    "half_made",
    "locked",
    "no_core_dumps",
    "private_folder",
    "read_plain",
    "return_large_blocks",
    "secret_key",
    "unwind_on_terminate",
    "workshop",
    "write_once",
    "write_whole",
]
