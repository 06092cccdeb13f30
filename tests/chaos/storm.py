"""Customers talk while the service is killed again and again; then the history is judged."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.embedded import EmbeddedPostgres
from tests.chaos.customer import Customer
from tests.chaos.history import Talk, Turn
from tests.chaos.service import Service, kill_postgres
from tests.chaos.verdict import judge, report

_DELIVERY = """# Delivery

Parcels to Canada take five working days. Parcels to Norway take three working days.

# Returns

You can send goods back within 30 days. The refund takes four working days.
"""
_ASKED = (
    "hello",
    "How long do parcels to Canada take?",
    "and to Norway?",
    "Can I send something back?",
    "Do you sell elephants?",
    "thanks",
)
_WAITING = """
SELECT count(*)
  FROM conversations c
 WHERE EXISTS (SELECT FROM messages m
                WHERE m.conversation = c.id AND m.author = 'customer' AND m.seq > c.covered)
"""
_TURNS = """
SELECT id, conversation, covers, epoch, sent, decision
  FROM turns
 ORDER BY at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What is thrown at the service."""

    seed: int
    kills: int
    customers: int
    """Who talk at the same time; who is done is followed by another."""
    messages: int
    """Each says so many."""
    database_kills: float
    """The share of kills that take the database along."""


async def rage(storm: Storm, folder: Path) -> dict[str, object]:
    """Run it in an empty folder; the verdict, with what was killed how often."""
    dice = random.Random(storm.seed)
    documents = folder / "documents"
    documents.mkdir()
    (documents / "help.md").write_text(_DELIVERY, encoding="utf-8")
    service = Service(folder, "--knowledge", str(documents))
    starts = [await service.start()]
    over = asyncio.Event()
    talks: list[Customer] = []
    with_database = 0
    async with asyncio.TaskGroup() as group:
        for place in range(storm.customers):
            group.create_task(_keep_talking(service.url, place, storm, over, talks))
        for _ in range(storm.kills):
            await asyncio.sleep(dice.uniform(0.1, 1.5))
            await service.kill()
            if dice.random() < storm.database_kills:
                await kill_postgres(folder / "data")
                with_database += 1
            starts.append(await service.start())
        over.set()
    turns = await _settle(folder / "data")
    await asyncio.gather(*(customer.read_transcript(patience_s=1) for customer in talks))
    for customer in talks:
        customer.talk.turns = turns.get(customer.talk.conversation, [])
    await service.stop()
    history: list[Talk] = [customer.talk for customer in talks]
    killed: dict[str, object] = {
        "seed": storm.seed,
        "kills": storm.kills,
        "with_database": with_database,
        "ready_after_s": [round(s, 1) for s in sorted(starts)],
    }
    return killed | report(history, judge(history))


async def _keep_talking(
    url: str, place: int, storm: Storm, over: asyncio.Event, talks: list[Customer]
) -> None:
    dice = random.Random(f"{storm.seed}-{place}")
    visit = 0
    while not over.is_set():
        texts = [f"{dice.choice(_ASKED)} ({place}.{visit}.{n})" for n in range(storm.messages)]
        customer = Customer(url, texts, dice)
        talks.append(customer)
        visit += 1
        await customer.talk_until_accepted()


async def _settle(data: Path, patience_s: float = 120) -> dict[str, list[Turn]]:
    """Wait until every message has had its turn and left the outbox; all turns, by talk."""
    postgres = await asyncio.to_thread(EmbeddedPostgres.open, data)
    connection = await asyncpg.connect(postgres.dsn)
    try:
        async with asyncio.timeout(patience_s):
            while await connection.fetchval(_WAITING) or await connection.fetchval(
                "SELECT count(*) FROM outbox"
            ):
                await asyncio.sleep(0.2)
        rows = await connection.fetch(_TURNS)
    finally:
        await connection.close()
        await asyncio.to_thread(postgres.close)
    turns: dict[str, list[Turn]] = {}
    silent = ("pass_to_agent", "stay_silent")
    for row in rows:
        said = int(row["sent"] and row["decision"] not in silent)
        turn = Turn(str(row["id"]), tuple(row["covers"]), said, row["epoch"], row["sent"])
        turns.setdefault(str(row["conversation"]), []).append(turn)
    return turns
