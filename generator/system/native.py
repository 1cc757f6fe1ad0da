"""Functions of a library in C, called as Python's own."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_KINDS: Mapping[str, Any] = {"p": ctypes.c_void_p, "i": ctypes.c_int, "f": ctypes.c_float}


def native(path: Path, functions: Mapping[str, str]) -> dict[str, Callable[..., Any]]:
    """Functions of the library at ``path`` by their names; the interpreter is free while they work.

    ``functions`` says of each what it gives and what it takes, a letter each: ``p`` for an address,
    ``i`` for an int, ``f`` for a float. Raises OSError when the library cannot be loaded or lacks
    one of them.
    """
    library, found = ctypes.CDLL(str(path)), dict[str, Callable[..., Any]]()
    for name, letters in functions.items():
        try:
            function = library[name]
        except AttributeError as error:
            raise OSError(f"{path.name} has no {name}") from error
        function.restype, *function.argtypes = (_KINDS[each] for each in letters)
        found[name] = function
    return found
