"""What the service stored, read past it, when nothing is under way any more."""

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass

import asyncpg

from core.postgres.queries import beside
from tests.chaos.history import Shown, Turn

_SQL = beside(__file__)
_SILENT = ("pass_to_agent", "stay_silent")


@dataclass(frozen=True, slots=True)
class Truth:
    """All conversations, by their ids."""

    messages: dict[str, list[Shown]]
    stored_at: dict[str, dict[int, float]]
    """When each message was stored, by its seq; seconds of the monotonic clock."""
    turns: dict[str, list[Turn]]
    unknown: dict[str, Counter[int]]
    put_aside: dict[str, int]
    """Dead letters, by topic and error."""


async def settle(dsn: str, patience_s: float) -> dict[str, object]:
    """Wait until every message has had its turn and everything said is delivered.

    Returns:
        How long that took, and what was still open when patience ended: all 0 as promised.
    """
    begun = time.monotonic()
    connection = await asyncpg.connect(dsn)
    try:
        while True:
            left = dict(await connection.fetchrow(_SQL.open))
            waited = time.monotonic() - begun
            if not any(left.values()) or waited > patience_s:
                return {"settled_s": round(waited, 1), "left": left}
            await asyncio.sleep(0.2)
    finally:
        await connection.close()


async def read(dsn: str) -> Truth:
    """Everything that a verdict needs."""
    connection = await asyncpg.connect(dsn)
    try:
        messages = await connection.fetch(_SQL.messages)
        turns = await connection.fetch(_SQL.turns)
        unknown = await connection.fetch(_SQL.unknown)
        put_aside = await connection.fetch(_SQL.put_aside)
    finally:
        await connection.close()
    truth = Truth(
        messages=defaultdict(list),
        stored_at=defaultdict(dict),
        turns=defaultdict(list),
        unknown=defaultdict(Counter),
        put_aside={row["what"]: row["times"] for row in put_aside},
    )
    monotonic = time.monotonic() - time.time()
    for row in messages:
        said_by = str(row["turn"]) if row["turn"] else None
        shown = Shown(row["seq"], row["author"], row["text"], said_by)
        truth.messages[str(row["conversation"])].append(shown)
        stored = row["at"].timestamp() + monotonic
        truth.stored_at[str(row["conversation"])][row["seq"]] = stored
    for row in turns:
        said = int(row["sent"] and row["decision"] not in _SILENT)
        turn = Turn(str(row["id"]), tuple(row["covers"]), said, row["epoch"], row["sent"])
        truth.turns[str(row["conversation"])].append(turn)
    for row in unknown:
        truth.unknown[str(row["conversation"])][row["seq"]] = row["times"]
    return truth
