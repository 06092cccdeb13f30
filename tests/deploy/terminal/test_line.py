"""The line: says each thing until it is accepted, and reads on behind what it saw."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from channels.web.protocol import MessageFrame, Rated, ServerFrame
from core.domain.errors import SetupError
from deploy.terminal.line import Line
from tests.fakes.chat_service import FakeChatService


class Heard:
    """Keeps frames, and waits for one."""

    def __init__(self) -> None:
        self.frames: list[ServerFrame] = []
        self._something = asyncio.Event()

    def __call__(self, frame: ServerFrame) -> None:
        self.frames.append(frame)
        self._something.set()

    def texts(self) -> list[str]:
        return [f.text for f in self.frames if isinstance(f, MessageFrame)]

    async def until(self, kind: type[ServerFrame], count: int) -> None:
        async with asyncio.timeout(10):
            while sum(isinstance(f, kind) for f in self.frames) < count:
                self._something.clear()
                await self._something.wait()


@asynccontextmanager
async def held(line: Line) -> AsyncIterator[None]:
    holding = asyncio.create_task(line.hold())
    yield
    holding.cancel()
    with suppress(asyncio.CancelledError):
        await holding


async def test_what_is_said_is_answered() -> None:
    heard = Heard()
    async with FakeChatService().running() as service:
        line = Line(service.url, None, heard)

        async with held(line):
            await line.say("hello")
            await heard.until(MessageFrame, 1)

    assert heard.texts() == ["You said: hello [1]"]


async def test_what_was_not_accepted_is_said_again_and_stored_once() -> None:
    heard = Heard()
    async with FakeChatService().running() as service:
        service.drops = 1
        line = Line(service.url, None, heard)

        async with held(line):
            await line.say("hello")
            await heard.until(MessageFrame, 2)

    assert service.said == ["hello"]
    assert heard.texts() == ["hello", "You said: hello [1]"]
    assert service.hellos[1].since == 0


async def test_after_a_reconnect_it_reads_on_behind_what_it_saw() -> None:
    heard = Heard()
    async with FakeChatService().running() as service:
        line = Line(service.url, None, heard)

        async with held(line):
            await line.say("one")
            await heard.until(MessageFrame, 1)
            service.drops = 1
            await line.say("two")
            await heard.until(MessageFrame, 3)

    assert heard.texts() == ["You said: one [1]", "two", "You said: two [1]"]
    assert (service.hellos[1].since, service.hellos[1].token) == (2, "t")


async def test_a_rating_arrives() -> None:
    heard = Heard()
    async with FakeChatService().running() as service:
        line = Line(service.url, None, heard)

        async with held(line):
            await line.say("one")
            await heard.until(MessageFrame, 1)
            (answer,) = (f for f in heard.frames if isinstance(f, MessageFrame))
            assert answer.turn
            await line.rate(answer.turn, "up")
            await heard.until(Rated, 1)

    assert [(rate.turn, rate.thumb) for rate in service.rated] == [(answer.turn, "up")]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense", "ftp://x"])
async def test_an_address_where_nobody_answers_is_named(url: str) -> None:
    with pytest.raises(SetupError, match=url):
        await Line(url, None, Heard()).hold()
