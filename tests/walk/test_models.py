"""The whole service over model servers that are processes of their own, and are killed."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import openai
import pytest

from core.settings import CoreSettings, ModelTarget
from tests.walk.whole import settings_for, whole

pytestmark = pytest.mark.slow

FACT = "Parcels take two days."
TURNS = "SELECT count(*) FROM turns"


@dataclass
class Server:
    """A process that speaks as TGI does, at an address of its own."""

    name: str
    process: asyncio.subprocess.Process
    url: str

    @property
    def target(self) -> dict[str, object]:
        role = "backup" if self.name == "backup" else "main"
        return {"type": "tgi", "url": self.url, "name": self.name, "role": role}

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def a_server(name: str, *, port: int = 0, gap_ms: int = 0) -> AsyncIterator[Server]:
    text = f"{name.title()}: parcels take two days. [1]"
    words = ("-m", "tests.fakes.tgi", str(port), "--text", text, "--gap-ms", str(gap_ms))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *words, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    async with asyncio.timeout(60):
        url = (await process.stdout.readline()).decode().strip()
    server = Server(name, process, url)
    try:
        yield server
    finally:
        await server.kill()


def settings_over(dsn: str, *servers: Server):
    targets = tuple(ModelTarget(**server.target) for server in servers)  # type: ignore[arg-type]
    return settings_for(dsn).model_copy(update={"core": CoreSettings(models=targets)})


async def asked(url: str) -> str:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/api/v1/chat", json={"query": "How long do parcels take?"}) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return (await answer.json())["answer"]


async def told(url: str) -> AsyncIterator[tuple[str, dict]]:
    """The events of a streamed answer."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{url}/api/v1/chat",
            json={"query": "How long do parcels take?"},
            headers={"accept": "text/event-stream"},
        ) as answer,
    ):
        name = ""
        async for line in answer.content:
            field, _, value = line.decode().strip().partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


async def test_a_killed_model_is_followed_by_its_backup_and_then_by_the_documents(
    dsn: str,
) -> None:
    async with (
        a_server("main") as main,
        a_server("backup") as backup,
        whole(settings_over(dsn, main, backup)) as service,
    ):
        first = await asked(service.url)
        await main.kill()
        second = await asked(service.url)
        await backup.kill()
        third = await asked(service.url)
        port = int(main.url.rpartition(":")[2])
        async with a_server("main", port=port):
            fourth = await asked(service.url)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{service.url}/metrics") as answer,
        ):
            metrics = await answer.text()

    assert [first, second, third, fourth] == [
        "Main: parcels take two days. [1]",
        "Backup: parcels take two days. [1]",
        f"{FACT} [1]",
        "Main: parcels take two days. [1]",
    ]
    assert 'switchboard_answers_total{path="main",variant=""} 2.0' in metrics
    assert 'switchboard_answers_total{path="backup",variant=""} 1.0' in metrics
    assert 'switchboard_answers_total{path="extract",variant=""} 1.0' in metrics
    assert 'switchboard_model_failures_total{kind="failed",target="main"}' in metrics


async def test_of_a_model_killed_in_mid_answer_nothing_is_left_and_no_other_goes_on(
    dsn: str,
) -> None:
    async with (
        a_server("main", gap_ms=300) as main,
        a_server("backup") as backup,
        whole(settings_over(dsn, main, backup)) as service,
    ):
        shown, message = "", {}
        async for event, data in told(service.url):
            if event == "delta":
                shown += data["text"]
                await main.kill()
            elif event == "message":
                message = data
        after = await asked(service.url)
        await service.until(TURNS, (2,))

    assert "Main: parcels take".startswith(shown.strip())
    assert message["decision"] == "decline"
    assert after == "Backup: parcels take two days. [1]"


async def test_what_replaces_a_broken_answer_comes_once_and_whole_to_clients_of_openai(
    dsn: str,
) -> None:
    async with (
        a_server("main", gap_ms=300) as main,
        a_server("backup") as backup,
        whole(settings_over(dsn, main, backup)) as service,
        openai.AsyncOpenAI(base_url=f"{service.url}/v1", api_key="none", max_retries=0) as client,
    ):
        shown = ""
        stream = await client.chat.completions.create(
            model="switchboard",
            messages=[{"role": "user", "content": "How long do parcels take?"}],
            stream=True,
        )
        async for chunk in stream:
            shown += chunk.choices[0].delta.content or ""
            if shown:
                await main.kill()

    before, _, after = shown.partition("\n\n")
    assert "Main: parcels take".startswith(before.strip())
    assert "person" in after


async def test_a_service_starts_before_its_models_do(dsn: str) -> None:
    async with a_server("main") as main:
        port = int(main.url.rpartition(":")[2])
        await main.kill()
        async with whole(settings_over(dsn, main)) as service:
            before = await asked(service.url)
            async with a_server("main", port=port):
                after = await asked(service.url)

    assert before == f"{FACT} [1]"
    assert after == "Main: parcels take two days. [1]"
