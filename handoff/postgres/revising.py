"""Changes what an agent has said, at the customer's too: the transcript keeps what it was."""

from dataclasses import dataclass

from core.domain.events import Stored
from core.domain.ids import ConversationId
from core.partitioning import partition_of
from core.ports import Clock
from core.postgres.queries import beside
from core.telemetry.traces import traceparent
from core.wire.envelope import Stamp, encode_sent
from handoff.errors import MoveRefused
from handoff.people.account import Account, Actor
from handoff.postgres.acts import PostgresActs

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Other words for something that was said."""

    client_id: str
    """Under which it was said."""
    text: str | None
    """None withdraws it."""
    epoch: int
    """Of the conversation, as its author saw it."""


class Revising:
    """Changes and withdraws, each with its entry in the log and its record for the channel."""

    def __init__(self, acts: PostgresActs, clock: Clock, *, partitions: int = 12) -> None:
        self._acts = acts
        self._clock = clock
        self._partitions = partitions

    async def revise(
        self, actor: Actor, agent: Account, conversation: ConversationId, revision: Revision
    ) -> None:
        """Let it read so from now on; what reads so already, or was withdrawn, stays as it is.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            MoveRefused: it is not this agent's any more, or was never said.
        """
        async with self._acts.doing(actor, conversation) as doing:
            await self._acts.held(doing, agent, revision.epoch)
            event, text = f"agent:{agent.id}:{revision.client_id}", revision.text
            fresh, now = self._clock.new_id(), self._clock.now()
            stamp = Stamp(id=fresh, at=now, traceparent=traceparent("", fresh))
            sent = encode_sent(actor.tenant, conversation, doing.place["channel"], stamp)
            lane = partition_of(str(conversation).encode(), self._partitions)
            seq = await doing.connection.fetchval(
                _SQL.revise, conversation, event, text, now, actor.name, lane, sent
            )
            if seq is None:
                if not await doing.connection.fetchval(_SQL.said, conversation, event):
                    raise MoveRefused("The customer never had the earlier words.")
                return
            doing.live.tell(Stored(conversation=conversation, seq=0))
            act = "conversation.withdraw" if text is None else "conversation.edit"
            await self._acts.log(doing, act, seq=seq)
