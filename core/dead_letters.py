"""Records that could not be handled: what is kept of them, and the port to where it is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.event_log import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a record was put aside; nothing in it is a customer's word."""

    error_class: str
    error: str
    """Our own sentence, at most 500 characters; empty for errors that are not ours."""
    attempts: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A record as it was, and its failure."""

    record: Record
    failure: Failure


class DeadLetters(Protocol):
    """Where records wait for a person to decide about them."""

    async def put_aside(self, letter: DeadLetter) -> None:
        """Keep the letter and queue its copy for the topic of dead letters, together.

        Whoever calls goes on only after it has returned, for then the record may be forgotten.
        The same record put aside again, by whomever, is kept once and as it was the first time,
        even if it was replayed or discarded meanwhile. Any bytes are kept, and come back as they
        were.

        Raises:
            RetryableError: not known to be kept; call again.
        """
        ...
