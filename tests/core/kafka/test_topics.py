"""Topics are made as they must be, and one that is otherwise is named in a sentence."""

import asyncio
from dataclasses import replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from core.domain.errors import LogUnavailable, SetupError
from core.kafka.brokers import Brokers
from core.kafka.topics import TOPICS, Layout, ensure
from tests.brokers.cluster import Cluster

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


async def configs(brokers: Brokers, name: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers.bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    finally:
        await admin.close()
    return {key: value for _, _, _, _, found in answer.resources for key, value, *_ in found}


async def test_topics_are_made_as_the_layout_says(brokers: Brokers, layout: Layout) -> None:
    await ensure(brokers, replace(layout, keep_days=2))

    for topic in TOPICS:
        found = await configs(brokers, layout.name(topic))
        hours = 1 if topic == "live" else 48
        assert found["retention.ms"] == str(hours * 3_600_000)
        assert found["cleanup.policy"] == "delete"


async def test_topics_that_are_there_are_left_as_they_are(
    brokers: Brokers, layout: Layout
) -> None:
    await ensure(brokers, layout)

    await ensure(brokers, layout)


async def test_another_number_of_partitions_is_refused(brokers: Brokers, layout: Layout) -> None:
    await ensure(brokers, layout)

    with pytest.raises(SetupError, match=r"has 12 partitions, the settings say 24: set core"):
        await ensure(brokers, replace(layout, partitions=24))


async def test_too_few_replicas_are_refused(brokers: Brokers, layout: Layout) -> None:
    await ensure(brokers, layout)

    with pytest.raises(SetupError, match=r"has 1 replicas, the settings say 3: reassign"):
        await ensure(brokers, replace(layout, replication=3))


async def test_more_replicas_than_brokers_are_refused(brokers: Brokers, layout: Layout) -> None:
    with pytest.raises(SetupError, match=r"cannot have 3 replicas, the cluster has fewer brokers"):
        await ensure(brokers, replace(layout, replication=3))


async def test_another_retention_is_refused(brokers: Brokers, layout: Layout) -> None:
    await ensure(brokers, layout)

    with pytest.raises(SetupError, match=r"retention.ms=604800000, the settings ask for 86400000"):
        await ensure(brokers, replace(layout, keep_days=1))


async def test_brokers_that_are_not_there_are_unavailable(layout: Layout) -> None:
    with pytest.raises(LogUnavailable):
        await ensure(Brokers(bootstrap="127.0.0.1:1"), layout)


async def test_a_broker_that_died_just_now_keeps_no_process_from_starting(
    kafka_three: Cluster, layout: Layout
) -> None:
    """The others still name it, so that a call or two of every start goes to it."""
    brokers, layout = Brokers(bootstrap=kafka_three.bootstrap), replace(layout, replication=3)
    await ensure(brokers, layout)
    dead = kafka_three.brokers[0]
    await dead.kill()

    try:
        await asyncio.gather(*(ensure(brokers, layout) for _ in range(20)))
    finally:
        await dead.restart()
