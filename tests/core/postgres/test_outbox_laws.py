"""The law of the outbox: whatever relays, connections and the log do, and wherever they stop, each
row is in the log, and its first copy stands behind the first copies of all earlier ones.

Relays run over the real Postgres and stop where they ask the log; the machine decides what becomes
of it, breaks connections, ends processes and lets late records arrive.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.domain.errors import LogUnavailable
from core.event_log import NewRecord
from core.partitioning import partition_of
from core.postgres.bell import Bell
from core.postgres.claims import Claims
from core.postgres.database import Database
from core.postgres.outbox import ForwardingOutbox
from core.postgres.signals import Signals
from tests.databases import Databases
from tests.fakes.event_log import ScriptedLog

pytestmark = pytest.mark.slow

LANES, RELAYS, PER_LANE = 3, 3, 2
KEYS = [UUID(int=n) for n in range(4)]
PATIENCE_S = 20
_T = TypeVar("_T")


class Process:
    """One relay that may end at any moment, with what it has in hand."""

    def __init__(self, database: Database, bell: Bell, records: list[NewRecord]) -> None:
        self.log = ScriptedLog(self._asked, lambda record: b"poison" in record.value, records)
        self.claims = Claims(database, LANES, check_s=0)
        self.outbox = ForwardingOutbox(database, bell, self.log, LANES, self.claims)
        self.moving: asyncio.Task[Any] | None = None
        self.asked: Sequence[NewRecord] = ()
        self._reached = asyncio.Event()
        self._answer: asyncio.Future[int | None] | None = None

    @property
    def waits(self) -> bool:
        """Whether it has asked the log and was not answered."""
        return self._answer is not None

    async def begin(self) -> None:
        """Move, up to where the log is asked, or to the end."""
        self.moving = asyncio.create_task(self.outbox.move(PER_LANE))
        await self._run()

    async def answer(self, taken: int | None) -> None:
        """The log answers, and the relay goes on to the next question, or to the end."""
        assert self._answer is not None
        self._answer.set_result(taken)
        self._answer = None
        await self._run()

    async def end(self) -> None:
        """As kill -9 does."""
        if self.moving is not None:
            self.moving.cancel()
            await asyncio.wait([self.moving])
        self.claims.drop()
        self.moving = self._answer = None

    async def _run(self) -> None:
        assert self.moving is not None
        reached = asyncio.create_task(self._reached.wait())
        await asyncio.wait({self.moving, reached}, return_when=asyncio.FIRST_COMPLETED)
        reached.cancel()
        self._reached.clear()
        if self.moving.done():
            error = self.moving.exception()
            assert error is None or isinstance(error, LogUnavailable)
            self.moving = None

    async def _asked(self, records: Sequence[NewRecord]) -> int | None:
        self.asked = records
        self._answer = asyncio.get_running_loop().create_future()
        self._reached.set()
        return await self._answer


@dataclass
class Stage:
    """What all examples share; each begins with an empty outbox."""

    loop: asyncio.AbstractEventLoop
    database: Database
    bell: Bell

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        async def bounded() -> _T:
            async with asyncio.timeout(PATIENCE_S):
                return await work

        return self.loop.run_until_complete(bounded())


class Relays(RuleBasedStateMachine):
    """Several relays, one outbox, one log."""

    stage: ClassVar[Stage]

    @initialize()
    def empty(self) -> None:
        self.said: dict[UUID, int] = dict.fromkeys(KEYS, 0)
        self.poison: set[bytes] = set()
        self.records: list[NewRecord] = []
        self.late: list[list[NewRecord]] = []
        self.relays = [self._relay() for _ in range(RELAYS)]
        self.stage.run(self._execute("DELETE FROM outbox"))
        self.stage.run(self._execute("DELETE FROM dead_letters"))

    @rule(key=st.sampled_from(KEYS), poisonous=st.lists(st.booleans(), min_size=1, max_size=4))
    def commit(self, key: UUID, poisonous: list[bool]) -> None:
        """A transaction that adds rows of one conversation."""
        first = self.said[key]
        self.said[key] += len(poisonous)
        values = [
            b"%d poison %d" % (key.int, first + n) if bad else b"%d" % (first + n)
            for n, bad in enumerate(poisonous)
        ]
        self.poison |= {value for value in values if b"poison" in value}
        self.stage.run(self._put(key, values))

    @rule(number=st.integers(0, RELAYS - 1))
    def begin(self, number: int) -> None:
        relay = self.relays[number]
        if relay.moving is None:
            self.stage.run(relay.begin())

    @precondition(lambda self: any(relay.waits for relay in self.relays))
    @rule(data=st.data(), ended=st.booleans(), arrive_late=st.booleans())
    def lose(self, data: st.DataObject, ended: bool, arrive_late: bool) -> None:
        """The log took some and did not say so; the process may end before it hears of it."""
        relay = data.draw(st.sampled_from([relay for relay in self.relays if relay.waits]))
        taken = data.draw(st.integers(0, len(relay.asked)))
        if arrive_late:
            self.late.append(list(relay.asked[taken:]))
        if ended:
            self.records += relay.asked[:taken]
            self.stage.run(relay.end())
        else:
            self.stage.run(relay.answer(taken))

    @precondition(lambda self: any(relay.waits for relay in self.relays))
    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        relay = data.draw(st.sampled_from([relay for relay in self.relays if relay.waits]))
        self.stage.run(relay.answer(None))

    @precondition(lambda self: any(self.late))
    @rule(data=st.data())
    def arrive(self, data: st.DataObject) -> None:
        """One more record of a sending that was given up for lost."""
        late = data.draw(st.sampled_from([one for one in self.late if one]))
        self.records.append(late.pop(0))

    @rule(number=st.integers(0, RELAYS - 1))
    def end(self, number: int) -> None:
        """A process ends, and another begins in its place."""
        self.stage.run(self.relays[number].end())
        self.relays[number] = self._relay()

    @rule()
    def cut(self) -> None:
        """All connections that hold lanes break; the relays do not know it yet."""
        self.stage.run(
            self._execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks"
                " WHERE locktype = 'advisory' AND classid = 7306025::oid"
            )
        )

    def teardown(self) -> None:
        for relay in self.relays:
            self.stage.run(relay.end())
        self.stage.run(self._finish())
        firsts: dict[UUID, list[int]] = {key: [] for key in KEYS}
        for record in self.records:
            if record.topic == "outbound" and int(record.value) not in firsts[_key(record)]:
                firsts[_key(record)].append(int(record.value))
        assert firsts == {
            key: [n for n in range(count) if b"%d poison %d" % (key.int, n) not in self.poison]
            for key, count in self.said.items()
        }
        assert sorted(self.stage.run(self._letters())) == sorted(self.poison)

    async def _finish(self) -> None:
        last = self._relay()
        last.log.decide = ScriptedLog().decide
        while (await last.outbox.backlog()).rows:
            await last.outbox.move(100)
        await last.outbox.release()

    def _relay(self) -> Process:
        return Process(self.stage.database, self.stage.bell, self.records)

    async def _put(self, key: UUID, values: list[bytes]) -> None:
        lane = partition_of(str(key).encode(), LANES)
        async with self.stage.database.as_service() as connection, connection.transaction():
            await connection.executemany(
                "INSERT INTO outbox (lane, topic, conversation, value)"
                " VALUES ($1, 'outbound', $2, $3)",
                [(lane, key, value) for value in values],
            )

    async def _letters(self) -> list[bytes]:
        async with self.stage.database.as_service() as connection:
            rows = await connection.fetch("SELECT value FROM dead_letters")
        return [row["value"] for row in rows]

    async def _execute(self, statement: str) -> None:
        async with self.stage.database.as_service() as connection:
            await connection.execute(statement)


def _key(record: NewRecord) -> UUID:
    return UUID(record.key.decode())


@asynccontextmanager
async def _opened(databases: Databases) -> AsyncIterator[tuple[Database, Bell]]:
    async with AsyncExitStack() as closing:
        dsn = await closing.enter_async_context(databases.one())
        database = await closing.enter_async_context(
            await Database.connect(dsn, tenant_size=1, service_size=4)
        )
        signals = await Signals.open(database)
        closing.push_async_callback(signals.close)
        bell = await Bell.open(signals)
        closing.push_async_callback(bell.close)
        yield database, bell


@pytest.fixture
def stage(databases: Databases) -> Iterator[Stage]:
    with asyncio.Runner() as runner:
        opened = _opened(databases)
        database, bell = runner.run(opened.__aenter__())
        yield Stage(runner.get_loop(), database, bell)
        runner.run(opened.__aexit__(None, None, None))


def test_every_row_is_in_the_log_behind_those_before_it(stage: Stage) -> None:
    Relays.stage = stage

    run_state_machine_as_test(Relays, settings=settings(stateful_step_count=40, max_examples=40))
