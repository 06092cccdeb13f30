"""How much of a document is read, and what is said when it cannot be."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event

from core.domain.errors import RefusedError


class Unreadable(RefusedError):
    """The bytes cannot be read as this kind of document; the message is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that keep the reading of any file short in time and small in memory."""

    raw_bytes: int = 20_000_000
    """A larger file is refused by its size, without being read."""
    characters: int = 5_000_000
    """A document with more text than this is refused."""
    cells: int = 500_000
    """A table, or a JSON document, with more values than this is refused."""
    depth: int = 64
    """JSON nested deeper than this is refused."""
    pages: int = 5_000
    """A PDF with more pages than this is refused."""
    unpacked_bytes: int = 60_000_000
    """A DOCX that unpacks to more than this is refused before it is unpacked."""
    parse_s: float = 60.0
    """A document that takes longer to parse is refused."""


LIMITS = Limits()

_given_up: ContextVar[Event | None] = ContextVar("given_up", default=None)


@contextmanager
def abandonable() -> Iterator[None]:
    """Parsing that was begun inside, in a thread too, ends soon after this is left."""
    given_up = Event()
    token = _given_up.set(given_up)
    try:
        yield
    finally:
        given_up.set()
        _given_up.reset(token)


def check_wanted() -> None:
    """A parser asks from time to time whether anybody still waits for it.

    Raises:
        Unreadable: nobody does.
    """
    given_up = _given_up.get()
    if given_up is not None and given_up.is_set():
        raise Unreadable("its reading was given up")
