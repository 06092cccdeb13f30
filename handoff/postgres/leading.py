"""What leads do with handoffs of others, each with its entry in the audit log."""

from datetime import timedelta

from core.domain.events import Stored
from core.domain.ids import AgentId, ConversationId, HandoffId
from core.ports import Clock
from core.postgres.queries import beside
from handoff.assignment import Presence
from handoff.console.errors import MovedOn
from handoff.errors import AgentNotFound, MoveRefused
from handoff.leading import Assign, Prioritise, Route
from handoff.life import Move
from handoff.people.account import Actor
from handoff.postgres.acts import Doing, PostgresActs
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.rows import presence_of

_SQL = beside(__file__)


class PostgresLeading:
    """All methods raise ConversationNotFound, and MoveRefused where it is too late for the act."""

    def __init__(self, acts: PostgresActs, clock: Clock, *, practices: PostgresPractices) -> None:
        """Join its parts; who is asked has as long as for any other offer."""
        self._acts = acts
        self._clock = clock
        self._practices = practices

    async def to_agent(self, actor: Actor, conversation: ConversationId, to: AgentId) -> None:
        """Ask somebody to take it, whoever has it now.

        Raises:
            AgentNotFound: nobody works here by that id.
            MoveRefused: they are not there, and would lose it at once.
        """
        practice, now = await self._practices.of(actor.tenant), self._clock.now()
        async with self._acts.doing(actor, conversation) as doing:
            row = await doing.connection.fetchrow(_SQL.candidate, actor.tenant, to)
            if row is None:
                raise AgentNotFound
            there = presence_of(row["away"], row["seen_at"], now, practice.limits.offline_s)
            if there is not Presence.ONLINE:
                raise MoveRefused(f"{row['name']} is {there}; choose somebody who is online.")
            move = Assign(
                to=to,
                to_name=row["name"],
                until=now + timedelta(seconds=practice.rules.offer_s),
                had=doing.place["name"],
            )
            await self._step(doing, "conversation.assign", move, to=str(to))

    async def to_team(self, actor: Actor, conversation: ConversationId, team: str) -> None:
        """Whoever of a team is free has it next.

        Raises:
            MoveRefused: nobody is in that team.
        """
        async with self._acts.doing(actor, conversation) as doing:
            if not await doing.connection.fetchval(_SQL.is_team, actor.tenant, team):
                raise MoveRefused(f"Nobody is in the team {team}.")
            move = Route(team=team, had=doing.place["name"])
            await self._step(doing, "conversation.assign", move, team=team)

    async def prioritise(self, actor: Actor, conversation: ConversationId, priority: int) -> None:
        """Serve it before those of a lower priority."""
        async with self._acts.doing(actor, conversation) as doing:
            move = Prioritise(priority)
            await self._step(doing, "conversation.priority", move, priority=priority)

    async def _step(self, doing: Doing, act: str, move: Move, **detail: str | int) -> None:
        if doing.place["handoff"] is None:
            raise MovedOn
        handoff = HandoffId(doing.place["handoff"])
        before = await doing.handoffs.get(doing.actor.tenant, handoff)
        if await doing.handoffs.apply(before, move) is None:
            raise MovedOn
        await self._acts.log(doing, act, handoff=str(handoff), **detail)
        seq = doing.place["seq"]
        doing.live.tell(Stored(conversation=doing.conversation, seq=seq))  # its row has changed
