"""The audit log in Postgres: one chain per tenant, written in the transaction of the act."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.domain.ids import TenantId
from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.people.account import Actor
from handoff.people.audit import START, Act, AuditLog, Entry, Sealing, Verdict, canonical

_SQL = beside(__file__)
_A_PAGE = 1_000


class Notary:
    """Writes entries; the caller's transaction holds the end of the chain until it ends."""

    def __init__(self, sealing: Sealing, clock: Clock) -> None:
        self._sealing = sealing
        self._clock = clock

    async def note(self, connection: Connection, actor: Actor, act: Act) -> None:
        """Append an entry in the transaction that is open."""
        head = await connection.fetchrow(_SQL.head, actor.tenant, START)
        seq, at = head["seq"] + 1, self._clock.now()
        entry = canonical(actor.tenant, seq, at, actor.name, act)
        await connection.execute(
            _SQL.note,
            actor.tenant,
            seq,
            at,
            actor.name,
            act.act,
            act.object,
            json.dumps(dict(act.detail)),
            self._sealing.seal(head["mac"], entry),
        )


class PostgresAuditLog(AuditLog):
    """Reads and checks the chains."""

    def __init__(self, database: Database, sealing: Sealing) -> None:
        self._database = database
        self._sealing = sealing

    async def entries(self, tenant: TenantId, after: int, limit: int) -> Sequence[Entry]:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.entries, tenant, after, limit)
        return [_entry(row) for row in rows]

    async def verify(self, tenant: TenantId) -> Verdict:
        async with self._database.as_tenant(tenant) as connection:
            ends = await connection.fetchrow(_SQL.ends, tenant)
        if ends is None:
            return Verdict(0, ())
        before, wanted, count = ends["before"], ends["first"], 0
        broken: list[int] = []
        while page := await self.entries(tenant, wanted - 1, _A_PAGE):
            for entry in page:
                broken += range(wanted, entry.seq)
                whole = canonical(tenant, entry.seq, entry.at, entry.actor, entry.act)
                if not self._sealing.fits(before, whole, entry.mac):
                    broken.append(entry.seq)
                before, wanted, count = entry.mac, entry.seq + 1, count + 1
        broken += range(wanted, ends["seq"] + 1)
        if before != ends["mac"] and not broken:
            broken.append(ends["seq"])
        return Verdict(count, tuple(broken))

    async def let_go(self, tenant: TenantId, before: datetime) -> int:
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            first = await connection.fetchval(_SQL.move_first, tenant, before)
            if first is None:
                return 0
            gone: int = await connection.fetchval(_SQL.let_go, tenant, first)
            return gone


def _entry(row: Any) -> Entry:
    act = Act(act=row["act"], object=row["object"], detail=json.loads(row["detail"]))
    return Entry(
        tenant=TenantId(row["tenant"]),
        seq=row["seq"],
        at=row["at"],
        actor=row["actor"],
        act=act,
        mac=row["mac"],
    )
