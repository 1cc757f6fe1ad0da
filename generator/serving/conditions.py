"""What a request makes its answer hang on: RFC 9110, sections 13 and 14."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_PART = re.compile(r"([0-9]{0,100})-([0-9]{0,100})", re.ASCII)
_UNIT = "bytes="

Asked = Mapping[str, str]
"""Fields of a request by their lower-case names; one that came more than once, with commas."""


def met(asked: Asked, etag: str, modified_s: int) -> HTTPStatus:
    """OK when the file is to be sent, else 412 or 304 (13.2.2): tags go before dates."""
    if "if-match" in asked:
        unchanged = _names(asked["if-match"], etag, weakly=False)
    else:
        unchanged = modified_s <= _seconds(asked.get("if-unmodified-since", ""), math.inf)
    if not unchanged:
        return HTTPStatus.PRECONDITION_FAILED
    if "if-none-match" in asked:
        known = _names(asked["if-none-match"], etag, weakly=True)
    else:
        known = modified_s <= _seconds(asked.get("if-modified-since", ""), -math.inf)
    return HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK


def part_of(asked: Asked, size_bytes: int, etag: str, modified_s: int) -> range | None:
    """The bytes that are asked for; none of them when there are none such, None for all.

    All are given, too, to whoever asks for several parts, which no player does, or in a unit or a
    form that nobody knows (14.2 allows that), or for the rest of a file that is another by now.
    """
    wanted = asked.get("range", "")
    if not wanted.lower().startswith(_UNIT) or not _still(asked, etag, modified_s):
        return None
    listed = [each.strip(" \t") for each in wanted[len(_UNIT) :].split(",")]
    match = [_PART.fullmatch(each) for each in listed if each]
    if len(match) != 1 or match[0] is None:
        return None
    first, last = match[0].groups()
    if not first:
        return _last(int(last), size_bytes) if last else None
    start, stop = int(first), int(last) + 1 if last else size_bytes
    if last and stop <= start:
        return None
    return range(start, min(stop, size_bytes)) if start < size_bytes else range(0)


def _last(count: int, size_bytes: int) -> range | None:
    """So many bytes from the end. All of a file without any cannot be told as a part."""
    if not size_bytes and count:
        return None
    return range(max(size_bytes - count, 0), size_bytes)


def _still(asked: Asked, etag: str, modified_s: int) -> bool:
    """Whether the file is the one of which there is a part already (13.1.5).

    A date proves that only to the letter, and where nothing may have changed within its second.
    """
    if "if-range" not in asked:
        return True
    known = asked["if-range"].strip()
    if known.startswith(('"', "W/")):
        return known == etag
    settled = modified_s < datetime.now(UTC).timestamp() - 1
    return settled and known == formatdate(modified_s, usegmt=True)


def _names(field: str, etag: str, *, weakly: bool) -> bool:
    if field.strip() == "*":
        return True
    return any(tag == etag and (weakly or not weak) for weak, tag in _TAG.findall(field))


def _seconds(date: str, otherwise: float) -> float:
    """Since 1970. What is no date is passed over."""
    try:
        when = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return otherwise
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
