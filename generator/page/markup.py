"""HTML made of elements, never of strings: whatever a text holds, it stays text."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, tostring

from generator.errors import UsageError
from generator.plain import lies_within


def element(tag: str, *inside: Element | str, **attributes: str) -> Element:
    """The element with what is inside it, in order.

    ``class_`` is the attribute ``class``, and ``data_ms`` is ``data-ms``.
    """
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    made = Element(tag, named)
    for each in inside:
        if isinstance(each, Element):
            made.append(each)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + each
        else:
            made.text = (made.text or "") + each
    return made


def html(root: Element) -> str:
    """The whole document. Text in ``script`` and ``style`` is taken as it is: it is ours alone."""
    return f"<!doctype html>\n{tostring(root, encoding='unicode', method='html')}\n"


def address(file: str) -> str:
    """The address of a file in the page's folder, or under it. Raises UsageError for another."""
    from urllib.parse import quote

    if not lies_within(file):
        raise UsageError(
            "a page shows only what lies in its folder, or under it",
            where=file,
            remedy="Name it from there, as in course/01-arriving.mp3.",
        )
    return quote(file)


def link(place: str) -> str:
    """The address of a place on the web as it is, or of a file as ``address`` has it.

    Raises UsageError for one with spaces or letters that a web address does not have.
    """
    if not re.match("https?://", place):
        return address(place)
    if not re.fullmatch(r"https?://[!-~]+", place):
        raise UsageError(
            "an address has letters that no web address has",
            where=place,
            remedy="Write it as browsers do, with %20 for a space.",
        )
    return place
