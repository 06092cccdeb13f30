"""How a group shares partitions without stopping: a member keeps what it has until it gave it up.

Kafka's classic protocol takes everything from everybody at each rebalance. Here each member tells
what it holds, the leader leaves it there, and marks what should move; that member finishes its
work on those, commits, lets go and asks for another round, which gives them to others. So a
rebalance interrupts nobody but the conversations that move. The thought is that of KIP-429.

Source: https://cwiki.apache.org/confluence/display/KAFKA/KIP-429
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.event_log import Partition


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one member says when it joins a round."""

    topics: frozenset[str]
    generation: int = -1
    """The round in which it got what it holds; of two claims the later one holds."""
    holds: frozenset[Partition] = frozenset()


@dataclass(slots=True)
class Share:
    """What one member gets in a round."""

    has: set[Partition] = field(default_factory=set)
    gives: set[Partition] = field(default_factory=set)
    """Of what it has: to be finished and let go of."""


def share(sizes: Mapping[str, int], claims: Mapping[str, Claim]) -> dict[str, Share]:
    """Everybody's share: all partitions, none twice, and as little movement as can be.

    Args:
        sizes: partitions of each topic.
        claims: by member.
    """
    shares = {member: Share() for member in claims}
    holders = _holders(claims)
    for topic, size in sizes.items():
        members = sorted(member for member, claim in claims.items() if topic in claim.topics)
        if members:
            _share_topic(topic, size, members, holders, shares)
    return shares


def _holders(claims: Mapping[str, Claim]) -> dict[Partition, str]:
    """Who holds what; of two who claim a partition the one who got it later."""
    holders: dict[Partition, str] = {}
    for member in sorted(claims, key=lambda name: (claims[name].generation, name)):
        claim = claims[member]
        holders |= {
            partition: member for partition in claim.holds if partition.topic in claim.topics
        }
    return holders


def _share_topic(
    topic: str,
    size: int,
    members: Sequence[str],
    holders: Mapping[Partition, str],
    shares: Mapping[str, Share],
) -> None:
    held: dict[str, list[Partition]] = {member: [] for member in members}
    free: list[Partition] = []
    for number in range(size):
        partition = Partition(topic, number)
        held.get(holders.get(partition, ""), free).append(partition)
    fair, rest = divmod(size, len(members))
    # Who holds most may keep one more: the fewest move.
    for rank, member in enumerate(sorted(members, key=lambda name: (-len(held[name]), name))):
        due = fair + (rank < rest)
        mine = held[member]
        shares[member].has.update(mine)
        shares[member].gives.update(mine[due:])
        while free and len(mine) < due:
            mine.append(free.pop(0))
            shares[member].has.add(mine[-1])
