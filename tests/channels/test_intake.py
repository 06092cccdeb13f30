"""Requests in hand are answered, further ones are refused, operators are always told."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from channels.intake import Intake
from core.http.json import errors


class Slow:
    """An application with a request that takes as long as the test wants."""

    def __init__(self) -> None:
        self.intake = Intake(always=["/healthz"])
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    def application(self) -> web.Application:
        app = web.Application(middlewares=[errors, self.intake.middleware()])
        app.router.add_get("/slow", self._slow)
        app.router.add_get("/healthz", self._alive)
        return app

    async def _slow(self, request: web.Request) -> web.Response:
        self.begun.set()
        await self.go_on.wait()
        return web.Response(text="answered")

    async def _alive(self, request: web.Request) -> web.Response:
        return web.Response(text="alive")


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
async def http(slow: Slow) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        TestServer(slow.application()) as server,
        aiohttp.ClientSession(server.make_url("/")) as session,
    ):
        yield session


async def test_a_closed_intake_answers_what_is_in_hand_and_nothing_more(
    slow: Slow, http: aiohttp.ClientSession
) -> None:
    asked = asyncio.create_task(http.get("/slow"))
    await slow.begun.wait()
    slow.intake.close()

    async with http.get("/slow") as late, http.get("/healthz") as alive:
        assert (late.status, late.headers["Retry-After"]) == (503, "2")
        assert alive.status == 200
    finishing = asyncio.create_task(slow.intake.finish(20))
    await asyncio.sleep(0)
    assert not finishing.done()
    slow.go_on.set()
    await finishing

    async with await asked as answer:
        assert await answer.text() == "answered"


async def test_it_waits_no_longer_than_it_may(slow: Slow, http: aiohttp.ClientSession) -> None:
    asked = asyncio.create_task(http.get("/slow"))
    await slow.begun.wait()

    await slow.intake.finish(0)

    slow.go_on.set()
    (await asked).close()


async def test_with_nothing_in_hand_there_is_nothing_to_wait_for(slow: Slow) -> None:
    await slow.intake.finish(20)
