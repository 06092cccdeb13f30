"""A scripted handler, and a worker that runs it on a fake clock."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from core.attempt import Handle
from core.event_log import EventLog, Record
from core.worker import Worker
from tests.contracts.logs import TOPIC, values
from tests.fakes.clock import FakeClock
from tests.fakes.dead_letters import RecordingDeadLetters


@dataclass
class Scripted:
    """Handles records as told, by value, and keeps the order in which it was called."""

    errors: dict[str, list[Exception]] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, record: Record) -> None:
        value = record.value.decode()
        self.called.append(value)
        if self.errors.get(value):
            raise self.errors[value].pop(0)
        self.done.append(value)
        self.moved.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.moved.clear()
                await self.moved.wait()


@asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[Worker]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(worker.run())
        yield worker
        worker.stop()
        async with asyncio.timeout(20):
            await task


def a_worker(
    log: EventLog, handle: Handle, clock: FakeClock | None = None, **parts: Any
) -> Worker:
    clock = clock or FakeClock()
    whole = {"sleep": clock.sleep, "chance": lambda: 0.0}
    parts = {"dead_letters": RecordingDeadLetters()} | whole | parts
    return Worker(log, "core", TOPIC, handle, clock, **parts)


async def unread(log: EventLog) -> list[str]:
    member = await log.join("core", [TOPIC])
    found = await member.poll(100, 0)
    await member.leave()
    return [value for part in found.values() for value in values(part)]
