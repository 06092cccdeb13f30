"""Tickets at trackers, in Postgres: what is due there, and who works on it.

A link is claimed by a lease and finished with the count of what was wanted when it was claimed:
what is wanted meanwhile is due again, so nothing is lost and no two work on one link at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.ids import TenantId, TicketId
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.connectors.contract import Remote, Status
from handoff.postgres.rows import comment_of
from handoff.tickets.ticket import Comment, State

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A ticket at a tracker, claimed by us."""

    id: UUID
    tenant: TenantId
    ticket: TicketId
    connector: UUID
    remote: str | None
    """The tracker's id; None until it is known to be there."""
    state: State
    """Ours that the tracker's was last known to be."""
    begun_at: datetime | None
    """When it was tried to create it, if nobody knows how that ended."""
    wanted: int
    look_at: datetime | None
    """When the tracker is to be asked how it is."""
    tries: int
    lease: UUID

    @property
    def marker(self) -> str:
        """What it is found by there."""
        return f"sb-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """A comment that a tracker was not told."""

    comment: Comment
    begun_at: datetime | None
    """When it was tried, if nobody knows how that ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A link by the tracker's id."""

    id: UUID
    ticket: TicketId
    state: State
    heard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a ticket is, for people."""

    connector: str
    label: str
    url: str
    state: str
    trouble: str
    waiting: bool


class PostgresLinks:
    """Links of all tenants."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, most: int, lease_s: float) -> Sequence[Link]:
        """Some that are due; nobody else has them until the lease is over."""
        now, lease = self._clock.now(), self._clock.new_id()
        until = now + timedelta(seconds=lease_s)
        async with self._database.as_service() as connection:
            rows = await connection.fetch(_SQL.claim, now, most, until, lease)
        return [
            Link(
                id=row["id"],
                tenant=TenantId(row["tenant"]),
                ticket=TicketId(row["ticket"]),
                connector=row["connector"],
                remote=row["remote"],
                state=State(row["state"]),
                begun_at=row["begun_at"],
                wanted=row["wanted"],
                look_at=row["look_at"],
                tries=row["tries"],
                lease=lease,
            )
            for row in rows
        ]

    async def begin(self, link: Link, at: datetime | None) -> bool:
        """Note that creating begins, or that it certainly failed; false: the lease is lost."""
        return await self._held(_SQL.begin, link, at)

    async def created(self, link: Link, remote: Remote) -> bool:
        """Note that it is there; false: the lease is lost."""
        return await self._held(_SQL.created, link, remote.id, remote.label, remote.url)

    async def unsent(self, link: Link, connector: str) -> Sequence[Unsent]:
        """Comments that the tracker was not told, in order."""
        async with self._database.as_tenant(link.tenant) as connection:
            rows = await connection.fetch(_SQL.unsent, link.id, link.ticket, connector)
        return [Unsent(comment=comment_of(row), begun_at=row["begun_at"]) for row in rows]

    async def sending(self, link: Link, comment: UUID, at: datetime | None) -> bool:
        """Note that telling begins, or that it certainly failed; false: the lease is lost."""
        if at is not None:
            return await self._held(_SQL.sending, link, comment, at)
        await self._do(_SQL.unbegun, comment, link.id)
        return True

    async def sent(self, link: Link, comment: UUID) -> None:
        """Note that the comment is there."""
        await self._do(_SQL.sent, comment, link.id, self._clock.now())

    async def became(self, link: UUID, state: State, made_at: datetime | None = None) -> None:
        """Note the tracker's state, and when we made it so: what it told before is old then."""
        await self._do(_SQL.became, link, state.value, made_at)

    async def finish(self, link: Link, look_at: datetime | None) -> None:
        """All is done that was wanted; a no-op when the lease was lost."""
        values = (link.id, link.lease, link.wanted, self._clock.now(), look_at)
        await self._do(_SQL.finish, *values)

    async def later(self, link: Link, at: datetime, trouble: str, tries: int = 1) -> None:
        """It is due again then; a no-op when the lease was lost."""
        await self._do(_SQL.later, link.id, link.lease, at, tries, trouble)

    async def wake(self, connector: UUID, remote: str) -> bool:
        """Have the tracker asked at once; false when none of our tickets is there."""
        async with self._database.as_service() as connection:
            values = (connector, remote, self._clock.now())
            return await connection.fetchval(_SQL.wake, *values) is not None

    async def at(self, connector: UUID, remote: str) -> Known | None:
        """The link of a tracker's id."""
        async with self._database.as_service() as connection:
            row = await connection.fetchrow(_SQL.at, connector, remote)
        if row is None:
            return None
        return Known(
            id=row["id"],
            ticket=TicketId(row["ticket"]),
            state=State(row["state"]),
            heard_at=row["heard_at"],
        )

    async def heard(self, link: UUID, status: Status, at: datetime) -> None:
        """Note a state that the tracker told by itself; an older one changes nothing."""
        await self._do(_SQL.heard, link, status.state.value, at)

    async def places(self, tenant: TenantId, ticket: TicketId) -> Sequence[Place]:
        """Where a ticket is."""
        return (await self.places_of(tenant, [ticket])).get(ticket, ())

    async def places_of(
        self, tenant: TenantId, tickets: Sequence[TicketId]
    ) -> Mapping[TicketId, Sequence[Place]]:
        """Where tickets are; those that are nowhere else are left out."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.of, list(tickets))
        found: dict[TicketId, list[Place]] = {}
        for row in rows:
            place = Place(
                connector=row["name"],
                label=row["label"],
                url=row["url"],
                state=row["state"],
                trouble=row["trouble"],
                waiting=row["waiting"],
            )
            found.setdefault(TicketId(row["ticket"]), []).append(place)
        return found

    async def _held(self, query: str, link: Link, *values: object) -> bool:
        async with self._database.as_service() as connection:
            return await connection.fetchval(query, link.id, link.lease, *values) is not None

    async def _do(self, query: str, *values: object) -> None:
        async with self._database.as_service() as connection:
            await connection.execute(query, *values)
