"""Brings our way of sharing partitions into aiokafka: the bytes of claims and of shares."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from aiokafka.coordinator.protocol import (
    ConsumerProtocolMemberAssignment,
    ConsumerProtocolMemberMetadata,
)

from core.event_log import Partition
from core.kafka.sharing import Claim, Share, share

_VERSION = 0


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a claim or a share that Kafka has no field for."""

    generation: int = -1
    holds: dict[str, list[int]] = {}
    gives: dict[str, list[int]] = {}


_encode = msgspec.json.Encoder().encode
_said = msgspec.json.Decoder(_Said)


class KeepingAssignor:
    """One member's; aiokafka asks it what to say, and the leader's also who gets what."""

    name = "switchboard-keeping-1"

    def __init__(
        self, claim: Callable[[], Claim], shared: Callable[[frozenset[Partition]], None]
    ) -> None:
        """Join its parts.

        Args:
            claim: what this member holds at this moment.
            shared: told what to give up, before the member hears what it has.
        """
        self._claim = claim
        self._shared = shared

    def metadata(self, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """What this member says when it joins."""
        claim = self._claim()
        said = _Said(generation=claim.generation, holds=_by_topic(claim.holds))
        return ConsumerProtocolMemberMetadata(_VERSION, list(topics), _encode(said))

    def assign(
        self, cluster: Any, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """The leader's answer to all of them."""
        claims = {
            member: _claim_of(said.subscription, said.user_data)
            for member, said in members.items()
        }
        topics = {topic for claim in claims.values() for topic in claim.topics}
        sizes = {topic: len(cluster.partitions_for_topic(topic) or ()) for topic in topics}
        return {member: _wire(one) for member, one in share(sizes, claims).items()}

    def on_assignment(self, assignment: ConsumerProtocolMemberAssignment) -> None:
        """The leader's answer to this one."""
        self._shared(_partitions(_read(assignment.user_data).gives))


def _claim_of(topics: Iterable[str], user_data: bytes) -> Claim:
    said = _read(user_data)
    return Claim(
        topics=frozenset(topics), generation=said.generation, holds=_partitions(said.holds)
    )


def _wire(one: Share) -> ConsumerProtocolMemberAssignment:
    has = sorted(_by_topic(one.has).items())
    return ConsumerProtocolMemberAssignment(
        _VERSION, has, _encode(_Said(gives=_by_topic(one.gives)))
    )


def _read(user_data: bytes | None) -> _Said:
    try:
        return _said.decode(user_data or b"{}")
    except msgspec.MsgspecError:
        return _Said()


def _by_topic(partitions: Iterable[Partition]) -> dict[str, list[int]]:
    numbers = defaultdict(list)
    for partition in partitions:
        numbers[partition.topic].append(partition.number)
    return {topic: sorted(own) for topic, own in numbers.items()}


def _partitions(by_topic: Mapping[str, Iterable[int]]) -> frozenset[Partition]:
    return frozenset(
        Partition(topic, number) for topic, numbers in by_topic.items() for number in numbers
    )
