"""The topics: what they must be like; made where they are missing, else checked."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import InvalidReplicationFactorError, TopicAlreadyExistsError, for_code

from core.domain.errors import LogUnavailable, SetupError
from core.kafka.brokers import Brokers
from core.kafka.connect import end, reach, unavailable, within

TOPICS = ("inbound", "outbound", "events", "live", "dead-letters")
LIVE = "live"
_LIVE_HOURS = 1
"""Live signs are worth nothing a minute later; brokers clear in pieces larger than that."""
_CALL_S = 20.0
_SETTLE_S = 30.0
_AWAY_S = 30.0
"""Longer than brokers take to notice that one of them is dead."""
_AGAIN_S = 0.2
_HOUR_MS = 3_600_000
_NOT_THERE = 3
"""UNKNOWN_TOPIC_OR_PARTITION. Source: https://kafka.apache.org/protocol.html#protocol_error_codes"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What topics are called and how they are kept."""

    prefix: str = ""
    """In front of every name of a topic and of a group."""
    partitions: int = 12
    replication: int = 3
    keep_days: float = 7

    def name(self, topic: str) -> str:
        """The topic's name at the brokers."""
        return self.prefix + topic

    def config(self, topic: str) -> Mapping[str, str]:
        """The settings that a topic of ours must have."""
        keep_ms = _LIVE_HOURS * _HOUR_MS if topic == LIVE else int(self.keep_days * 24 * _HOUR_MS)
        in_sync = max(self.replication - 1, 1)  # one may be away
        return {
            "cleanup.policy": "delete",
            "min.insync.replicas": str(in_sync),
            "retention.ms": str(keep_ms),
        }


async def ensure(brokers: Brokers, layout: Layout, topics: Sequence[str] = TOPICS) -> None:
    """Make the topics that are not there yet, and compare the others with the layout.

    Raises:
        SetupError: a topic is not as it must be, or cannot be made, or the brokers refuse us; one
            sentence says why.
        LogUnavailable: the brokers do not answer.
    """
    await reach(brokers)
    until = asyncio.get_running_loop().time() + _AWAY_S
    while True:
        try:
            return await _ensured(brokers, layout, topics)
        except LogUnavailable:
            # One of them answers. It names the others until it knows that they are dead, and
            # calls go to any of them.
            if asyncio.get_running_loop().time() >= until:
                raise
        await asyncio.sleep(_AGAIN_S)


async def compare(
    brokers: Brokers, layout: Layout, topics: Sequence[str] = TOPICS
) -> Sequence[str]:
    """As `ensure`, but nothing is made.

    Returns:
        The topics that are not there yet.
    """
    async with _admin(brokers) as admin:
        return await _compared(admin, layout, topics)


async def _ensured(brokers: Brokers, layout: Layout, topics: Sequence[str]) -> None:
    async with _admin(brokers) as admin:
        missing = await _compared(admin, layout, topics)
        if missing:
            await within(_CALL_S, _make(admin, layout, missing))
            made = await within(_SETTLE_S, _settled(admin, layout, missing))
            for topic in missing:
                _compare(layout, topic, made[topic])


@asynccontextmanager
async def _admin(brokers: Brokers) -> AsyncIterator[AIOKafkaAdminClient]:
    await reach(brokers)
    admin = AIOKafkaAdminClient(**brokers.options())
    try:
        with unavailable():
            await within(_CALL_S, admin.start())
            yield admin
    finally:
        await end(admin.close(), 5)


async def _compared(
    admin: AIOKafkaAdminClient, layout: Layout, topics: Sequence[str]
) -> Sequence[str]:
    """Which of these are not there; those that are, are as they must be."""
    there = await within(_CALL_S, _described(admin, layout, topics))
    for topic in topics:
        if topic in there:
            _compare(layout, topic, there[topic])
    if there:
        await within(_CALL_S, _compare_configs(admin, layout, tuple(there)))
    return [topic for topic in topics if topic not in there]


async def _described(
    admin: AIOKafkaAdminClient, layout: Layout, topics: Sequence[str]
) -> dict[str, list[Any]]:
    """The partitions of those topics that are there."""
    names = {layout.name(topic): topic for topic in topics}
    found = await admin.describe_topics(list(names))
    return {
        names[one["topic"]]: one["partitions"] for one in found if one["error_code"] != _NOT_THERE
    }


async def _make(admin: AIOKafkaAdminClient, layout: Layout, missing: Sequence[str]) -> None:
    wanted = [
        NewTopic(
            layout.name(topic),
            layout.partitions,
            layout.replication,
            topic_configs=dict(layout.config(topic)),
        )
        for topic in missing
    ]
    answer = await admin.create_topics(wanted, timeout_ms=int(_CALL_S * 1000))
    for name, code, *_ in answer.topic_errors:
        error = for_code(code)
        if error is InvalidReplicationFactorError:
            raise SetupError(
                f"topic {name} cannot have {layout.replication} replicas, the cluster has fewer"
                " brokers: add brokers, or set deploy.kafka_replication lower, so that one lost"
                " disk loses messages"
            )
        if code and error is not TopicAlreadyExistsError:  # another process was quicker
            raise SetupError(f"topic {name} cannot be made: {error.__name__}")


async def _settled(
    admin: AIOKafkaAdminClient, layout: Layout, topics: Sequence[str]
) -> dict[str, list[Any]]:
    """The same once every partition has a leader."""
    while True:
        there = await _described(admin, layout, topics)
        if len(there) == len(topics) and all(
            partitions and all(one["leader"] >= 0 for one in partitions)
            for partitions in there.values()
        ):
            return there
        await asyncio.sleep(0.05)


def _compare(layout: Layout, topic: str, partitions: Sequence[Any]) -> None:
    name = layout.name(topic)
    if len(partitions) != layout.partitions:
        raise SetupError(
            f"topic {name} has {len(partitions)} partitions, the settings say"
            f" {layout.partitions}: set core.partitions to {len(partitions)}, for the number"
            " cannot be changed"
        )
    replicas = min((len(one["replicas"]) for one in partitions), default=0)
    if replicas < layout.replication:
        raise SetupError(
            f"topic {name} has {replicas} replicas, the settings say {layout.replication}:"
            " reassign its partitions, or set deploy.kafka_replication"
        )


async def _compare_configs(
    admin: AIOKafkaAdminClient, layout: Layout, topics: Sequence[str]
) -> None:
    names = {layout.name(topic): topic for topic in topics}
    asked = [
        ConfigResource(
            ConfigResourceType.TOPIC, name, configs=dict.fromkeys(layout.config(topic), "")
        )
        for name, topic in names.items()
    ]
    for answer in await admin.describe_configs(asked):
        for code, _, _, name, entries in answer.resources:
            if code:
                raise LogUnavailable
            found = {key: value for key, value, *_ in entries}
            for key, wanted in layout.config(names[name]).items():
                if found.get(key) != wanted:
                    raise SetupError(
                        f"topic {name} has {key}={found.get(key)}, the settings ask for {wanted}:"
                        " change the one or the other"
                    )
