"""Asks for what platforms cannot bring: a poller for each account that wants one."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from channels.accounts import Account, Accounts
from core.domain.errors import SwitchboardError
from core.domain.messages import Channel
from deploy.processes import Part

_LOOK_S = 5.0
"""Between two looks at the accounts; one that is added is polled from then on."""
_log = structlog.get_logger(__name__)


class Pollers(Part):
    """One for each account of a channel whose option `mode` is `polling`."""

    def __init__(
        self, channel: Channel, accounts: Accounts, make: Callable[[Account], Part]
    ) -> None:
        self._channel = channel
        self._accounts = accounts
        self._make = make
        self._running: dict[str, tuple[Account, Part, asyncio.Task[None]]] = {}
        self._stop = asyncio.Event()

    async def run(self) -> None:
        try:
            while not self._stop.is_set():
                with suppress(SwitchboardError):  # it is looked again soon
                    await self._adjust(await self._accounts.all(self._channel))
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_S):
                        await self._stop.wait()
            await self._adjust(())
        finally:
            tasks = [task for _, _, task in self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def stop(self) -> None:
        self._stop.set()

    async def _adjust(self, accounts: Sequence[Account]) -> None:
        """Poll these and no others; one that has changed or has ended is begun anew."""
        wanted = {one.name: one for one in accounts if one.options.get("mode") == "polling"}
        leaving = []
        for name, (account, poller, task) in list(self._running.items()):
            if task.done() or wanted.get(name) != account:
                poller.stop()
                leaving.append(task)
                del self._running[name]
        for ended in await asyncio.gather(*leaving, return_exceptions=True):
            if isinstance(ended, Exception):
                _log.error("a poller has ended", error=type(ended).__name__)
        for name in wanted.keys() - self._running.keys():
            poller = self._make(wanted[name])
            self._running[name] = wanted[name], poller, asyncio.create_task(poller.run())
