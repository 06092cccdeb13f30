"""`switchboard chat` as a person meets it: through a pipe, and through a terminal."""

import asyncio
import os
import pty
import sys

import pytest

from tests.fakes.chat_service import FakeChatService

pytestmark = pytest.mark.slow  # many connections: not for make quick

CHAT = ("-m", "deploy.cli", "chat", "--url")


async def test_piped_lines_are_answered_one_after_the_other() -> None:
    async with FakeChatService().running() as service:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *CHAT, service.url, stdin=-1, stdout=-1, stderr=-1
        )

        out, errors = await process.communicate(b"hello\n\nand you?\n")

    assert process.returncode == 0, errors
    assert out.decode().splitlines() == [
        "bot  You said: hello [1]",
        "     [1] Manual (manual.md): “So it is.”",
        "bot  You said: and you? [1]",
        "     [1] Manual (manual.md): “So it is.”",
    ]


async def test_without_a_service_it_says_so_and_fails() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *CHAT, "http://127.0.0.1:1", stdin=-1, stdout=-1, stderr=-1
    )

    _, errors = await process.communicate(b"hello\n")

    assert process.returncode == 1
    assert b"nobody answers at http://127.0.0.1:1" in errors


async def test_in_a_terminal_one_key_rates_and_any_other_begins_the_next_question() -> None:
    async with FakeChatService().running() as service, Terminal() as terminal:
        process = await terminal.start(sys.executable, *CHAT, service.url)

        await terminal.until("you  ")
        terminal.type("hello\r")
        await terminal.until("So it is.")
        await terminal.until("you  ")
        terminal.type("+")
        await terminal.until("thank you")
        await terminal.until("you  ")
        terminal.type("b")
        terminal.type("ye\r")
        await terminal.until("You said: bye")
        await terminal.until("you  ")
        terminal.type("\x04")

        assert await process.wait() == 0
    assert service.said == ["hello", "bye"]
    assert [rate.thumb for rate in service.rated] == ["up"]


class Terminal:
    """A terminal with a program in it; `until` waits for what the program prints next."""

    def __init__(self) -> None:
        self._ours, self._theirs = pty.openpty()
        self._unread = ""
        self._printed = asyncio.Event()

    async def __aenter__(self) -> "Terminal":
        asyncio.get_running_loop().add_reader(self._ours, self._read)
        return self

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._ours)
        os.close(self._ours)
        os.close(self._theirs)

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *words, stdin=self._theirs, stdout=self._theirs, stderr=self._theirs
        )

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    async def until(self, text: str) -> None:
        async with asyncio.timeout(20):
            while text not in self._unread:
                self._printed.clear()
                await self._printed.wait()
        self._unread = self._unread.split(text, 1)[1]

    def _read(self) -> None:
        try:
            self._unread += os.read(self._ours, 65536).decode(errors="replace")
        except OSError:
            asyncio.get_running_loop().remove_reader(self._ours)
        self._printed.set()
