"""The brokers that other tests rest on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.brokers.cluster import Cluster

pytestmark = pytest.mark.kafka


@asynccontextmanager
async def a_topic(bootstrap: str, replicas: int) -> AsyncIterator[str]:
    topic = f"{uuid4().hex}.topic"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        made = await admin.create_topics([NewTopic(topic, 1, replicas)])
        assert made.topic_errors[0][1] == 0, made
        yield topic
    finally:
        await admin.close()


async def produce(bootstrap: str, topic: str, words: list[bytes]) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, request_timeout_ms=3000
    ) as producer:
        for word in words:
            await producer.send_and_wait(topic, word)


async def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        group_id=uuid4().hex,
        auto_offset_reset="earliest",
        request_timeout_ms=3000,
        retry_backoff_ms=100,
    ) as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_what_is_produced_is_consumed_by_a_group(kafka: str) -> None:
    async with a_topic(kafka, replicas=1) as topic:
        await produce(kafka, topic, [b"one", b"two"])

        assert await consume(kafka, topic, 2) == [b"one", b"two"]


async def test_a_killed_broker_comes_back_with_what_it_acknowledged(brokers_folder: Path) -> None:
    async with (
        Cluster.start(brokers_folder) as cluster,
        a_topic(cluster.bootstrap, replicas=1) as topic,
    ):
        await produce(cluster.bootstrap, topic, [b"one", b"two"])
        await cluster.brokers[0].kill()
        await cluster.brokers[0].restart()

        assert await consume(cluster.bootstrap, topic, 2) == [b"one", b"two"]


@pytest.mark.slow
async def test_three_brokers_take_records_with_one_dead_and_one_frozen_for_a_while(
    kafka_three: Cluster,
) -> None:
    async with a_topic(kafka_three.bootstrap, replicas=3) as topic:
        await produce(kafka_three.bootstrap, topic, [b"one"])
        dead, frozen, _ = kafka_three.brokers
        await dead.kill()
        await produce(kafka_three.bootstrap, topic, [b"two"])
        await dead.restart()
        frozen.freeze()
        try:
            await produce(kafka_three.bootstrap, topic, [b"three"])
        finally:
            frozen.thaw()

        assert await consume(kafka_three.bootstrap, topic, 3) == [b"one", b"two", b"three"]


async def test_no_broker_outlives_its_cluster(brokers_folder: Path) -> None:
    async with Cluster.start(brokers_folder) as cluster:
        broker = cluster.brokers[0]
        assert broker.is_running

    assert not broker.is_running
