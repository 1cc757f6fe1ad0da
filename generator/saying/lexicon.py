"""The user's lexicon: a TOML file of words and how they sound, a table for each language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator import toml
from generator.errors import UsageError
from generator.model import Pronunciation
from generator.phonetic import pronunciation
from generator.sayable import tidied
from generator.shortened import is_language
from generator.system import read_plain

MAX_BYTES = 256 * 1024
MAX_ENTRIES = 5_000
"""Of one language."""

_EXAMPLE = 'As in: "Nguyen" = "win", below [en].'


@dataclass(frozen=True)
class Lexicon:
    """Words of one language and how they sound. It may hold names: it prints as nothing."""

    entries: Mapping[str, Pronunciation] = field(default_factory=dict, repr=False)

    def only(self, texts: Iterable[str]) -> dict[str, Pronunciation]:
        """The entries whose word stands somewhere in these texts: no other changes their sound."""
        if not self.entries:
            return {}
        heap = "\n".join(unicodedata.normalize("NFC", text).casefold() for text in texts)
        return {word: how for word, how in self.entries.items() if word.casefold() in heap}


def lexicon(path: Path, language: str) -> Lexicon:
    """The words of a BCP 47 language in a file: those of its country before the others.

    Empty when there is no such file. Raises UsageError naming the table and the number of an entry,
    never what it holds.
    """
    tables = {str(tag).lower(): words for tag, words in _tables(path).items()}
    known: dict[str, Pronunciation] = {}
    parts = language.lower().split("-")
    for length in range(1, len(parts) + 1):
        tag = "-".join(parts[:length])
        known |= dict(_entries(tables.get(tag, {}), tag, path))
    return Lexicon(known)


def _tables(path: Path) -> Mapping[str, object]:
    where = str(path)
    try:
        raw = read_plain(path, MAX_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})", where=where) from error
    if len(raw) > MAX_BYTES:
        raise UsageError(f"is longer than {MAX_BYTES // 1024} KiB", where=where)
    try:
        content = toml.read(raw.decode("utf-8-sig"))
    except ValueError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{where}:{line[1]}" if line else where
        raise UsageError("is not valid TOML", where=place, remedy=_EXAMPLE) from None
    for tag, words in content.items():
        if not is_language(tag) or not isinstance(words, dict):
            what = "every word stands in the table of its language"
            raise UsageError(what, where=where, remedy=_EXAMPLE)
        if len(words) > MAX_ENTRIES:
            raise UsageError(f"[{tag}] has more than {MAX_ENTRIES:,} words", where=where)
    return content


def _entries(words: object, tag: str, path: Path) -> Iterator[tuple[str, Pronunciation]]:
    table = words if isinstance(words, dict) else {}
    for number, (word, how) in enumerate(table.items(), 1):
        try:
            if not isinstance(how, str):
                raise ValueError("must be text")  # noqa: TRY301  it is named with the others
            yield tidied(word), pronunciation(how)
        except ValueError as error:
            what = f"entry {number} of [{tag}] {error}"
            raise UsageError(what, where=str(path), remedy=_EXAMPLE) from None
