"""Tickets in a running process: told when they are opened, and back when the tracker calls."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.domain.ids import CustomerId
from core.domain.messages import Channel
from deploy.base import Base, connected
from deploy.settings import load
from deploy.tickets import Desk, Trackers, desk, opening
from handoff.connectors.parts import Secrets
from handoff.tickets.opening import Wish
from tests.builders import TENANT, an_inbound_message
from tests.fakes.trackers import HOOK, TOKEN
from tests.fakes.zendesk import FakeZendesk
from tests.handoff.tickets.kit import ANN

KEY = "aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBmb3IgdXM="


@pytest.fixture
async def base(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Base]:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SECRET_KEYS", json.dumps([KEY]))
    async with connected(load(), dsn) as base:
        yield base


@pytest.fixture
async def made(base: Base) -> AsyncIterator[Desk]:
    made = desk(base)
    work = Trackers(made, base)
    running = asyncio.create_task(work.run())
    yield made
    work.stop()
    await running


async def until(is_so: Callable[[], Awaitable[bool]]) -> float:
    start = time.perf_counter()
    async with asyncio.timeout(30):
        while not await is_so():
            await asyncio.sleep(0.01)
    return time.perf_counter() - start


async def test_a_ticket_goes_there_and_its_end_comes_back_within_seconds(
    base: Base, made: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    app = web.Application()
    made.routes.add_to(app.router)
    async with FakeZendesk().open() as tracker, TestClient(TestServer(app)) as client:
        configured = await made.connectors.keep(
            ANN, "zd", tracker.mapping(), Secrets(token=TOKEN, hook=HOOK)
        )
        talks = base.conversations
        talk = await talks.open(TENANT, Channel.WEB, CustomerId("cy"), "1")
        await talks.accept(an_inbound_message(talk.id, "My kettle leaks at the lid."))
        await opening(base, made.tickets).from_talk(ANN, Wish(conversation=talk.id, origin="t:1"))

        async def told() -> bool:
            links = await made.links.at(configured.id, str(max(tracker.issues, default=0)))
            return links is not None

        async def heard() -> bool:
            said = await talks.since(TENANT, talk.id, 2, 10)
            return any("solved" in message.text for message in said)

        there_s = await until(told)
        (issue,) = tracker.issues.values()
        tracker.set_state(issue, done=True)
        headers, body = tracker.hook(issue)
        response = await client.post(configured.hook_path, data=body, headers=headers)
        back_s = await until(heard)

    assert response.status == 204
    assert max(there_s, back_s) < 5
    visits = {"kind": "zendesk", "outcome": "done"}
    assert base.metrics.registry.get_sample_value("switchboard_tracker_visits_total", visits)
    with capsys.disabled():
        print(
            f"\na ticket was there after {there_s:.3f} s, its end in the chat after {back_s:.3f} s"
        )
