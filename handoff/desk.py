"""What the desk does with each record of the events topic."""

from typing import assert_never

from prometheus_client import Counter

from core.domain.events import HandoffRequested, RatingGiven
from core.event_log import Record
from core.wire.envelope import decode_event


class Desk:
    """Hears of promised handoffs and of ratings, and counts them by their type."""

    def __init__(self, events: Counter) -> None:
        self._events = events

    async def take(self, record: Record) -> None:
        """Count the record's event.

        Raises:
            UndecodableRecord: nobody can read it.
        """
        match decode_event(record.value):
            case HandoffRequested():
                kind = "handoff.requested"
            case RatingGiven():
                kind = "rating.given"
            case never:
                assert_never(never)
        self._events.labels(kind).inc()
