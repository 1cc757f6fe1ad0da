"""A podcast's feed, read as a stranger's: no document type, no entities, and not too much of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from generator.errors import CheckError
from generator.model import Element, Rss

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

MOST_BYTES = 16 << 20
MOST_DEPTH = 16
MOST_ELEMENTS = 50_000
"""Some four thousand episodes."""
MOST_ATTRIBUTES = 64

SPACES: Mapping[str, str] = {
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://www.w3.org/2005/Atom": "atom",
    "https://podcastindex.org/namespace/1.0": "podcast",
}
"""The namespaces of a podcast, and the prefix by which everybody calls them."""
_APART = " "
"""Parts a namespace from a name: no address holds one."""


def feed(content: bytes) -> Rss:
    """The feed that these bytes are. Raises CheckError when it is no well-formed XML, or hostile.

    No message repeats a word of it.
    """
    from xml.parsers import expat

    if len(content) > MOST_BYTES:
        raise CheckError("is larger than a feed can be")
    parser = expat.ParserCreate(namespace_separator=_APART)
    reading = _Reading(parser)
    try:
        parser.Parse(content, True)
    except (LookupError, ValueError):  # of an encoding that Python does not know
        raise CheckError("is in an encoding that nobody knows") from None
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise CheckError(
            f"is not well-formed XML ({reason})", where=f"line {error.lineno}"
        ) from None
    return Rss(reading.root, reading.spaces, utf8=reading.utf8 and _is_utf8(content))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Open:
    """An element that has not ended yet."""

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.texts: list[str] = []
        self.children: list[Element] = []

    def closed(self) -> Element:
        """The same as a noun."""
        return Element(self.name, self.attributes, "".join(self.texts), tuple(self.children))


class _Reading:
    """What a parser tells, put together."""

    def __init__(self, parser: XMLParserType) -> None:
        self.root = Element("", {})
        self.spaces: dict[str, str] = {}
        self.utf8 = True
        self._open: list[_Open] = []
        self._elements = 0
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.XmlDeclHandler = self._declared
        parser.StartNamespaceDeclHandler = self._space
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.utf8 = (encoding or "utf-8").lower() == "utf-8"

    def _space(self, prefix: str | None, address: str | None) -> None:
        if len(self.spaces) > MOST_ATTRIBUTES:
            raise CheckError("declares more namespaces than a feed can have")
        self.spaces.setdefault(prefix or "", address or "")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        many = self._elements > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES
        if many or len(self._open) >= MOST_DEPTH:
            raise CheckError("holds more, or deeper, elements than a feed can")
        self._open.append(_Open(_called(name), attributes))

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].texts.append(text)

    def _end(self, _name: str) -> None:
        element = self._open.pop().closed()
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element


def _called(name: str) -> str:
    """The name with its usual prefix; of a namespace that nobody knows, with its address."""
    space, apart, local = name.rpartition(_APART)
    return f"{SPACES.get(space, space)}:{local}" if apart else name


def _refuse(*_: object) -> None:
    raise CheckError("declares a document type or an entity, which no feed needs")
