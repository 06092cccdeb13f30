"""A log with a prefix of its own on the run's broker."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from core.kafka.brokers import Brokers
from core.kafka.event_log import KafkaEventLog
from core.kafka.topics import Layout


@pytest.fixture
def brokers(kafka: str) -> Brokers:
    return Brokers(bootstrap=kafka)


@pytest.fixture
def layout() -> Layout:
    return Layout(prefix=f"{uuid4().hex[:8]}.", replication=1)


@pytest.fixture
async def log(brokers: Brokers, layout: Layout) -> AsyncIterator[KafkaEventLog]:
    opened = await KafkaEventLog.open(brokers, layout, topics=["inbound"])
    yield opened
    await opened.close()
