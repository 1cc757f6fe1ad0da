"""What a body may use beside plain words, each of it tried before anything is filled."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from generator.model import Answer, Field
from generator.phonetic import PronunciationError


@dataclass(frozen=True)
class Vocabulary:
    """Cues that may be called, filters applied, names read, lists gone over."""

    cues: Mapping[str, Callable[..., object]]
    filters: Mapping[str, Callable[..., object]]
    fields: Mapping[str, Field]
    names: Collection[str]
    """All that may be read: fields, switches and the length."""
    lists: Mapping[str, Sequence[Answer]]
    _sound: set[object] = field(default_factory=set, repr=False)
    """Filters that were tried already, each with its arguments and what it was given."""

    @property
    def details(self) -> frozenset[str]:
        """The fields that hold a listener's own words or number, and not one of our choices."""
        return frozenset(name for name, each in self.fields.items() if each.kind != "choice")

    def samples(self, name: str) -> Sequence[object]:
        """Answers a field could have; none for what is no field."""
        known = self.fields.get(name)
        if known is None:
            return ()
        return known.choices or ((known.least, known.most) if known.kind == "whole" else ("Sam",))

    def try_cue(self, name: str, args: Collection[object], named: Mapping[str, object]) -> None:
        """Raise ValueError that says what is wrong with a call."""
        cue = self.cues[name]
        try:
            inspect.signature(cue).bind(*args, **named)
        except TypeError as error:
            raise ValueError(f"{name}(): {error}") from error
        cue(*args, **named)

    def try_filter(self, name: str, args: tuple[object, ...], values: Iterable[object]) -> None:
        """Raise ValueError when a filter does not take these arguments, or one of these values."""
        chosen = self.filters[name]
        try:
            inspect.signature(chosen).bind(None, *args)
        except TypeError as error:
            raise ValueError(f"'{name}': {error}") from error
        for value in values:
            trial = (name, args, type(value), value)
            if trial in self._sound:
                continue
            try:
                chosen(value, *args)
            except PronunciationError:
                raise
            except Exception as error:
                raise ValueError(f"'{name}' cannot be applied to this") from error
            self._sound.add(trial)
