"""What the worker does with one record of the inbound topic."""

from collections.abc import Callable

from core.domain.turns import TurnRecord
from core.ports import Record
from core.turn.walk import Walk
from core.wire.envelope import decode_arrival

Observe = Callable[[TurnRecord], None]
"""Told of every stored turn, for logs and metrics; must not raise."""


class Inbound:
    """Decodes, walks, and tells the observer."""

    def __init__(self, walk: Walk, observe: Observe) -> None:
        self._walk = walk
        self._observe = observe

    async def handle(self, record: Record) -> None:
        """Give the record's message its turn.

        Raises:
            UndecodableRecord: nobody can read it.
            ConversationNotFound: there is nothing to answer.
            ModelUnavailable: take it again later.
        """
        turn = await self._walk.take(decode_arrival(record.value))
        if turn is not None:
            self._observe(turn)

    async def give_up(self, record: Record) -> None:
        """Apologise to the customer of a record that could not be handled.

        Raises:
            UndecodableRecord: nobody can tell whose it was.
        """
        turn = await self._walk.give_up(decode_arrival(record.value))
        if turn is not None:
            self._observe(turn)
