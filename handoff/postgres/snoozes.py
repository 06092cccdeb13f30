"""Talks that their agents put away for a time, in Postgres; the desk wakes them (desks.sql)."""

from datetime import datetime

from core.domain.events import Stored
from core.domain.ids import ConversationId, HandoffId
from core.ports import Clock
from core.postgres.queries import beside
from handoff.console.errors import MovedOn, Taken
from handoff.people.account import Account, Actor
from handoff.postgres.acts import Doing, PostgresActs
from handoff.postgres.desks import TARGET
from handoff.snooze import checked

_SQL = beside(__file__)


class PostgresSnoozes:
    """Acts of the agent who has the talk, each with its entry in the audit log."""

    def __init__(self, acts: PostgresActs, clock: Clock) -> None:
        self._acts = acts
        self._clock = clock

    async def put_away(
        self, actor: Actor, agent: Account, conversation: ConversationId, until: datetime
    ) -> None:
        """Put it away until then, or until the customer writes; again means until another time.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            MoveRefused: that time is over or too far away.
            Taken, MovedOn: it is not this agent's.
        """
        checked(until, self._clock.now())
        async with self._acts.doing(actor, conversation) as doing:
            handoff = _own(doing, agent)
            await doing.connection.execute(_SQL.put_away, actor.tenant, handoff, until, TARGET)
            await self._acts.log(doing, "conversation.snooze", until=until.isoformat())
            _told(doing)

    async def bring_back(self, actor: Actor, agent: Account, conversation: ConversationId) -> None:
        """Have it back now; a no-op where it is not away.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            Taken, MovedOn: it is not this agent's.
        """
        async with self._acts.doing(actor, conversation) as doing:
            handoff, now = _own(doing, agent), self._clock.now()
            found = await doing.connection.fetchval(_SQL.bring_back, actor.tenant, handoff, now)
            if found is not None:
                await self._acts.log(doing, "conversation.unsnooze")
                _told(doing)


def _own(doing: Doing, agent: Account) -> HandoffId:
    place = doing.place
    if place["owner"] == "agent" and place["agent"] != agent.id:
        raise Taken(place["name"], 0)
    if place["owner"] != "agent" or place["handoff"] is None:
        raise MovedOn
    return HandoffId(place["handoff"])


def _told(doing: Doing) -> None:
    """Pages read the row again; nothing new is said in it."""
    doing.live.tell(Stored(conversation=doing.conversation, seq=doing.place["seq"]))
