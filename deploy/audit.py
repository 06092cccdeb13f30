"""Checks and exports the log of what people did."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from core.domain.ids import TenantId
from deploy.console import sealing_of
from deploy.session import database, server
from deploy.settings import Settings
from handoff.people.audit import Verdict
from handoff.postgres.audit import PostgresAuditLog

_A_PAGE = 500


async def verify(settings: Settings, tenant: TenantId) -> Verdict:
    """Hold the chain of a tenant against its seals."""
    async with _log(settings) as log:
        return await log.verify(tenant)


async def entries(settings: Settings, tenant: TenantId) -> AsyncIterator[dict[str, Any]]:
    """Every entry, in order, with its seal in hexadecimal."""
    async with _log(settings) as log:
        after = 0
        while page := await log.entries(tenant, after, _A_PAGE):
            for entry in page:
                yield {
                    "seq": entry.seq,
                    "at": entry.at.isoformat(),
                    "actor": entry.actor,
                    "act": entry.act.act,
                    "object": entry.act.object,
                    "detail": dict(entry.act.detail),
                    "mac": entry.mac.hex(),
                }
            after = page[-1].seq


@asynccontextmanager
async def _log(settings: Settings) -> AsyncIterator[PostgresAuditLog]:
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield PostgresAuditLog(pools, sealing_of(settings))
