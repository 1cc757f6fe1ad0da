"""Where things lie, and how they come to lie there whole. The only home of POSIX-only calls."""

from generator.system.below import HeldFolder, held_folder
from generator.system.cores import cores, cores_share, share_cores
from generator.system.home import Folders, folders, known_key, secret_key
from generator.system.installed import version_of
from generator.system.limits import (
    allow_open_files,
    confine,
    last_resort,
    limit_memory,
    no_core_dumps,
    return_freed,
    return_large_blocks,
)
from generator.system.locks import locked
from generator.system.making import PRIVATE_FILE, Workshop, half_made, sweep, workshop
from generator.system.native import native
from generator.system.pipe import read_named
from generator.system.posix import POSIX
from generator.system.sealed import Sealed, keyed_name
from generator.system.signals import (
    OutOfTime,
    Terminated,
    deadline,
    ending_by,
    leave_on_terminate,
    terminal_kept_back,
    terminate_self,
    unwind_on_terminate,
)
from generator.system.whole import (
    PRIVATE_FOLDER,
    PUBLIC_FILE,
    open_plain,
    passing_folder,
    private_folder,
    read_plain,
    rewrite,
    sha256,
    write_once,
    write_whole,
)

__all__ = [
    "POSIX",
    "PRIVATE_FILE",
    "PRIVATE_FOLDER",
    "PUBLIC_FILE",
    "Folders",
    "HeldFolder",
    "OutOfTime",
    "Sealed",
    "Terminated",
    "Workshop",
    "allow_open_files",
    "confine",
    "cores",
    "cores_share",
    "deadline",
    "ending_by",
    "folders",
    "half_made",
    "held_folder",
    "keyed_name",
    "known_key",
    "last_resort",
    "leave_on_terminate",
    "limit_memory",
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
    "share_cores",
    "sweep",
    "terminal_kept_back",
    "terminate_self",
    "unwind_on_terminate",
    "version_of",
    "workshop",
    "write_once",
    "write_whole",
]
