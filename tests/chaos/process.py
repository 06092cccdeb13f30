"""One process of the product, which can be killed, frozen and started again."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_STOP_S = 60


class Process:
    """Started with these words; its log goes on over all its lives."""

    def __init__(
        self, name: str, words: Sequence[str], env: Mapping[str, str], *, log: Path, port: int
    ) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{port}"
        """Where it says how it is."""
        self._log = log
        self.wanted = False
        """Whether it should be running: a supervisor would start it again."""
        self._words = ["setpriv", "--pdeathsig", "KILL", *words]
        if not shutil.which("setpriv"):
            self._words = list(words)
        self._env = {**os.environ, **env}  # noqa: TID251 - what a process of ours inherits
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the life it is in."""
        assert self._process is not None
        return self._process.pid

    @property
    def status(self) -> int | None:
        """None while it runs, frozen or not; else its exit status."""
        return 0 if self._process is None else self._process.poll()

    def start(self) -> None:
        """Begin a life."""
        self.wanted = True
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words,
                cwd=_ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """kill -9: nothing is flushed, closed or said."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> float:
        """SIGTERM; the seconds until it was gone. After a minute it is killed."""
        begun = time.monotonic()
        await self._end(signal.SIGTERM)
        return time.monotonic() - begun

    def freeze(self) -> None:
        """SIGSTOP: its sockets stay open and nobody answers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT: it goes on as if no time had passed."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    async def _end(self, number: signal.Signals) -> None:
        self.wanted = False
        if self._process is None:
            return
        self._process.send_signal(number)
        until = time.monotonic() + _STOP_S
        while self.status is None and time.monotonic() < until:
            await asyncio.sleep(0.02)
        self._process.kill()
        self._process.wait()
