"""What other programs write to our topics is read like everything else: it must stop nobody."""

import pytest
from aiokafka import AIOKafkaProducer

from core.kafka.event_log import KafkaEventLog
from core.kafka.topics import Layout
from tests.contracts.logs import TOPIC, records, take

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


async def test_a_record_without_key_and_with_strange_headers_holds_up_nothing(
    kafka: str, layout: Layout, log: KafkaEventLog
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    headers = [("odd", b"\xff\x00")]
    await producer.send_and_wait(layout.name(TOPIC), key=None, value=b"0", headers=headers)
    await producer.stop()
    await log.append(records("1"))
    member = await log.join("core", [TOPIC])

    taken = await take(member, 2)

    strange, ours = sorted(taken, key=lambda record: record.value)
    assert (strange.key, strange.value) == (b"", b"0")
    assert strange.headers == {"odd": "\ufffd\x00"}
    assert ours.value == b"1"
