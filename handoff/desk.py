"""What the desk does with each record of the events topic."""

from collections.abc import Awaitable, Callable
from typing import assert_never

from prometheus_client import Counter

from core.domain.events import HandoffMoved, HandoffRequested, RatingGiven, TicketChanged
from core.domain.ids import TenantId, TurnId
from core.event_log import Record
from core.wire.envelope import decode_event


class Desk:
    """Hears of promised handoffs and of ratings, counts them by their type, and wakes the desk."""

    def __init__(
        self,
        events: Counter,
        wake: Callable[[], None] = lambda: None,
        doubt: Callable[[TenantId, TurnId], Awaitable[object]] | None = None,
    ) -> None:
        """Join its parts.

        Args:
            events: counts what is heard, by type.
            wake: called when somebody was promised a person.
            doubt: told of each turn whose answer a customer did not like; twice is fine.
        """
        self._events = events
        self._wake = wake
        self._doubt = doubt

    async def take(self, record: Record) -> None:
        """Count the record's event; a promised person is looked for at once.

        Raises:
            UndecodableRecord: nobody can read it.
            StoreUnavailable: it must be heard again.
        """
        match decode_event(record.value):
            case HandoffRequested():
                kind = "handoff.requested"
                self._wake()
            case HandoffMoved():
                kind = "handoff.moved"
            case RatingGiven(tenant=tenant, turn=turn, thumb=thumb):
                kind = "rating.given"
                if thumb == "down" and self._doubt is not None:
                    await self._doubt(tenant, turn)
            case TicketChanged():
                kind = "ticket.changed"
            case never:
                assert_never(never)
        self._events.labels(kind).inc()
