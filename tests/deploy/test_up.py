"""`switchboard up` as an operator meets it, from its first start to its restart."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from deploy.embedded import EmbeddedPostgres

pytestmark = [pytest.mark.slow, pytest.mark.models]
PATIENCE_S = 120


@pytest.fixture
def folder(server_folder: Path) -> Path:
    documents = server_folder / "documents"
    documents.mkdir()
    (documents / "delivery.md").write_text(
        "# Delivery\n\nParcels to Canada take five working days.\n\n"
        "# Returns\n\nA used tent can be sent back within 30 days.\n"
    )
    (documents / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    return server_folder


class Up:
    """A running `switchboard up`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.printed = ""
        self.url = ""

    async def until_serving(self) -> None:
        assert self.process.stdout
        async with asyncio.timeout(PATIENCE_S):
            while not self.url:
                line = await self.process.stdout.readline()
                assert line, self.printed
                self.printed += line.decode()
                served = re.match(r"serving at (\S+)", line.decode())
                self.url = served[1] if served else ""

    async def end(self, with_signal: signal.Signals) -> int:
        self.process.send_signal(with_signal)
        rest, _ = await self.process.communicate()
        self.printed += rest.decode()
        assert self.process.returncode is not None
        return self.process.returncode

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def ask(self, question: str) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url + "/api/v1/chat", json={"query": question}) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return await answer.json()


@asynccontextmanager
async def up(folder: Path, *options: str) -> AsyncIterator[Up]:
    service = Up(await command("up", "--data-dir", str(folder / "data"), "--port", "0", *options))
    try:
        await service.until_serving()
        yield service
    finally:
        if service.process.returncode is None:
            service.process.kill()
            await service.process.communicate()
        EmbeddedPostgres.open(folder / "data").close()


async def command(*words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "deploy.cli", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={
            "PATH": os.defpath,
            # whether three sentences are ground enough is not the question here
            "SWITCHBOARD_CORE__DECLINE_BELOW": "0",
            "SWITCHBOARD_DEPLOY__LOG_LEVEL": "debug",
        },
    )


async def said_by(*words: str) -> tuple[int | None, str]:
    process = await command(*words)
    out, _ = await process.communicate()
    return process.returncode, out.decode()


async def test_an_answer_is_cited_and_still_there_after_a_restart(folder: Path) -> None:
    knowledge = ("--knowledge", str(folder / "documents"))
    async with up(folder, *knowledge) as first:
        answer = await first.ask("How long do parcels to Canada take?")
        ended = await first.end(signal.SIGTERM)

    async with up(folder, *knowledge) as second:
        path = f"/api/v1/conversations/{answer['conversation']}/messages"
        stored = await second.get(path)
        ended_again = await second.end(signal.SIGINT)

    assert (ended, ended_again) == (0, 0), first.printed + second.printed
    assert answer["decision"] == "reply", answer
    assert answer["sources"][0]["quote"] == "Parcels to Canada take five working days."
    assert [message["text"] for message in stored["messages"]] == [
        "How long do parcels to Canada take?",
        answer["answer"],
    ]
    assert '"turn stored"' in first.printed
    assert "Canada" not in first.printed + second.printed
    assert "broken.pdf: " in first.printed
    assert "1 added" in first.printed
    assert not (folder / "data" / "postgres" / "postmaster.pid").exists()


async def test_other_commands_work_beside_it(folder: Path) -> None:
    data_dir = ("--data-dir", str(folder / "data"))
    async with up(folder, "--knowledge", str(folder / "documents")) as service:
        (folder / "more.md").write_text("# Points\n\nA review earns fifty points.\n")

        added = await said_by("knowledge", "add", str(folder / "more.md"), *data_dir)
        again = await said_by("up", *data_dir, "--port", "0")
        port = service.url.rsplit(":", 1)[1]
        taken = await said_by("up", "--data-dir", str(folder / "other"), "--port", port)
        answer = await service.ask("How many points does a review earn?")

        assert await service.end(signal.SIGTERM) == 0
    assert added[0] == 0, added[1]
    assert again[0] == 1
    assert "is already served by another `switchboard up` (process" in again[1]
    assert taken[0] == 1
    assert f":{port} cannot be served" in taken[1]
    assert not (folder / "other" / "postgres").exists()
    assert answer["decision"] == "reply", answer
    assert "fifty points" in answer["answer"]
