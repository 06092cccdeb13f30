"""A small day at the desk, written down row by row, so that its numbers can be counted by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from core.domain.ids import TenantId
from core.policy.hours import DAYS
from core.ports import Clock
from core.postgres.database import Database
from handoff.postgres.practices import PostgresPractices
from tests.builders import TENANT
from tests.handoff.cast import ANN

_CONVERSATION = """
INSERT INTO conversations (id, tenant, channel, customer, address, owner, agent, epoch)
VALUES ($1, $2, 'web', $3, $3, $4, $5, 1)
"""
_HANDOFF = """
INSERT INTO handoffs (id, tenant, conversation, channel, customer, state, agent, epoch, reason,
                      requested_at, taken_at, ended_at, cause, targets)
VALUES ($1, $2, $1, 'web', $3, $4, $5, 1, $6, $7, $8, $9, $10, $11)
"""
_RATING = """
INSERT INTO handoff_ratings (handoff, tenant, conversation, agent, asked_at, until, thumb, reason,
                             comment, at)
VALUES ($1, $2, $1, $3, $4, $4, $5, $6, $7, $8)
"""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request for a person; its conversation has the same id."""

    at: datetime
    state: str
    customer: str = field(default_factory=lambda: str(uuid4()))
    taken_after_s: float | None = None
    reason: str = "asked for a person"
    cause: str = ""
    targets: tuple[str, ...] = ()
    asked_to_rate: bool = False
    thumb: str | None = None
    why: str | None = None
    comment: str | None = None
    tenant: TenantId = TENANT
    id: UUID = field(default_factory=uuid4)


async def store(database: Database, *requests: Request) -> None:
    """Put them into the tables, as steps would have left them."""
    async with database.as_service() as connection:
        for one in requests:
            agent = ANN if one.state in {"active", "wrapped_up", "returned"} else None
            open_ = {"queued": "queue", "active": "agent"}
            owner = open_.get(one.state, "bot")
            has = agent if owner == "agent" else None
            await connection.execute(_CONVERSATION, one.id, one.tenant, one.customer, owner, has)
            taken = one.taken_after_s
            await connection.execute(
                _HANDOFF,
                one.id,
                one.tenant,
                one.customer,
                one.state,
                agent,
                one.reason,
                one.at,
                None if taken is None else one.at + timedelta(seconds=taken),
                None if one.state in open_ else one.at + timedelta(hours=1),
                one.cause,
                list(one.targets),
            )
            if one.asked_to_rate:
                given = one.at if one.thumb else None
                await connection.execute(
                    _RATING,
                    one.id,
                    one.tenant,
                    agent,
                    one.at,
                    one.thumb,
                    one.why,
                    one.comment,
                    given,
                )


async def noon(database: Database, clock: Clock, *, first_s: float) -> None:
    """Let it be about noon at the desk, whatever the clock of the machine says, and never closed.

    So a test by the real clock is in one day from its beginning to its end.
    """
    ahead = 12 - clock.now().hour
    zone = f"Etc/GMT{-ahead:+d}"  # whose signs are the other way round
    week = "".join(f'{day} = ["00:00-24:00"]\n' for day in DAYS)
    targets = f"[targets]\nfirst_s = {first_s}\n"
    practices = PostgresPractices(database, clock)
    await practices.put(TENANT, f'[hours]\nzone = "{zone}"\n{week}{targets}')
