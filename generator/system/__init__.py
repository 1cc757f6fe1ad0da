"""Where things lie, and how they come to lie there whole. The only home of POSIX-only calls."""

from generator.system.home import Folders, folders, known_key, secret_key
from generator.system.limits import (
    confine,
    no_core_dumps,
    return_freed,
    return_large_blocks,
)
from generator.system.locks import locked
from generator.system.native import native
from generator.system.pipe import read_named
from generator.system.sealed import Sealed, keyed_name
from generator.system.signals import OutOfTime, Terminated, deadline, unwind_on_terminate
from generator.system.whole import (
    POSIX,
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    Workshop,
    half_made,
    open_plain,
    passing_folder,
    private_folder,
    read_plain,
    rewrite,
    sha256,
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
    "OutOfTime",
    "Sealed",
    "Terminated",
    "Workshop",
    "confine",
    "deadline",
    "folders",
    "half_made",
    "keyed_name",
    "known_key",
    "locked",
    "native",
    "no_core_dumps",
    "open_plain",
    "passing_folder",
    "private_folder",
    "read_named",
    "read_plain",
    "return_freed",
    "return_large_blocks",
    "rewrite",
    "secret_key",
    "sha256",
    "unwind_on_terminate",
    "workshop",
    "write_once",
    "write_whole",
]
