"""Brings stored messages out: what is done with each record of the outbound topic."""

from collections.abc import Mapping

from channels.contract import Delivers, Receipt
from channels.ports import Deliveries
from core.domain.errors import DeliveryRefused
from core.domain.events import MessageSent, Stored
from core.domain.messages import Channel
from core.ports import Live, Record
from core.wire.envelope import decode_sent

_PULLED = frozenset({Channel.WEB, Channel.API})


class Dispatcher:
    """Hands each record to its channel.

    Channels whose customers read the transcript need a wake-up and a mark; others get what is
    not yet there, between two entries of the ledger.
    """

    def __init__(
        self, live: Live, ledger: Deliveries, pushed: Mapping[str, Delivers] | None = None
    ) -> None:
        self._live = live
        self._ledger = ledger
        self._pushed = pushed or {}

    async def deliver(self, record: Record) -> None:
        """Bring the record's message to its channel; done twice, it is there once.

        Raises:
            UndecodableRecord: nobody can read it.
            DeliveryRefused: the channel will never take it, or there is no such channel.
            DeliveryDelayed: the channel asks to wait; call again.
        """
        sent = decode_sent(record.value, record.headers)
        if sent.channel in _PULLED:
            # Told first: the customer need not wait for our own mark to reach the disk.
            self._live.tell(Stored(conversation=sent.conversation, seq=sent.seq))
            await self._ledger.delivered(sent, Receipt())
            return
        await self._push(sent)

    async def _push(self, sent: MessageSent) -> None:
        channel = self._pushed.get(sent.channel)
        if channel is None:
            raise DeliveryRefused(f"no channel of the name {sent.channel} is connected")
        before = await self._ledger.begun(sent)
        if before is None:
            return
        try:
            receipt = await channel.deliver(sent, before)
        except DeliveryRefused:
            await self._ledger.refused(sent)
            raise
        await self._ledger.delivered(sent, receipt)
