"""`switchboard run ROLE...`: each role in a process of its own, on both event logs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

from core.event_log import EventLog
from core.telemetry.traces import trace_of
from core.wire.envelope import traceparent_of
from deploy.base import connected
from deploy.settings import load
from tests.brokers.cluster import Cluster
from tests.deploy.service import PATIENCE_S, Process, Service, service

pytestmark = [pytest.mark.slow, pytest.mark.models]
ROLES = ("gateway", "worker", "relay", "dispatcher", "desk")
MANY = 40
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def postgres_log() -> dict[str, str]:
    return {}


@pytest.fixture
def kafka_log(kafka: str) -> dict[str, str]:
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "SWITCHBOARD_DEPLOY__KAFKA_PREFIX": f"{uuid4().hex[:8]}.",
        "SWITCHBOARD_DEPLOY__KAFKA_REPLICATION": "1",
    }


@pytest.fixture(params=["postgres_log", pytest.param("kafka_log", marks=pytest.mark.kafka)])
def log(request: pytest.FixtureRequest) -> dict[str, str]:
    found: dict[str, str] = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def running(log: dict[str, str], dsn: str, tmp_path: Path) -> AsyncIterator[Service]:
    """A service without processes yet."""
    env = {
        "DATABASE_URL": dsn,
        "SWITCHBOARD_DEPLOY__DATA_DIR": str(tmp_path),
        "SWITCHBOARD_DEPLOY__UNREADY_S": "1",
        "SWITCHBOARD_DEPLOY__TENANT_CONNECTIONS": "4",
        "SWITCHBOARD_DEPLOY__SERVICE_CONNECTIONS": "3",
    }
    async with service(env | log) as started:
        yield started


async def test_every_role_says_how_it_is_and_stops_under_load_and_nothing_is_lost(
    running: Service, dsn: str
) -> None:
    roles = dict(zip(ROLES, await ready(running, *ROLES), strict=True))
    for role, process in roles.items():
        assert (await process.asked("/healthz"))[0] == 200, role
        assert "switchboard_outbox_unsent_rows" in (await process.asked("/metrics"))[1], role
    (second,) = await ready(running, "worker")

    asking = [asyncio.create_task(ask(roles["gateway"], "A person, please")) for _ in range(MANY)]
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    stopping = [process for role, process in roles.items() if role != "gateway"]
    statuses = await stopped(*stopping)
    others = await ready(running, "relay", "dispatcher", "desk")
    answers = await asyncio.gather(*asking)

    assert statuses == [0] * len(stopping), [process.printed for process in stopping]
    assert {(status, answer["decision"]) for status, answer in answers} == {(200, "hand_off")}
    await all_delivered(dsn, messages=2 * MANY)
    assert await stopped(*others, second, roles["gateway"]) == [0] * 5


async def test_without_brokers_customers_are_heard_and_who_needs_brokers_says_so(
    dsn: str, tmp_path: Path
) -> None:
    env = {
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "SWITCHBOARD_DEPLOY__DATA_DIR": str(tmp_path),
        "SWITCHBOARD_DEPLOY__UNREADY_S": "0",
        "SWITCHBOARD_CHANNELS__ANSWER_S": "0.5",
    }
    async with service(env) as running:
        (gateway,) = await ready(running, "gateway")
        relay = await running.start("relay")

        status, answer = await ask(gateway, "Where is my order?")

        assert (status, answer["error"]["code"]) == (504, "timeout")
        assert await waiting(dsn) == ["inbound"]
        assert await relay.ended() == 1
        assert "Error: no broker answers at 127.0.0.1:1" in relay.printed
        assert "Traceback" not in relay.printed
        assert await stopped(gateway) == [0]


@pytest.mark.kafka
async def test_roles_stop_in_time_while_brokers_are_gone(
    dsn: str, tmp_path: Path, brokers_folder: Path
) -> None:
    async with Cluster.start(brokers_folder) as cluster:
        env = {
            "DATABASE_URL": dsn,
            "KAFKA_BOOTSTRAP_SERVERS": cluster.bootstrap,
            "SWITCHBOARD_DEPLOY__KAFKA_REPLICATION": "1",
            "SWITCHBOARD_DEPLOY__DATA_DIR": str(tmp_path),
        }
        async with service(env) as running:
            gateway, others = await ready(running, "gateway", "relay dispatcher desk")
            await cluster.brokers[0].kill()
            asking = asyncio.create_task(ask(gateway, "Where is my order?"))
            while (await others.asked("/readyz"))[0] == 200:
                await asyncio.sleep(0.05)
            assert "No broker answers." in (await others.asked("/readyz"))[1]
            assert (await gateway.asked("/readyz"))[0] == 200

            assert await stopped(others) == [0], others.printed
            asking.cancel()


async def waiting(dsn: str) -> list[str]:
    """The topics of what waits for a relay."""
    connection = await asyncpg.connect(dsn)
    try:
        return [row["topic"] for row in await connection.fetch("SELECT topic FROM outbox")]
    finally:
        await connection.close()


async def test_one_trace_is_on_every_topic(
    running: Service, log: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (everything,) = await ready(running, " ".join(ROLES))

    status, _ = await ask(everything, "A person, please", traceparent=CALLER)
    await until_counted(everything, 'switchboard_events_total{type="handoff.requested"}', 1)

    assert status == 200
    for name, value in running.env.items():
        monkeypatch.setenv(name, value)
    async with connected(load(), running.env["DATABASE_URL"]) as base:
        found = await traces(base.log)
    assert found["inbound"] == {trace_of(CALLER)}
    for topic in ("outbound", "events"):  # what the desk does by itself has traces of its own
        assert trace_of(CALLER) in found[topic]


async def traces(log: EventLog) -> dict[str, set[str]]:
    """The traces of all records, by topic."""
    found: dict[str, set[str]] = {"inbound": set(), "outbound": set(), "events": set()}
    member = await log.join("looking", list(found))
    async with asyncio.timeout(PATIENCE_S):
        while not all(found.values()):
            for partition, records in (await member.poll(100, 1)).items():
                found[partition.topic] |= {trace_of(traceparent_of(r.value)) for r in records}
    await member.leave()
    return found


async def test_a_gateway_is_alive_and_not_ready_while_it_stops(running: Service) -> None:
    gateway, rest = await ready(running, "gateway", "worker relay dispatcher desk")

    asking = [asyncio.create_task(ask(gateway, "A person, please")) for _ in range(MANY)]
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    gateway.tell_to_stop()
    while (await gateway.asked("/readyz"))[0] == 200:
        pass
    alive, is_ready = [], []
    while alive[-1:] != [0]:
        is_ready.append((await gateway.asked("/readyz"))[0])
        alive.append((await gateway.asked("/healthz"))[0])

    assert await gateway.ended() == 0
    assert len(alive) > 1
    assert set(alive[:-1]) == {200}
    assert set(is_ready) <= {503, 0}
    assert {status for status, _ in await asyncio.gather(*asking)} == {200}
    await until_counted(rest, 'switchboard_events_total{type="handoff.requested"}', MANY)


async def until_counted(process: Process, sample: str, value: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while f"{sample} {value}.0" not in (await process.asked("/metrics"))[1]:
            await asyncio.sleep(0.05)


async def ask(gateway: Process, question: str, **headers: str) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(gateway.url + "/api/v1/chat", json={"query": question}) as answer,
    ):
        return answer.status, await answer.json()


async def ready(running: Service, *wanted: str) -> list[Process]:
    """A process for each, which may be several roles; ready."""
    processes = [await running.start(*roles.split()) for roles in wanted]
    for process in processes:
        await process.until_ready()
    return processes


async def stopped(*processes: Process) -> list[int]:
    """Their exit statuses, after SIGTERM."""
    for process in processes:
        process.tell_to_stop()
    return [await process.ended() for process in processes]


async def all_delivered(dsn: str, messages: int) -> None:
    """Nothing waits for a relay, and so much was said beside what the desk tells who waits."""
    connection = await asyncpg.connect(dsn)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while await connection.fetchval("SELECT count(*) FROM outbox"):
                await asyncio.sleep(0.05)
        said = "SELECT count(*) FROM messages WHERE author <> 'system'"
        assert await connection.fetchval(said) == messages
    finally:
        await connection.close()
