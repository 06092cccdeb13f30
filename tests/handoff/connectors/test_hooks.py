"""Whoever knocks too often at a connector's address has to wait."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from channels.limits import Buckets, Rate
from handoff.connectors.calling import Caller
from handoff.connectors.hooks import Allowance
from tests.fakes.webhook_receiver import FakeReceiver
from tests.handoff.connectors.kit import Desk
from tests.handoff.stage import Stage


@pytest.fixture
async def desk(stage: Stage) -> AsyncIterator[Desk]:
    async with FakeReceiver().open() as tracker, Caller() as caller:
        yield Desk(stage, tracker, caller)


def _allowance(desk: Desk, burst: int) -> Allowance:
    buckets = Buckets(Rate(per_second=0.5, burst=burst))
    return lambda who: buckets.take(who, desk.stage.clock.monotonic())


async def test_an_address_that_calls_too_often_is_not_even_looked_up(desk: Desk) -> None:
    app = desk.app(from_address=_allowance(desk, 2))
    nobody = "/connectors/00000000-0000-0000-0000-000000000001/hook"

    async with TestClient(TestServer(app)) as client:
        found = [await client.post(nobody) for _ in range(3)]
        desk.stage.clock.passed_s += 2
        later = await client.post(nobody)

    assert [response.status for response in found] == [404, 404, 429]
    assert found[2].headers["Retry-After"] == "2"
    assert later.status == 404


async def test_a_connector_that_is_called_too_often_checks_no_signature(desk: Desk) -> None:
    configured = await desk.connect()
    headers, body = desk.tracker.hook(desk.tracker.add("marker", "Kettle", "It leaks.", "new"))
    app = desk.app(for_connector=_allowance(desk, 2))

    async with TestClient(TestServer(app)) as client:
        path = configured.hook_path
        forged = [await client.post(path, data=b"{}") for _ in range(2)]
        genuine = await client.post(path, data=body, headers=headers)
        desk.stage.clock.passed_s += 2
        later = await client.post(path, data=body, headers=headers)

    assert [response.status for response in forged] == [401, 401]
    assert (genuine.status, genuine.headers["Retry-After"]) == (429, "2")
    assert later.status == 204
