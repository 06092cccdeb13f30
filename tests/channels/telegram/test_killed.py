"""Pollers that are killed as processes, without a word of farewell."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.postgres.database import Database
from tests.builders import TENANT
from tests.channels.telegram.doomed_poller import CAUGHT
from tests.channels.telegram.kit import Kit
from tests.channels.telegram.test_poll import all_stored, polling
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import FakeTelegram

KILLS = 20
ROOT = Path(__file__).parents[3]


@pytest.fixture
async def kit(dsn: str, telegram: FakeTelegram, clock: FakeClock) -> AsyncIterator[Kit]:
    async with await Database.connect(dsn, tenant_size=4, service_size=4) as database:
        kit = Kit(database, telegram, clock)
        await kit.accounts.keep(kit.account)
        yield kit
        await kit.bots.close()


async def killed(dsn: str, url: str, when: str) -> None:
    """A process that stores one update, and is killed with the next in its hands."""
    program = [sys.executable, "-m", "tests.channels.telegram.doomed_poller", dsn, url, "1", when]
    process = await asyncio.create_subprocess_exec(
        *program, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(120):
            assert (await process.stdout.readline()).decode().strip() == CAUGHT
    finally:
        process.kill()
        await process.wait()


@pytest.mark.slow
async def test_twenty_killed_processes_lose_nothing_and_nothing_is_answered_twice(
    kit: Kit, dsn: str
) -> None:
    """Killed between fetching and telling that it was taken, on either side of storing."""
    said = [f"question {number}" for number in range(50)]
    for text in said:
        kit.ann.says(text)

    for number in range(KILLS):
        await killed(dsn, kit.telegram.url, "after" if number % 2 else "before")
    fetched = len(kit.telegram.called("getUpdates"))
    async with polling(kit):
        await all_stored(kit, len(said))
    place = await kit.place()
    for _ in range(3):
        await kit.answering.take(TENANT, place.conversation)

    assert fetched >= KILLS
    assert await kit.texts() == said
    found = await kit.store.since(TENANT, place.conversation, 0, limit=100)
    assert [one.author for one in found].count("bot") == 1
    assert kit.bot.updates == []
