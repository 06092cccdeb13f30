"""Whatever happens between two awaits: every message has one turn, and every turn one answer."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.clock import SystemClock
from core.domain.errors import ModelUnavailable, StoreUnavailable
from core.domain.messages import InboundMessage
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from tests.databases import Databases
from tests.fakes.points import POINTS
from tests.walk.stage import Stage, Stop, Topic, arrival_of
from tests.walk.truth import SQL, Truth

_T = TypeVar("_T")
TOPICS = st.integers(0, 1)
FEW = st.integers(1, 3)
ANY = st.integers(0, 99)
TEXTS = st.sampled_from(["How long?", "How long?", "#person", "#greeting", "#cancel_person", " "])
FAILURES = st.sampled_from([StoreUnavailable, ModelUnavailable, ZeroDivisionError])


class Machine(RuleBasedStateMachine):
    """Customers, agents, workers and misfortunes; nothing moves between two rules."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        super().__init__()
        self._runner = runner
        self._database = database
        self._stage = Stage(PostgresConversations(database, SystemClock(), lambda topic: None))
        self._said: list[tuple[Topic, InboundMessage]] = []
        self._agents: list[set[int]] = [set(), set()]

    @initialize()
    def open(self) -> None:
        self._run(self._stage.open())

    @rule(number=TOPICS, text=TEXTS, heard=st.booleans())
    def say(self, number: int, text: str, heard: bool) -> None:
        """A message is stored; its record comes at once, or later."""
        topic = self._stage.topics[number]
        self._said.append((topic, self._run(self._stage.say(topic, text))))
        if heard:
            self.bring(number, 99, twice=False)

    @rule(number=TOPICS, most=FEW, twice=st.booleans())
    def bring(self, number: int, most: int, twice: bool) -> None:
        """From the outbox to the topic, where the relay may say it twice, and to a worker."""
        topic = self._stage.topics[number]
        self._stage.relay(topic, most, twice=twice)
        self._do(lambda: self._stage.deliver(topic, most))

    @precondition(lambda self: self._stage.stops)
    @rule(which=ANY)
    def go_on(self, which: int) -> None:
        stop = self._stop(which)
        self._do(lambda: stop.going_on.set_result(None))

    @precondition(lambda self: len(self._stage.stops) > 1)
    @rule(times=st.integers(1, len(POINTS)))
    def go_on_together(self, times: int) -> None:
        """Side by side; in turns, so that an example that fails fails again."""
        for _ in range(times):
            for stop in self._stage.stops:
                if not stop.going_on.done():
                    self._do(lambda stop=stop: stop.going_on.set_result(None))

    @precondition(lambda self: self._stage.stops)
    @rule(which=ANY, point=st.sampled_from(POINTS))
    def go_on_to(self, which: int, point: str) -> None:
        for _ in POINTS:
            if not self._stage.stops or self._stop(which).point == point:
                return
            self.go_on(which)

    @precondition(lambda self: self._stage.stops)
    @rule(which=ANY, failure=FAILURES)
    def fail(self, which: int, failure: type[Exception]) -> None:
        stop = self._stop(which)
        if stop.point.split()[1] in {"load", "standing", "remember"}:
            failure = StoreUnavailable  # without the store nobody can even say sorry
        self._do(lambda: stop.going_on.set_exception(failure()))

    @precondition(lambda self: self._said)
    @rule(which=ANY, replayed=st.booleans())
    def come_again(self, which: int, replayed: bool) -> None:
        """The channel brings it again, or somebody replays the record of it."""
        topic, message = self._said[which % len(self._said)]
        if replayed:
            self._stage.append(topic, arrival_of(message))
        else:
            self._run(self._stage.accept(topic, message))

    @rule(number=TOPICS)
    def commit(self, number: int) -> None:
        self._stage.commit(self._stage.topics[number])

    @rule(worker=ANY)
    def kill(self, worker: int) -> None:
        self._run(self._stage.kill(self._stage.one_of_them(worker)))
        self._run(self._stage.quiet())

    @rule(number=TOPICS, to=ANY, agreed=st.booleans())
    def move(self, number: int, to: int, agreed: bool) -> None:
        """The partition is another worker's: handed over, or taken from one that hangs."""
        stage, topic = self._stage, self._stage.topics[number]
        if agreed:
            self._run(stage.hand_over(topic, stage.one_of_them(to)))
        else:
            stage.lose(topic, stage.one_of_them(to))
        self._run(stage.quiet())
        self.bring(number, 99, twice=False)

    @rule(number=TOPICS, what=st.sampled_from([SQL.take, SQL.give_back, SQL.agent_says]))
    def agent(self, number: int, what: str) -> None:
        epoch = self._run(self._ask(what, number))
        if what == SQL.take:
            self._agents[number].add(epoch)

    @invariant()
    def everything_holds(self) -> None:
        for number, topic in enumerate(self._stage.topics):
            self._run(self._truth(topic)).holds(self._agents[number])

    def teardown(self) -> None:
        self._run(self._stage.finish())
        self.everything_holds()
        for topic in self._stage.topics:
            self._run(self._truth(topic)).is_complete()

    def _run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return self._runner.run(coroutine)

    def _do(self, act: Callable[[], object]) -> None:
        """Something happens, and every turn goes on to its next point."""

        async def acted() -> None:
            act()
            await self._stage.quiet()

        self._run(acted())

    def _stop(self, which: int) -> Stop:
        return self._stage.stops[which % len(self._stage.stops)]

    async def _ask(self, statement: str, number: int) -> Any:
        async with self._database.as_service() as connection:
            return await connection.fetchval(statement, self._stage.topics[number].conversation)

    async def _truth(self, topic: Topic) -> Truth:
        async with self._database.as_service() as connection:
            return await Truth.of(connection, topic.conversation)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def own_database(runner: asyncio.Runner, databases: Databases) -> Iterator[Database]:
    """With the topic that messages are accepted into."""
    lent = databases.one()
    pools = runner.run(Database.connect(runner.run(lent.__aenter__())))
    runner.run(_make_topic(pools))
    yield pools
    runner.run(pools.close())
    runner.run(lent.__aexit__(None, None, None))


async def _make_topic(pools: Database) -> None:
    async with pools.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part)"
            " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING"
        )


@pytest.mark.slow
def test_every_message_has_one_turn_and_every_turn_one_answer(
    runner: asyncio.Runner, own_database: Database
) -> None:
    run_state_machine_as_test(
        lambda: Machine(runner, own_database), settings=settings(stateful_step_count=50)
    )
