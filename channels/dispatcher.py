"""Brings stored messages out: what is done with each record of the outbound topic."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Literal

import structlog

from channels.contract import Delivers, Receipt
from channels.outgoing import CustomerGone
from channels.ports import Begun, Deliveries, Ended
from core.domain.errors import DeliveryDelayed, DeliveryRefused, RetryableError
from core.domain.events import MessageSent, Stored
from core.domain.ids import ConversationId
from core.domain.messages import Channel
from core.event_log import Record
from core.ports import Live
from core.wire.dead_letters import REPLAY_OF
from core.wire.envelope import decode_sent

_PULLED = frozenset({Channel.WEB, Channel.API})
_MARK_S = 5.0
"""How long the end of an attempt may take to be marked when it was cancelled."""
_log = structlog.get_logger(__name__)

Resolved = Literal["found", "absent", "sent_again"]
"""What became of an unknown sending: it stood there, it did not, or nobody could tell."""
Count = Callable[[str, Resolved], None]
"""Told the channel and how an unknown sending was resolved."""
Still = Callable[[ConversationId], AbstractAsyncContextManager[None]]
"""Nothing else is shown in the conversation meanwhile."""


@asynccontextmanager
async def alone(conversation: ConversationId) -> AsyncIterator[None]:
    """For a process that shows nothing else."""
    yield


class Dispatcher:
    """Hands each record to its channel.

    Channels whose customers read the transcript need a wake-up and a mark; others get what is
    not yet there, each segment between two entries of the ledger.
    """

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        live: Live,
        ledger: Deliveries,
        pushed: Mapping[str, Delivers] | None = None,
        *,
        count: Count = lambda channel, resolved: None,
        again: Callable[[], None] = lambda: None,
        still: Still = alone,
    ) -> None:
        """Join its parts; `again` is told of a record whose message was delivered already."""
        self._live = live
        self._ledger = ledger
        self._pushed = pushed or {}
        self._count = count
        self._again = again
        self._still = still

    async def deliver(self, record: Record) -> None:
        """Bring the record's message to its channel; done twice, it is there once.

        Raises:
            UndecodableRecord: nobody can read it.
            DeliveryRefused: the channel will never take it, or there is no such channel.
            DeliveryDelayed: the channel asks to wait; call again.
            DeliveryUnknown: it may be there or not; call again.
        """
        sent = decode_sent(record.value, record.headers)
        if sent.revision:
            await self._revise(sent)
            return
        if sent.channel in _PULLED:
            # Told first: the customer need not wait for our own mark to reach the disk.
            self._live.tell(Stored(conversation=sent.conversation, seq=sent.seq))
            await self._ledger.delivered(sent, Receipt())
            return
        channel = self._pushed.get(sent.channel)
        if channel is None:
            raise DeliveryRefused(f"no channel of the name {sent.channel} is connected")
        if REPLAY_OF in record.headers:
            await self._ledger.reopened(sent)
        begun = await self._ledger.begun(sent)
        if begun is None:
            self._again()
            return
        self._tell(sent)
        try:
            async with self._still(sent.conversation):
                with suppress(CustomerGone):  # nobody could do anything about it
                    await self._push(channel, begun)
        finally:
            self._tell(sent)

    async def give_up(self, record: Record) -> None:
        """Try the record's message no more: it is a dead letter now, and others follow it.

        Raises:
            UndecodableRecord: nobody can read it.
        """
        sent = decode_sent(record.value, record.headers)
        if sent.channel not in _PULLED and not sent.revision:
            await self._ledger.refused(sent)
            self._tell(sent)

    async def _revise(self, sent: MessageSent) -> None:
        """Change what stands there; done again it changes nothing."""
        channel = self._pushed.get(sent.channel)
        if channel is not None:
            before = await self._ledger.standing(sent)
            if before is None:
                return
            async with self._still(sent.conversation):
                with suppress(CustomerGone):
                    await self._ledger.revised(sent, await channel.revise(sent, before))
        self._tell(sent)

    def _tell(self, sent: MessageSent) -> None:
        """Who shows how a message gets on looks again."""
        self._live.tell(Stored(conversation=sent.conversation, seq=0))

    async def _push(self, channel: Delivers, begun: Begun) -> None:
        sent, unknown = begun.sent, begun.unknown
        try:
            before = await self._resolve(channel, begun) if unknown else begun.before
            unknown = False
            receipt = await channel.deliver(
                sent, before, lambda receipt: self._ledger.noted(begun, receipt)
            )
        except DeliveryRefused:
            await self._ledger.ended(begun, Ended.UNSENT)
            await self._ledger.refused(sent)
            raise
        except DeliveryDelayed:
            await self._end(begun, Ended.UNKNOWN if unknown else Ended.UNSENT)
            raise
        except BaseException:
            await self._end(begun, Ended.UNKNOWN)
            raise
        await self._ledger.delivered(sent, receipt)

    async def _resolve(self, channel: Delivers, begun: Begun) -> Receipt:
        """What stands there, as far as anybody can tell."""
        found, resolved = await self._ask(channel, begun)
        if resolved == "sent_again":
            await self._ledger.repeats(begun)
        else:
            # Written even if nothing was found: asking took its time, and another may be at it.
            await self._ledger.noted(begun, found)
        self._count(begun.sent.channel, resolved)
        _log.warning(
            "unknown delivery",
            channel=begun.sent.channel,
            conversation=begun.sent.conversation,
            seq=begun.sent.seq,
            resolved=resolved,
        )
        return found

    async def _ask(self, channel: Delivers, begun: Begun) -> tuple[Receipt, Resolved]:
        if channel.reconcile is None:
            return begun.before, "sent_again"
        try:
            found = await channel.reconcile(begun.sent, begun.before)
        except DeliveryRefused:
            return begun.before, "sent_again"
        if found is None or found == begun.before:
            return begun.before, "absent"
        return found, "found"

    async def _end(self, begun: Begun, how: Ended) -> None:
        """Mark the end; where that fails the entry says as much as `UNKNOWN` does."""
        with suppress(RetryableError, TimeoutError):
            async with asyncio.timeout(_MARK_S):
                await self._ledger.ended(begun, how)
