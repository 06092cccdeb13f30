"""Work in order by key, and side by side between keys."""

import asyncio
from collections.abc import Callable, Coroutine
from heapq import heappop, heappush
from itertools import count
from typing import Any

import structlog

from core.http.json import origin_of

_log = structlog.get_logger(__name__)
_Work = Callable[[], Coroutine[Any, Any, None]]


class Lanes:
    """Of each key one piece of work runs at a time; of those that wait, the earliest is next."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[tuple[float, int, _Work]]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._numbers = count()

    def add(self, key: str, at: float, work: _Work) -> None:
        """Do this for the key; `at` says when it happened."""
        is_idle = key not in self._waiting
        heappush(self._waiting.setdefault(key, []), (at, next(self._numbers), work))
        if is_idle:
            self._begin(self._work(key))

    def after_all(self, work: _Work) -> None:
        """Do this when all that runs now has ended."""
        self._begin(_when(tuple(self._running), work))

    async def close(self) -> None:
        """Return when all is done."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    def cancel(self) -> None:
        """End all of it where it stands."""
        for task in self._running:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _work(self, key: str) -> None:
        waiting = self._waiting[key]
        while waiting:
            _, _, work = heappop(waiting)
            try:
                await work()
            except Exception as failure:  # noqa: BLE001 - the outermost frame of this work
                _log.error("not taken", **origin_of(failure))
        del self._waiting[key]


async def _when(before: tuple[asyncio.Task[None], ...], work: _Work) -> None:
    if before:
        await asyncio.wait(before)
    await work()
