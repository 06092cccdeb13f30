"""Waits for foreign code as long as it may take, and not a moment longer."""

import asyncio
import inspect
import threading
from collections.abc import Callable
from contextlib import suppress

MOST_THREADS = 16
"""Of hooks that did not come back in time; as long as so many hang, none is called."""


class HookLate(Exception):
    """The hook did not come back in time."""


class Bound:
    """Runs functions beside the loop; those that hang do not keep the process from ending."""

    def __init__(self) -> None:
        self._threads = 0

    async def call(
        self, function: Callable[..., object], arguments: tuple[object, ...], limit_s: float
    ) -> object:
        """What the function returns.

        An async one runs in the loop, where it must not block; any other one in a thread of its
        own, which ends by itself or with the process.

        Raises:
            HookLate: it takes longer, or too many still hang.
            Exception: whatever the function raises.
        """
        if inspect.iscoroutinefunction(function):
            task = asyncio.ensure_future(_settled(function(*arguments)))
        else:
            task = asyncio.ensure_future(self._beside(function, arguments))
        task.add_done_callback(_heard)
        try:
            done, _ = await asyncio.wait({task}, timeout=limit_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done:
            task.cancel()  # not waited for: it may refuse to end
            raise HookLate
        if task.cancelled():
            raise HookLate
        return task.result()

    async def _beside(
        self, function: Callable[..., object], arguments: tuple[object, ...]
    ) -> object:
        if self._threads >= MOST_THREADS:
            raise HookLate
        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()

        def settle(result: object, error: BaseException | None) -> None:
            self._threads -= 1
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        def run() -> None:
            result, error = None, None
            try:
                result = function(*arguments)
            except BaseException as raised:  # noqa: BLE001 - it belongs to who waits
                error = raised if isinstance(raised, Exception) else RuntimeError()
            with suppress(RuntimeError):  # the loop is gone, and nobody waits
                loop.call_soon_threadsafe(settle, result, error)

        self._threads += 1
        threading.Thread(target=run, daemon=True, name="hook").start()
        return await _settled(await future)


async def _settled(returned: object) -> object:
    """What an awaitable brings, from a function that did not look like an async one, too."""
    return await returned if inspect.isawaitable(returned) else returned


def _heard(task: asyncio.Future[object]) -> None:
    """Look at a failure that nobody waits for any more, or the loop would print its text."""
    if not task.cancelled():
        task.exception()
