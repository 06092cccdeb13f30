"""Handoffs in Postgres: every step is one statement, with what the customer hears of it."""

from collections.abc import Callable
from typing import Any

from core.domain.errors import ConversationNotFound
from core.domain.events import HandoffRequested, OwnerChanged, Stored
from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId, TurnId
from core.partitioning import partition_of
from core.ports import Clock, Live
from core.postgres.database import Database
from core.postgres.queries import beside
from core.postgres.rows import owner_columns
from core.telemetry.traces import traceparent
from core.wire.envelope import Stamp, encode_handoff, encode_moved, encode_sent
from handoff.errors import HandoffNotFound, MoveRefused
from handoff.events.causes import CAUSES
from handoff.life import (
    Expired,
    Handoff,
    Line,
    Move,
    Wants,
    is_open,
    step,
)
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.rows import handoff_of
from handoff.postgres.steps import freed, moved, saying, state_columns

TICKET = "ticket"
"""The job that opens a ticket for a request that nobody took; its key is the handoff."""
CONTACT = "contact"
"""The job that brings to the ticket where the answer is wanted; its key is the handoff."""
HANDOFFS = "handoffs"
"""Rung whenever a handoff has moved."""
_TRIES = 5
_SQL = beside(__file__)


class PostgresHandoffs:
    """Requests, steps and agents' words; for all of them the conversation's row is the lock."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        database: Database,
        clock: Clock,
        ring: Callable[[str], None],
        *,
        live: Live,
        practices: PostgresPractices,
        partitions: int = 12,
    ) -> None:
        """Join its parts.

        Args:
            database: where the tables are.
            clock: stamps what is done.
            ring: told of what has something new.
            live: told of new owners at once.
            practices: what each tenant's customers are told.
            partitions: of each topic.
        """
        self._database = database
        self._clock = clock
        self._ring = ring
        self._live = live
        self._practices = practices
        self._partitions = partitions

    async def get(self, tenant: TenantId, handoff: HandoffId) -> Handoff:
        """The handoff as it is.

        Raises:
            HandoffNotFound: unknown, or of another tenant.
        """
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.get, handoff)
        if row is None:
            raise HandoffNotFound
        return handoff_of(row)

    async def open_in(self, tenant: TenantId, conversation: ConversationId) -> Handoff | None:
        """The conversation's open handoff; None when the bot has it."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.open_in, conversation)
        return None if row is None else handoff_of(row)

    async def request(
        self, tenant: TenantId, conversation: ConversationId, wants: Wants
    ) -> Handoff:
        """Put a conversation into the queue, and say so; the language is the conversation's.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            MoveRefused: a person was asked for already.
        """
        found = await self._place(tenant, conversation)
        handoff, stamp = HandoffId(self._clock.new_id()), self._stamp()
        event = HandoffRequested(
            tenant=tenant, conversation=conversation, turn=TurnId(handoff), reason=wants.reason
        )
        language = wants.language or found["language"]
        text = await self._text(tenant, Line(phrase="connecting"), language)
        async with self._database.as_tenant(tenant) as connection:
            seq = await connection.fetchval(
                _SQL.request,
                handoff,
                conversation,
                found["epoch"],
                wants.reason,
                wants.team,
                language,
                sorted(wants.skills),
                wants.priority,
                stamp.at,
                text,
                self._lane(conversation),
                encode_sent(tenant, conversation, found["channel"], stamp),
                encode_handoff(event, stamp),
            )
        if seq is None:
            raise MoveRefused("A person was asked for already.")
        stored = await self.get(tenant, handoff)
        self._told(stored, seq)
        return stored

    async def move(self, tenant: TenantId, handoff: HandoffId, move: Move) -> Handoff:
        """Make a move from whatever state it is in by now.

        Raises:
            HandoffNotFound: unknown, or of another tenant.
            MoveRefused: not allowed; the sentence says why.
        """
        for _ in range(_TRIES):
            after = await self.apply(await self.get(tenant, handoff), move)
            if after is not None:
                return after
        raise MoveRefused("Its conversation has moved on; look again.")

    async def apply(self, handoff: Handoff, move: Move) -> Handoff | None:
        """Make a move from exactly this state; None when it is not in it any more.

        Raises:
            MoveRefused: not allowed; the sentence says why.
        """
        stamp = self._stamp()
        made = step(handoff, move, stamp.at)
        after, conversation = made.handoff, handoff.conversation
        practice = await self._practices.of(handoff.tenant)
        said = saying(made.says, practice, handoff.wants.language, stamp.at)
        async with self._database.as_tenant(handoff.tenant) as connection:
            seq = await connection.fetchval(
                _SQL.move,
                handoff.id,
                handoff.version,
                conversation,
                handoff.epoch,
                *state_columns(after.state),
                after.epoch,
                after.wants.team,
                after.asked_last,
                stamp.at,
                not is_open(after),
                *owner_columns(after.owner),
                said.texts,
                self._lane(conversation),
                encode_sent(handoff.tenant, conversation, handoff.channel, stamp),
                encode_moved(moved(after), stamp),
                freed(handoff, after),
                [TICKET] if isinstance(after.state, Expired) else [],
                CAUSES.get(type(move), ""),
                after.wants.priority,
                said.choices,
                said.until,
            )
        if seq is None:
            return None
        self._told(after, seq if said.texts else None, changed=after.epoch != handoff.epoch)
        return after

    async def say(self, handoff: Handoff, agent: AgentId, text: str, client_id: str) -> int:
        """Store what an agent says and queue it; said again under the same id it is there once.

        Returns:
            Its `seq`.

        Raises:
            MoveRefused: the conversation is not this agent's, as the handoff says it was.
        """
        stamp, event = self._stamp(), f"agent:{agent}:{client_id}"
        async with self._database.as_tenant(handoff.tenant) as connection:
            seq: int | None = await connection.fetchval(
                _SQL.say,
                handoff.conversation,
                agent,
                handoff.epoch,
                event,
                text,
                stamp.at,
                self._lane(handoff.conversation),
                encode_sent(handoff.tenant, handoff.conversation, handoff.channel, stamp),
            )
            if seq is None:
                seq = await connection.fetchval(_SQL.said, handoff.conversation, event)
        if seq is None:
            raise MoveRefused("The conversation is not yours; what you wrote was not sent.")
        self._ring("outbox")
        return seq

    async def untaken(
        self, tenant: TenantId, conversation: ConversationId
    ) -> tuple[HandoffId, str | None] | None:
        """The latest request, if nobody took it, with where its answer should go."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.untaken, conversation)
        return None if row is None else (HandoffId(row["id"]), row["contact"])

    async def choose(self, tenant: TenantId, handoff: HandoffId, address: str) -> None:
        """Note where the customer wants the answer to a request that nobody took, and say so.

        Raises:
            HandoffNotFound: unknown, or of another tenant.
            MoveRefused: it was noted before, or somebody takes care of it here.
        """
        found, stamp = await self.get(tenant, handoff), self._stamp()
        line = Line(phrase="by_mail", fields={"address": address})
        text = await self._text(tenant, line, found.wants.language)
        async with self._database.as_tenant(tenant) as connection:
            seq = await connection.fetchval(
                _SQL.choose,
                handoff,
                address,
                text,
                stamp.at,
                self._lane(found.conversation),
                encode_sent(tenant, found.conversation, found.channel, stamp),
                CONTACT,
            )
        if seq is None:
            raise MoveRefused("Nobody waits for an address here.")
        self._ring("outbox")
        self._live.tell(Stored(conversation=found.conversation, seq=seq))

    async def _place(self, tenant: TenantId, conversation: ConversationId) -> Any:
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetchrow(_SQL.conversation, conversation)
        if found is None:
            raise ConversationNotFound
        return found

    def _told(self, handoff: Handoff, seq: int | None, *, changed: bool = True) -> None:
        self._ring("outbox")
        self._ring(HANDOFFS)
        if seq is not None:
            self._live.tell(Stored(conversation=handoff.conversation, seq=seq))
        if changed:
            self._live.tell(
                OwnerChanged(
                    conversation=handoff.conversation, owner=handoff.owner, epoch=handoff.epoch
                )
            )

    async def _text(self, tenant: TenantId, line: Line, language: str) -> str:
        practice = await self._practices.of(tenant)
        return practice.words.say(line, language, practice.zone)

    def _stamp(self) -> Stamp:
        fresh = self._clock.new_id()
        return Stamp(id=fresh, at=self._clock.now(), traceparent=traceparent("", fresh))

    def _lane(self, conversation: ConversationId) -> int:
        return partition_of(str(conversation).encode(), self._partitions)
