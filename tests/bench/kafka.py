"""What aiokafka alone can do: records in, records out, and nothing else.

`python -m tests.bench.kafka BOOTSTRAP SECONDS` consumes records of a turn's size from one topic
and produces as many to another, acknowledged by the broker, in batches as large as come. Prints
one line of JSON: pairs of one consumed and one produced record per second.
"""

import argparse
import asyncio
import json
import time
from uuid import uuid4

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from core.kafka.brokers import Brokers
from core.kafka.topics import Layout, ensure

_VALUE = b"x" * 300
_LAYOUT = Layout(prefix=f"raw-{uuid4().hex[:8]}.", replication=1)
_BATCH = 500
_AHEAD = 60_000


async def run(bootstrap: str, seconds: float) -> dict[str, float]:
    """Pairs per second, with what was put into the first topic beforehand."""
    brokers = Brokers(bootstrap=bootstrap)
    await ensure(brokers, _LAYOUT, ["inbound", "outbound"])
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, max_batch_size=262_144
    )
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await producer.start()
    await consumer.start()
    try:
        await _send(producer, "inbound", _AHEAD)
        name = _LAYOUT.name("inbound")
        consumer.assign([TopicPartition(name, n) for n in range(_LAYOUT.partitions)])
        return await _pairs(producer, consumer, seconds)
    finally:
        await producer.stop()
        await consumer.stop()


async def _pairs(
    producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, seconds: float
) -> dict[str, float]:
    pairs, began, cpu = 0, time.perf_counter(), time.process_time()
    while (took := time.perf_counter() - began) < seconds and pairs < _AHEAD:
        found = await consumer.getmany(timeout_ms=500, max_records=_BATCH)
        count = sum(map(len, found.values()))
        await _send(producer, "outbound", count)
        pairs += count
    return {
        "pairs": pairs,
        "per_second": pairs / took,
        "cpu_us": (time.process_time() - cpu) * 1e6 / max(pairs, 1),
    }


async def _send(producer: AIOKafkaProducer, topic: str, count: int) -> None:
    name = _LAYOUT.name(topic)
    sent = [
        await producer.send(name, key=b"%d" % n, value=_VALUE, partition=n % _LAYOUT.partitions)
        for n in range(count)
    ]
    await asyncio.gather(*sent)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("bootstrap")
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    print(json.dumps(uvloop.run(run(asked.bootstrap, asked.seconds))), flush=True)


if __name__ == "__main__":
    main()
