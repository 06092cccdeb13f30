"""Parts of one process: their order at the end, and the end when one of them fails."""

import asyncio

import pytest

from core.domain.errors import LogStuck
from deploy.cli import sentence
from deploy.processes import Notice, Part, run_all
from deploy.readiness import Readiness


class Recording(Part):
    """Notes when it begins to end and when it has ended."""

    def __init__(self, name: str, notes: list[str]) -> None:
        self._name = name
        self._notes = notes
        self._stop = asyncio.Event()

    async def run(self) -> None:
        try:
            await self._stop.wait()
        except asyncio.CancelledError:
            self._notes.append(f"{self._name} cancelled")
            raise
        await asyncio.sleep(0)
        self._notes.append(f"{self._name} ended")

    def stop(self) -> None:
        self._notes.append(f"{self._name} stops")
        self._stop.set()


class Stuck(Part):
    """Fails when it is let."""

    def __init__(self) -> None:
        self.fail = asyncio.Event()

    async def run(self) -> None:
        await self.fail.wait()
        raise LogStuck

    def stop(self) -> None:
        """Goes on."""


async def test_one_part_ends_before_the_next_begins_to() -> None:
    notes: list[str] = []
    stop = asyncio.Event()
    stop.set()

    await run_all([Recording("first", notes), Recording("second", notes)], stop)

    assert notes == ["first stops", "first ended", "second stops", "second ended"]


async def test_a_part_that_fails_ends_the_process_with_its_sentence() -> None:
    notes: list[str] = []
    stuck = Stuck()
    stuck.fail.set()

    with pytest.raises(ExceptionGroup) as failed:
        await run_all([Recording("other", notes), stuck], asyncio.Event())

    assert notes == ["other cancelled"]
    assert sentence(failed.value) == (
        "The consumer of the event log does not move, and a new one did not help."
    )


async def test_a_part_that_fails_while_others_end_is_told_too() -> None:
    notes: list[str] = []
    stuck, stop = Stuck(), asyncio.Event()
    stop.set()
    stuck.fail.set()

    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        await run_all([stuck, Recording("other", notes)], stop)


async def test_a_process_is_not_ready_from_the_wish_to_stop_on() -> None:
    readiness, stop = Readiness(), asyncio.Event()
    seen: list[str | None] = []

    class Looking(Recording):
        def stop(self) -> None:
            super().stop()
            self._looked = asyncio.create_task(self._look())

        async def _look(self) -> None:
            seen.append(await readiness())

    assert await readiness() is None
    stop.set()
    await run_all([Notice(readiness, 0), Looking("gateway", [])], stop)

    assert seen == ["The service is stopping."]
