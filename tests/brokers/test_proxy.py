"""The proxy spoils a link as it says, and lets everything through otherwise."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.brokers.cluster import Cluster
from tests.brokers.proxy import Clear, Cut, Proxy, Silent, Slow


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(65_536):
        writer.write(chunk)
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, Proxy.start(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


async def test_what_is_sent_comes_back_whole(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    sent = bytes(range(256)) * 4_000

    writer.write(sent)
    writer.write_eof()

    assert await reader.read() == sent
    writer.close()


async def test_a_slow_link_delivers_late_and_whole(proxy: Proxy) -> None:
    proxy.become(Slow(latency_s=0.05, bytes_per_s=1_000_000))
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    begun = time.monotonic()

    writer.write(b"x" * 50_000)

    assert await reader.readexactly(50_000) == b"x" * 50_000
    assert time.monotonic() - begun >= 0.2  # twice the latency, and 50 ms of bytes each way
    writer.close()


async def test_a_silent_link_stays_open_and_delivers_when_it_clears(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    proxy.become(Silent())
    writer.write(b"held")
    answer = asyncio.create_task(reader.readexactly(4))
    done, _ = await asyncio.wait([answer], timeout=0.05)
    assert not done

    proxy.become(Clear())

    assert await answer == b"held"
    writer.close()


async def test_a_cut_resets_what_is_open_and_what_is_opened(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"before")
    await reader.readexactly(6)

    proxy.become(Cut())

    assert await ended(reader)
    later, unheard = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await ended(later)
    proxy.become(Clear())
    reader, third = await asyncio.open_connection("127.0.0.1", proxy.port)
    third.write(b"after")
    assert await reader.readexactly(5) == b"after"
    for line in (writer, unheard, third):
        line.close()


async def ended(reader: asyncio.StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


@pytest.mark.kafka
async def test_clients_of_a_broker_behind_a_proxy_depend_on_it(brokers_folder: Path) -> None:
    proxies: list[Proxy] = []
    async with AsyncExitStack() as closing:

        async def through_a_proxy(port: int) -> int:
            proxies.append(await closing.enter_async_context(Proxy.start(port)))
            return proxies[-1].port

        cluster = await closing.enter_async_context(
            Cluster.start(brokers_folder, advertise=through_a_proxy)
        )
        topic = uuid4().hex
        admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
        await admin.start()
        closing.push_async_callback(admin.close)
        await admin.create_topics([NewTopic(topic, 1, 1)])
        producer = await closing.enter_async_context(
            AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, acks="all")
        )
        await producer.send_and_wait(topic, b"before")
        proxies[0].become(Cut())
        sending = await producer.send(topic, b"one")
        done, _ = await asyncio.wait([sending], timeout=0.5)
        assert not done

        proxies[0].become(Clear())

        assert (await sending).offset == 1
