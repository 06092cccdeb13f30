"""Threads of the agents' chat in Postgres: what is to be done in them, and by whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.desk import DeskThread
from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId
from core.postgres.database import Database
from core.postgres.queries import beside
from handoff.surface.thread import Done, Said, Thread

_SQL = beside(__file__)
BEFORE = 6
"""So many messages before the thread was opened are shown in it."""


class PostgresSurfaces:
    """Threads, and who is who in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, now: datetime, until: datetime, lease: UUID, most: int
    ) -> Sequence[tuple[TenantId, HandoffId]]:
        """Threads in which something is to be done, new ones too; ours until the lease is over."""
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.open, BEFORE)
            rows = await connection.fetch(_SQL.claim, now, most, until, lease)
        return [(TenantId(row["tenant"]), HandoffId(row["handoff"])) for row in rows]

    async def look(self, tenant: TenantId, handoff: HandoffId, lease: UUID) -> Thread | None:
        """A thread that we have; None when we do not have it any more."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.look, handoff, lease)
        return None if row is None else _thread(row, lease)

    async def release(self, thread: Thread, at: datetime, *, quiet: bool) -> None:
        """Others may have it from then on; a quiet one sleeps when all of it is over."""
        await self._do(
            thread.tenant,
            _SQL.release,
            thread.handoff,
            thread.lease,
            at,
            thread.heard,
            quiet,
        )

    async def opening(self, thread: Thread) -> None:
        """Note that it is about to be opened."""
        await self._do(thread.tenant, _SQL.opening, thread.handoff)

    async def opened(self, thread: Thread, root: str, version: int) -> None:
        """Note that it is open."""
        await self._do(thread.tenant, _SQL.opened, thread.handoff, root, version)

    async def carded(self, thread: Thread, version: int) -> None:
        """Note which version its card is of."""
        await self._do(thread.tenant, _SQL.carded, thread.handoff, version)

    async def trying(self, thread: Thread, which: str) -> None:
        """Note that these messages are about to be shown."""
        await self._do(thread.tenant, _SQL.trying, thread.handoff, which)

    async def upto(self, thread: Thread, seq: int) -> None:
        """Note that messages up to this one are shown."""
        await self._do(thread.tenant, _SQL.upto, thread.handoff, seq)

    async def messages(self, thread: Thread, upto: int, most: int) -> Sequence[Said]:
        """What was said behind what is shown, in order."""
        async with self._database.as_tenant(thread.tenant) as connection:
            rows = await connection.fetch(_SQL.messages, thread.handoff, thread.upto, upto, most)
        return [Said(**{**row, "event": row["event"] or ""}) for row in rows]

    async def deeds(self, thread: Thread) -> Sequence[Done]:
        """What agents did there, and nobody has looked at, in order."""
        async with self._database.as_tenant(thread.tenant) as connection:
            rows = await connection.fetch(_SQL.deeds, thread.handoff)
        return [Done(**row) for row in rows]

    async def deed_done(self, thread: Thread, deed: Done) -> None:
        """Note that it was looked at."""
        await self._do(thread.tenant, _SQL.deed_done, deed.n)

    async def present(self, thread: Thread, agent: AgentId, now: datetime) -> None:
        """Note who did something there."""
        await self._do(thread.tenant, _SQL.present, thread.handoff, agent, now)

    async def keep_present(self, now: datetime, since: datetime) -> None:
        """Tell the desk that agents who did something in a thread since then are there."""
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.keep_present, now, since)

    # --- who is who, and where ----------------------------------------------------------

    async def linked(self, tenant: TenantId, native: str) -> AgentId | None:
        """Whose account somebody in the chat was said to have."""
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetchval(_SQL.link, tenant, native)
        return None if found is None else AgentId(found)

    async def link(self, tenant: TenantId, native: str, person: AgentId) -> None:
        """Say whose account somebody in the chat has."""
        await self._do(tenant, _SQL.keep_link, tenant, native, person)

    async def unlink(self, tenant: TenantId, native: str) -> bool:
        """Say it no more; whether it was said."""
        async with self._database.as_tenant(tenant) as connection:
            return await connection.fetchval(_SQL.forget_link, tenant, native) is not None

    async def links(self, tenant: TenantId) -> Sequence[dict[str, str]]:
        """Who is who: `native`, `email` and `name`."""
        async with self._database.as_tenant(tenant) as connection:
            return [dict(row) for row in await connection.fetch(_SQL.links, tenant)]

    async def places(self, tenant: TenantId) -> Sequence[dict[str, str]]:
        """Where threads are opened: `team`, which may be empty, and `at`."""
        async with self._database.as_tenant(tenant) as connection:
            return [dict(row) for row in await connection.fetch(_SQL.places, tenant)]

    async def place(self, tenant: TenantId, team: str, at: str) -> None:
        """Open a team's threads there; an empty one's are those of all that have no place."""
        await self._do(tenant, _SQL.keep_place, tenant, team, at)

    async def displace(self, tenant: TenantId, team: str) -> bool:
        """Open no more of them; whether there was a place."""
        async with self._database.as_tenant(tenant) as connection:
            return await connection.fetchval(_SQL.forget_place, tenant, team) is not None

    async def _do(self, tenant: TenantId, statement: str, *values: object) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(statement, *values)


def _thread(row: Any, lease: UUID) -> Thread:
    return Thread(
        handoff=HandoffId(row["handoff"]),
        tenant=TenantId(row["tenant"]),
        conversation=ConversationId(row["conversation"]),
        at=DeskThread(at=row["at"], root=row["root"]),
        opening=row["opening"],
        shown=row["shown"],
        upto=row["upto"],
        trying=row["trying"],
        heard=row["heard"],
        seq=row["seq"],
        owner=row["owner"],
        agent=None if row["agent"] is None else AgentId(row["agent"]),
        agent_name=row["agent_name"],
        epoch=row["epoch"],
        lease=lease,
    )
