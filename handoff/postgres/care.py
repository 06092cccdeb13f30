"""Who takes care of a customer, and the way back to the bot, for the channels."""

from collections.abc import Mapping
from datetime import datetime

from core.domain.care import BY_BOT, Awaited, ByPerson, Care, Later
from core.domain.errors import PersonHere, StoreUnavailable
from core.domain.ids import ConversationId, HandoffId, TenantId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.errors import MoveRefused
from handoff.life import Active
from handoff.moves import TakeBack
from handoff.postgres.desks import PostgresDesks
from handoff.postgres.handoffs import PostgresHandoffs
from handoff.postgres.practices import PostgresPractices
from handoff.queue import Place
from handoff.timers import next_open

_TRIES = 5
_SQL = beside(__file__)


class PostgresCare:
    """Fills the channels' port of people; a tenant's queue is read once in a while for all."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        database: Database,
        clock: Clock,
        *,
        handoffs: PostgresHandoffs,
        desks: PostgresDesks,
        practices: PostgresPractices,
        keep_s: float = 1,
    ) -> None:
        """Join its parts.

        Args:
            database: where the tables are.
            clock: says how old a queue is that was read.
            handoffs: makes the move.
            desks: reads a tenant's queue.
            practices: when people are there.
            keep_s: a queue that was read is good for so long.
        """
        self._database = database
        self._clock = clock
        self._handoffs = handoffs
        self._desks = desks
        self._practices = practices
        self._keep_s = keep_s
        self._queues: dict[TenantId, tuple[float, Mapping[HandoffId, Place]]] = {}

    async def care(self, tenant: TenantId, conversation: ConversationId) -> Care:
        """Who takes care of the customer at this moment."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.latest, conversation)
        match row and row["state"]:
            case "requested" | "queued" | "offered":
                place = (await self._queue(tenant)).get(HandoffId(row["id"]))
                if place is None:
                    return Awaited(position=None)
                return Awaited(position=place.position, wait_s=place.wait_s)
            case "active":
                return ByPerson(row["name"])
            case "expired":
                return await self._later(tenant, row["ended_at"])
            case _:
                return BY_BOT

    async def bot_instead(
        self, tenant: TenantId, conversation: ConversationId, handoff: HandoffId | None = None
    ) -> bool:
        """Take the request back; of this and an agent who takes it, one is first.

        Returns:
            False when nobody is awaited any more.

        Raises:
            PersonHere: somebody has taken it already.
            StoreUnavailable: it moved on again and again; try once more.
        """
        for _ in range(_TRIES):
            found = await self._handoffs.open_in(tenant, conversation)
            if found is None or handoff not in (None, found.id):
                return False
            if isinstance(found.state, Active):
                raise PersonHere
            try:
                after = await self._handoffs.apply(found, TakeBack())
            except MoveRefused:  # an agent was faster; the next look says so
                continue
            if after is not None:
                return True
        raise StoreUnavailable

    async def _queue(self, tenant: TenantId) -> Mapping[HandoffId, Place]:
        now = self._clock.monotonic()
        kept = self._queues.get(tenant)
        if kept is not None and now - kept[0] < self._keep_s:
            return kept[1]
        practice = await self._practices.of(tenant)
        places = await self._desks.places(tenant, practice)
        self._queues[tenant] = now, places
        return places

    async def _later(self, tenant: TenantId, ended_at: datetime) -> Care:
        """What was promised out of hours, until the moment that was named then."""
        practice = await self._practices.of(tenant)
        back_at = next_open(practice.hours, ended_at)
        if back_at is None or back_at <= self._clock.now():
            return BY_BOT
        return Later(back_at)
