"""What Postgres alone can do: a turn's statements, sent by callers that do nothing else.

`python -m tests.bench.limit DSN CALLERS SECONDS [--through outbox]` sends the stores' own
statements, read from their .sql files, with arguments of the same form: accept, load, standing and
remember by each caller, one after the other; the relay's and the ledger's in batches, as the
service sends them. A caller goes on when the relay has moved what it said. Prints a line of JSON.
"""

import argparse
import asyncio
import itertools
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import asyncpg
import uvloop

from core.clock import SystemClock
from core.domain.answers import Draft, Findings
from core.domain.decisions import Reply
from core.domain.ids import ConversationId, CustomerId, EventId, TenantId, TurnId
from core.domain.messages import Author, Channel, InboundMessage
from core.domain.turns import Outgoing, TurnRecord
from core.domain.understanding import UNJUDGED, Judged, Understanding
from core.partitioning import partition_of
from core.postgres.claims import LANES as _LANES
from core.postgres.conversations import PostgresConversations
from core.postgres.database import TENANT_ROLE, Database
from core.postgres.outbox import _SQL
from core.postgres.queries import beside
from core.wire.envelope import Stamp, encode_arrival, encode_sent
from core.wire.turns import encode_record
from tests.bench.load import QUESTIONS, percentile
from tests.bench.serve import SENTENCE

Through = Literal["log", "outbox"]
"""How an accepted message gets into the log: by its own statement, or by the relay."""
TENANT = TenantId("default")
_STORE = beside(str(Path(__file__).parents[2] / "core" / "postgres" / "conversations.py"))
_LEDGER = beside(str(Path(__file__).parents[2] / "channels" / "postgres" / "deliveries.py"))
_PARTITIONS, _HISTORY, _PER_LANE, _BYTES = 12, 20, 100, 8 * 1024 * 1024
_TENANT_CONNECTIONS, _SERVICE_CONNECTIONS = 16, 2
_WARM_S = 1.0
_LOOK_S = 0.3
"""Nothing ends for so long, so that whoever reads the CPU times finds everybody alive."""


@dataclass(slots=True)
class Postgres:
    """Connections as the service has them, handed out first come, first served."""

    tenants: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    service: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)

    async def ask(self, pool: "asyncio.Queue[Any]", statement: str, *values: object) -> Any:
        connection = await pool.get()
        try:
            return await connection.fetch(statement, *values)
        finally:
            pool.put_nowait(connection)


class Limit:
    """Callers, one relay, one ledger."""

    def __init__(self, postgres: Postgres, through: Through) -> None:
        self._postgres = postgres
        self._through = through
        self._clock = SystemClock()
        self._unmoved: list[tuple[asyncio.Future[None], ConversationId, int | None]] = []
        self._undelivered: list[tuple[ConversationId, int]] = []
        self._said, self._moved = asyncio.Event(), asyncio.Event()
        self.took: list[float] = []
        self.counting = False

    async def call(self, conversation: ConversationId) -> None:
        """One caller: turn after turn."""
        covered = 0
        for number in itertools.count(1):
            began = time.perf_counter()
            text = QUESTIONS[number % len(QUESTIONS)]
            seq = await self._accept(conversation, number, text)
            if self._through == "outbox":
                await self._until_moved(conversation, None)
            await self._postgres.ask(self._postgres.tenants, _STORE.load, conversation, _HISTORY)
            await self._postgres.ask(self._postgres.tenants, _STORE.standing, conversation)
            last = await self._remember(conversation, covered, seq)
            covered = seq
            await self._until_moved(conversation, last)
            if self.counting:
                self.took.append(time.perf_counter() - began)

    async def _until_moved(self, conversation: ConversationId, said: int | None) -> None:
        moved: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unmoved.append((moved, conversation, said))
        self._said.set()
        await moved

    async def relay(self) -> None:
        while True:
            await self._said.wait()
            self._said.clear()
            batch, self._unmoved = self._unmoved, []
            await self._move()
            for moved, conversation, seq in batch:
                moved.set_result(None)
                if seq is not None:
                    self._undelivered.append((conversation, seq))
            self._moved.set()

    async def _move(self) -> None:
        pool = self._postgres.service
        if self._through == "log":
            await self._postgres.ask(pool, _SQL.move, _PARTITIONS, _LANES, _PER_LANE)
            return
        lanes = list(range(_PARTITIONS))
        rows = await self._postgres.ask(pool, _SQL.oldest, lanes, _PER_LANE, _BYTES)
        await self._postgres.ask(pool, _SQL.remove, [row["id"] for row in rows])

    async def deliver(self) -> None:
        while True:
            await self._moved.wait()
            self._moved.clear()
            batch, self._undelivered = self._undelivered, []
            await self._postgres.ask(
                self._postgres.tenants,
                _LEDGER.delivered,
                TENANT,
                [conversation for conversation, _ in batch],
                [seq for _, seq in batch],
                ["web"] * len(batch),
                ["[]"] * len(batch),
            )

    async def _accept(self, conversation: ConversationId, number: int, text: str) -> int:
        now = self._clock.now()
        message = InboundMessage(
            tenant=TENANT,
            channel=Channel.WEB,
            conversation=conversation,
            event=EventId(f"c{number}"),
            text=text,
            sent_at=now,
        )
        key = str(conversation).encode()
        value = encode_arrival(message, Stamp(id=self._clock.new_id(), at=now))
        direct = self._through == "log"
        rows = await self._postgres.ask(
            self._postgres.tenants,
            _STORE.accept if direct else _STORE.accept_queued,
            conversation,
            message.event,
            text,
            now,
            "inbound",
            partition_of(key, _PARTITIONS),
            *((key, value) if direct else (value,)),
        )
        return int(rows[0]["seq"])

    async def _remember(self, conversation: ConversationId, covered: int, seq: int) -> int:
        turn = TurnId(self._clock.new_id())
        stamp = Stamp(id=self._clock.new_id(), at=self._clock.now())
        rows = await self._postgres.ask(
            self._postgres.tenants,
            _STORE.remember,
            *(turn, conversation, covered, seq, 0, ["bot"], [SENTENCE], [None], None, None, "en"),
            partition_of(str(conversation).encode(), _PARTITIONS),
            "outbound",
            encode_sent(TENANT, conversation, "web", stamp),
            *("events", [], [seq], "reply", 1.0, _RECORD, stamp.at, None, [], False),
            *(0.0, 0, 0, None, "", ""),
        )
        return int(rows[0]["seq"])


def _record() -> Any:
    """A turn's record as the service stores it when a fixed sentence is said."""
    draft = Draft(text=SENTENCE, sources=(), written_by="fixed", prompt_version="")
    steps = ("dedupe", "understand", "retrieve", "answer", "decide")
    return encode_record(
        TurnRecord(
            id=TurnId(UUID(int=0)),
            tenant=TENANT,
            conversation=ConversationId(UUID(int=0)),
            channel="web",
            covers=(1,),
            covered_before=0,
            epoch=0,
            understanding=Understanding(
                language=Judged("en", 0.95), intent=Judged("question", 0.9), emotion=UNJUDGED
            ),
            findings=Findings(passages=(), confidence=1.0, looked_for=(), knowledge_version=0),
            decision=Reply(draft),
            says=(Outgoing(author=Author.BOT, text=SENTENCE),),
            new_owner=None,
            timings_ms=dict.fromkeys(steps, 1.2345678901234),
        )
    )


_RECORD = _record()


async def _conversations(dsn: str, callers: int) -> list[ConversationId]:
    clock = SystemClock()
    async with await Database.connect(dsn) as database:
        store = PostgresConversations(database, clock, lambda _: None)
        return [
            (
                await store.open(
                    TENANT, Channel.WEB, CustomerId("limit"), f"limit-{clock.new_id()}"
                )
            ).id
            for _ in range(callers)
        ]


async def run(dsn: str, callers: int, seconds: float, through: Through) -> dict[str, float]:
    """The turns that Postgres did, per second."""
    conversations = await _conversations(dsn, callers)
    postgres = Postgres()
    for _ in range(min(callers + 1, _TENANT_CONNECTIONS)):
        connection = await asyncpg.connect(dsn, server_settings={"role": TENANT_ROLE})
        await connection.execute("SELECT set_config('app.tenant', $1, false)", TENANT)
        postgres.tenants.put_nowait(connection)
    for _ in range(_SERVICE_CONNECTIONS):
        postgres.service.put_nowait(await asyncpg.connect(dsn))
    limit = Limit(postgres, through)
    work = [limit.relay(), limit.deliver(), *map(limit.call, conversations)]
    tasks = [asyncio.create_task(one) for one in work]
    await asyncio.sleep(_WARM_S)
    print("counting", flush=True)
    limit.counting, began = True, time.perf_counter()
    await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    took = time.perf_counter() - began
    print("counted", flush=True)
    await asyncio.sleep(_LOOK_S)
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return {
        "turns": len(limit.took),
        "per_second": len(limit.took) / took,
        "p50_ms": percentile(limit.took, 50),
        "p99_ms": percentile(limit.took, 99),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("dsn")
    parser.add_argument("callers", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--through", choices=["log", "outbox"], default="log")
    asked = parser.parse_args()
    found = uvloop.run(run(asked.dsn, asked.callers, asked.seconds, asked.through))
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
