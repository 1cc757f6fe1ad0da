"""What a listener told, on its way through the filters: known for theirs when it is spoken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from generator.model import Answer, Pronunciation
from generator.phonetic import Voiced, pronunciation

Filter = Callable[..., str]
Said = tuple[str | Pronunciation, ...]


class Detail(Voiced):
    """A text that came from the listener, or was made of one."""

    __slots__ = ()


class DetailNumber(int):
    """A number that came from the listener: compares as one, and is known for one when spoken."""


def detail(answer: Answer, said: str | None) -> Answer:
    """The answer as a script is given it, with how it sounds."""
    if isinstance(answer, int):
        return DetailNumber(answer)
    return Detail(answer, (pronunciation(said),) if said else ())


def default(answer: Answer | None, said: str | None) -> Answer | None:
    """What the author or a course says where the listener says nothing, with how it sounds."""
    return Voiced(answer, (pronunciation(said),)) if said and isinstance(answer, str) else answer


def is_detail(value: object) -> bool:
    """Whether a value came from the listener, or was made of what did."""
    return isinstance(value, Detail | DetailNumber)


def tracked(plain: Filter) -> Callable[..., str]:
    """The filter, whose result is the listener's when what it was given was."""

    def tracking(value: Any, *args: Any) -> str:
        if value is None:
            raise ValueError("nothing to say")
        result = plain(value, *args)
        kind = Detail if is_detail(value) else Voiced
        return kind(result, _carried(plain, value, args, result))

    return tracking


def _carried(plain: Filter, value: Any, args: tuple[Any, ...], result: str) -> Said:
    """How the result of a filter is said: as what it was given, with what came before and after.

    Where the words themselves were bent, a respelling is bent with them, and sounds are lost.
    """
    if isinstance(result, Voiced):
        return result.said
    said: Said = getattr(value, "said", ())
    if not said:
        return ()
    before, found, after = result.partition(str(value))
    if found:
        return tuple(each for each in (before, *said, after) if each)
    spelled = "".join(each if isinstance(each, str) else each.spelled for each in said)
    return (Pronunciation(plain(spelled, *args)),) if spelled else ()
