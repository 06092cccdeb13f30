"""Reads XML from strangers: no entities, bounded depth, bounded number of elements."""

from collections.abc import Callable, Iterable
from xml.parsers import expat  # it refuses what makes expat dangerous, below

from knowledge.parsers.limits import Unreadable, check_wanted

_DEEPEST = 200
_NO_XML = "it is damaged: a part of it is not well-formed XML"


def vet(pieces: Iterable[bytes], most_elements: int) -> int:
    """Pass over XML once, without building anything of it, and count its elements.

    Args:
        pieces: The document in order, in pieces of any size.
        most_elements: More than these are refused.

    Raises:
        Unreadable: not well-formed, a document type (which entities need), too deep or too many.
    """
    return walk(pieces, most_elements, _ignore)


def walk(pieces: Iterable[bytes], most_elements: int, leave: Callable[[str, str], None]) -> int:
    """As `vet`, and tell each element's local name and text when it ends.

    The text is what stands directly in the element, without what its children hold.
    """
    reader = _Reader(most_elements, leave)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse_document_type
    parser.StartElementHandler = reader.enter
    parser.EndElementHandler = reader.leave
    parser.CharacterDataHandler = reader.say
    try:
        for piece in pieces:
            check_wanted()
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as broken:
        raise Unreadable(_NO_XML) from broken
    return most_elements - reader.left


def _ignore(name: str, text: str) -> None:
    """Nobody listens."""


class _Reader:
    """What expat calls."""

    def __init__(self, most_elements: int, leave: Callable[[str, str], None]) -> None:
        self.left = most_elements
        self._leave = leave
        self._texts: list[list[str]] = []

    def refuse_document_type(self, *_: object) -> None:
        raise Unreadable("its XML declares a document type, which could hide an XML bomb")

    def enter(self, _name: str, _attributes: object) -> None:
        self.left -= 1
        if self.left < 0:
            raise Unreadable("its XML has too many elements")
        if len(self._texts) >= _DEEPEST:
            raise Unreadable(f"its XML is nested deeper than {_DEEPEST} levels")
        self._texts.append([])

    def say(self, text: str) -> None:
        if self._texts and self._leave is not _ignore:
            self._texts[-1].append(text)

    def leave(self, name: str) -> None:
        self._leave(name.rpartition(" ")[2], "".join(self._texts.pop()))
