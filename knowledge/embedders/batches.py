"""One thread that runs a model: calls that wait together share a run."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from knowledge.ports import Vectors

Run = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class _Call:
    texts: Sequence[str]
    done: "Future[Vectors]"


class SharedThread:
    """Hands texts to a model in its own thread, in the order of the calls.

    What arrives while the model runs is taken in one go by the next run, so that under load
    the cost of a run is shared. A cancelled call is left out if its run has not begun.
    """

    def __init__(self, run: Run, *, name: str, most: int) -> None:
        self._run = run
        self._most = most
        self._waiting: deque[_Call] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of these texts."""
        call = _Call(texts, Future())
        self._waiting.append(call)
        self._thread.submit(self._drain)
        return await asyncio.wrap_future(call.done)

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._thread.shutdown()

    def _drain(self) -> None:
        calls = self._take()
        if not calls:
            return
        try:
            vectors = self._run([text for call in calls for text in call.texts])
        except Exception as failed:  # noqa: BLE001 - handed to whoever waits for it
            for call in calls:
                call.done.set_exception(failed)
            return
        ends = np.cumsum([len(call.texts) for call in calls])[:-1]
        for call, part in zip(calls, np.split(vectors, ends), strict=True):
            call.done.set_result(part)

    def _take(self) -> list[_Call]:
        """What waits and still wants its answer, up to `most` texts, but one call at least."""
        calls: list[_Call] = []
        texts = 0
        while self._waiting and (not calls or texts + len(self._waiting[0].texts) <= self._most):
            call = self._waiting.popleft()
            if call.done.set_running_or_notify_cancel():
                calls.append(call)
                texts += len(call.texts)
        if self._waiting:
            self._thread.submit(self._drain)
        return calls
