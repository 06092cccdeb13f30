"""What agents do with a conversation, each with its entry in the audit log, in one transaction.

The conversation's row is locked first, as by everything that says something in it: so of two who
want the same one is first, and the other is told who.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.domain.errors import ConversationNotFound
from core.domain.events import Stored
from core.domain.files import words_for
from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId
from core.ports import Clock, Live
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.console.errors import MovedOn, Taken
from handoff.console.views import NoteView
from handoff.errors import AgentNotFound, MoveRefused
from handoff.life import Handoff, Move, Wants
from handoff.moves import Claim, Close, Decline, Return, ToAgent, ToTeam
from handoff.overview import UNASKED
from handoff.people.account import Account, Actor
from handoff.people.audit import Act
from handoff.postgres.audit import Notary
from handoff.postgres.files import attach, files_with, noted
from handoff.postgres.handoffs import PostgresHandoffs
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.talks import note_of
from handoff.postgres.within import Later, Within

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What acts are done with."""

    database: Database
    clock: Clock
    notary: Notary
    live: Live
    ring: Callable[[str], None]
    partitions: int = 12
    offer_s: float = 60
    """A colleague who is passed a conversation has so long to take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Words for a customer or for colleagues, and what goes with them."""

    client_id: str
    text: str
    files: tuple[UUID, ...] = ()
    """Added before, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """An act under way."""

    actor: Actor
    connection: Connection
    place: Any
    handoffs: PostgresHandoffs
    live: Live

    @property
    def conversation(self) -> ConversationId:
        return ConversationId(self.place["id"])


class PostgresActs:
    """All methods raise ConversationNotFound, and MoveRefused where it is too late for the act."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def take(
        self, actor: Actor, agent: Account, conversation: ConversationId, epoch: int
    ) -> None:
        """The conversation is this agent's from now on; a second time is a no-op.

        Raises:
            Taken: another one has it.
            MovedOn: the bot has it again, or gave it away, since that epoch.
        """
        async with self.doing(actor, conversation) as doing:
            place = doing.place
            if place["owner"] == "agent":
                if place["agent"] == agent.id:
                    return
                raise Taken(place["name"], self._ago_s(place["taken_at"]))
            if place["owner"] == "bot":
                if place["epoch"] != epoch:
                    raise MovedOn
                wants = Wants(reason=UNASKED)
                asked = await doing.handoffs.request(actor.tenant, conversation, wants)
                handoff = asked.id
            else:
                handoff = HandoffId(place["handoff"])
            claim = Claim(agent=agent.id, name=agent.name)
            await self._move(doing, handoff, claim)
            await self.log(doing, "conversation.take", handoff=str(handoff))

    async def move(self, actor: Actor, conversation: ConversationId, act: str, move: Move) -> None:
        """Make a move with the conversation's open handoff.

        Raises:
            MoveRefused: there is none, or it does not allow the move.
        """
        async with self.doing(actor, conversation) as doing:
            await self._step(doing, act, move)

    async def decline(self, actor: Actor, agent: Account, conversation: ConversationId) -> None:
        """What is on offer to this agent goes to another."""
        await self.move(actor, conversation, "conversation.decline", Decline(agent.id))

    async def give_back(self, actor: Actor, agent: Account, conversation: ConversationId) -> None:
        """The bot answers again."""
        move = Return(agent=agent.id, name=agent.name)
        await self.move(actor, conversation, "conversation.return", move)

    async def close(
        self, actor: Actor, agent: Account, conversation: ConversationId, reason: str
    ) -> None:
        """It is done; the reason is kept as a private note."""
        async with self.doing(actor, conversation) as doing:
            move = Close(agent=agent.id, name=agent.name)
            handoff = await self._step(doing, "conversation.close", move)
            if reason:
                await self._write(doing, f"close:{handoff.id}", reason)

    async def to_team(
        self, actor: Actor, agent: Account, conversation: ConversationId, team: str
    ) -> None:
        """Whoever of a team is free has it next."""
        move = ToTeam(agent=agent.id, name=agent.name, team=team)
        await self.move(actor, conversation, "conversation.transfer", move)

    async def to_agent(
        self, actor: Actor, agent: Account, conversation: ConversationId, to: AgentId
    ) -> None:
        """A colleague is asked to take it.

        Raises:
            AgentNotFound: nobody works here by that id.
        """
        until = self._parts.clock.now() + timedelta(seconds=self._parts.offer_s)
        async with self.doing(actor, conversation) as doing:
            called = await doing.connection.fetchval(_SQL.colleague, actor.tenant, to)
            if called is None:
                raise AgentNotFound
            move = ToAgent(agent=agent.id, name=agent.name, to=to, to_name=called, until=until)
            await self._step(doing, "conversation.transfer", move, to=str(to))

    async def reply(
        self,
        actor: Actor,
        agent: Account,
        conversation: ConversationId,
        said: Saying,
        epoch: int,
    ) -> int:
        """Say something to the customer; the same client's id again is there once.

        Returns:
            Its `seq`.

        Raises:
            Taken: another one has it.
            MovedOn: it is not this agent's, or was not in between.
            FileGone: a file that is to go with it is not there.
        """
        async with self.doing(actor, conversation) as doing:
            event = f"agent:{agent.id}:{said.client_id}"
            before: int | None = await doing.connection.fetchval(
                _SQL.said, actor.tenant, conversation, event
            )
            if before is not None:
                return before
            handoff = await self.held(doing, agent, epoch)
            place = actor.tenant, conversation, agent.id
            names = await attach(doing.connection, place, said.files, event, private=False)
            text = "\n".join(filter(None, (said.text, words_for(names))))
            seq = await doing.handoffs.say(handoff, agent.id, text, said.client_id)
            doing.live.tell(Stored(conversation=conversation, seq=seq))
            await self.log(doing, "conversation.reply", seq=seq, files=len(names))
            return seq

    async def note(self, actor: Actor, conversation: ConversationId, said: Saying) -> NoteView:
        """Write something that no customer reads; the same id again is there once."""
        async with self.doing(actor, conversation) as doing:
            if await self._write(doing, said.client_id, said.text):
                await self._attach_to_note(doing, said)
                await self.log(doing, "conversation.note", seq=doing.place["seq"])
            row = await doing.connection.fetchrow(
                _SQL.noted, actor.tenant, conversation, actor.name, said.client_id
            )
            event = noted(actor.name, said.client_id)
            files = await files_with(doing.connection, actor.tenant, conversation, [event])
            return note_of(row, files)

    @asynccontextmanager
    async def doing(self, actor: Actor, conversation: ConversationId) -> AsyncIterator[Doing]:
        """A transaction that has the conversation to itself; what is told waits for its end."""
        parts, later = self._parts, Later(self._parts.live)
        async with (
            parts.database.as_tenant(actor.tenant) as connection,
            connection.transaction(),
        ):
            if await connection.fetchval(_SQL.lock, actor.tenant, conversation) is None:
                raise ConversationNotFound
            place = await connection.fetchrow(_SQL.place, actor.tenant, conversation)
            inside = Within(connection, actor.tenant)
            handoffs = PostgresHandoffs(
                inside,
                parts.clock,
                later.ring,
                live=later,
                practices=PostgresPractices(inside, parts.clock),
                partitions=parts.partitions,
            )
            yield Doing(
                actor=actor, connection=connection, place=place, handoffs=handoffs, live=later
            )
        later.send(parts.ring)

    async def held(self, doing: Doing, agent: Account, epoch: int) -> Handoff:
        """The open handoff of an agent who talks, as they saw it."""
        place = doing.place
        if place["owner"] == "agent" and place["agent"] != agent.id:
            raise Taken(place["name"], self._ago_s(place["taken_at"]))
        if place["owner"] != "agent" or place["epoch"] != epoch or place["handoff"] is None:
            raise MovedOn
        return await doing.handoffs.get(doing.actor.tenant, HandoffId(place["handoff"]))

    async def _step(self, doing: Doing, act: str, move: Move, **detail: str) -> Handoff:
        place = doing.place
        if place["handoff"] is None:
            raise MovedOn
        handoff = HandoffId(place["handoff"])
        after = await self._move(doing, handoff, move)
        await self.log(doing, act, handoff=str(handoff), **detail)
        return after

    async def _move(self, doing: Doing, handoff: HandoffId, move: Move) -> Handoff:
        tenant: TenantId = doing.actor.tenant
        after = await doing.handoffs.apply(await doing.handoffs.get(tenant, handoff), move)
        if after is None:  # its epoch is not the conversation's: the desk will mend it
            raise MoveRefused("Its conversation has moved on; look again.")
        return after

    async def _attach_to_note(self, doing: Doing, said: Saying) -> None:
        actor = doing.actor
        if actor.account is not None:
            place = actor.tenant, doing.conversation, actor.account.id
            event = noted(actor.name, said.client_id)
            await attach(doing.connection, place, said.files, event, private=True)

    async def _write(self, doing: Doing, client_id: str, text: str) -> bool:
        fresh = await doing.connection.fetchval(
            _SQL.note,
            doing.actor.tenant,
            doing.conversation,
            self._parts.clock.new_id(),
            doing.place["seq"],
            doing.actor.name,
            client_id,
            text,
            self._parts.clock.now(),
        )
        doing.live.tell(Stored(conversation=doing.conversation, seq=doing.place["seq"]))
        return fresh is not None

    async def log(self, doing: Doing, act: str, **detail: str | int) -> None:
        """Put it into the audit log, in the same transaction."""
        done = Act(act=act, object=f"conversation:{doing.conversation}", detail=detail)
        await self._parts.notary.note(doing.connection, doing.actor, done)

    def _ago_s(self, taken_at: Any) -> float:
        return (self._parts.clock.now() - taken_at).total_seconds() if taken_at else 0.0
