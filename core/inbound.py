"""What the worker does with one record of the inbound topic."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from core.domain.errors import UndecodableRecord
from core.domain.messages import Arrival
from core.domain.turns import TurnRecord
from core.event_log import Record
from core.telemetry.following import followed
from core.turn.burst import Burst, Joining, Outdated
from core.turn.walk import Walk
from core.wire.dead_letters import REPLAY_OF
from core.wire.envelope import decode_arrival

Observe = Callable[[TurnRecord], None]
"""Told of every stored turn, for logs and metrics; must not raise."""


class Inbound:
    """Decodes, walks, and tells the observer; knows which turns are in hand.

    A record is handled, and given up, by one lane; `more` and `ended` come from the same lanes.
    """

    def __init__(
        self,
        walk: Walk,
        observe: Observe,
        joining: Joining | None = None,
        again: Callable[[], None] = lambda: None,
    ) -> None:
        """Join its parts; `again` is told of a record whose message had its turn already."""
        self._walk = walk
        self._observe = observe
        self._again = again
        self._joining = joining or Joining()
        self._in_hand: dict[bytes, tuple[Arrival, Burst]] = {}

    async def handle(self, record: Record) -> None:
        """Give the record's message its turn.

        Raises:
            UndecodableRecord: nobody can read it.
            ConversationNotFound: there is nothing to answer.
            ModelUnavailable: take it again later.
        """
        arrival = _arrival(record)
        with followed(arrival.traceparent):
            self._settle(await self._take(arrival, self._burst(record, arrival)))

    async def give_up(self, record: Record) -> None:
        """Apologise to the customer of a record that could not be handled.

        Raises:
            UndecodableRecord: nobody can tell whose it was.
        """
        arrival = _arrival(record)
        with followed(arrival.traceparent):
            self._settle(await self._walk.give_up(arrival, self._burst(record, arrival)))

    def more(self, record: Record) -> None:
        """Another record of a key that is in hand has come: it may join the turn."""
        if record.key in self._in_hand:
            _, burst = self._in_hand[record.key]
            with suppress(UndecodableRecord):
                burst.arrived(decode_arrival(record.value).event)

    def ended(self, key: bytes) -> None:
        """Nothing of this key is in hand any more."""
        self._in_hand.pop(key, None)

    async def _take(self, arrival: Arrival, burst: Burst) -> TurnRecord | None:
        while True:
            try:
                return await self._walk.take(arrival, burst)
            except Outdated:
                burst.interrupted()

    def _burst(self, record: Record, arrival: Arrival) -> Burst:
        """The one of earlier attempts at this record, or a new one."""
        before, burst = self._in_hand.get(record.key, (None, None))
        if burst is None or before != arrival:
            burst = Burst(self._walk.clock, self._joining)
            self._in_hand[record.key] = arrival, burst
        return burst

    def _settle(self, turn: TurnRecord | None) -> None:
        if turn is None:
            self._again()
        else:
            self._observe(turn)


def _arrival(record: Record) -> Arrival:
    return replace(decode_arrival(record.value), again=REPLAY_OF in record.headers)
