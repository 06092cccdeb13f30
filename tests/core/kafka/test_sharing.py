"""The law of sharing: everything has one owner, few partitions move, and it comes to rest."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from core.event_log import Partition
from core.kafka.sharing import Claim, Share, share

SIZES = {"inbound": 12, "outbound": 5}


def a_claim(*holds: Partition, generation: int = 1, topics: str = "inbound outbound") -> Claim:
    return Claim(topics=frozenset(topics.split()), generation=generation, holds=frozenset(holds))


def numbered(*numbers: int) -> tuple[Partition, ...]:
    return tuple(Partition("inbound", number) for number in numbers)


@st.composite
def rounds(draw: st.DrawFn) -> dict[str, Claim]:
    """What members may say: each partition is held by one of them, by nobody, or by two."""
    members = [f"m{n}" for n in range(draw(st.integers(1, 7)))]
    topics = {
        member: draw(st.sampled_from(["inbound", "outbound", "inbound outbound"]))
        for member in members
    }
    holds: dict[str, set[Partition]] = {member: set() for member in members}
    for topic, size in SIZES.items():
        for number in range(size):
            for holder in draw(st.lists(st.sampled_from(members), max_size=2, unique=True)):
                holds[holder].add(Partition(topic, number))
    return {
        member: a_claim(*holds[member], generation=draw(st.integers(-1, 3)), topics=topics[member])
        for member in members
    }


@given(rounds())
def test_every_partition_somebody_reads_has_exactly_one_owner(claims) -> None:
    shares = share(SIZES, claims)

    owned = [partition for one in shares.values() for partition in one.has]
    read = {topic for claim in claims.values() for topic in claim.topics}
    assert len(owned) == len(set(owned))
    assert set(owned) == {
        Partition(topic, n) for topic, size in SIZES.items() if topic in read for n in range(size)
    }
    for member, one in shares.items():
        assert {partition.topic for partition in one.has} <= claims[member].topics
        assert one.gives <= one.has


@given(rounds())
def test_nobody_loses_what_only_they_hold(claims) -> None:
    shares = share(SIZES, claims)

    for member, claim in claims.items():
        others = {p for name, other in claims.items() if name != member for p in other.holds}
        mine = {p for p in claim.holds if p.topic in claim.topics} - others
        assert mine <= shares[member].has


@given(rounds())
def test_it_comes_to_rest_with_even_shares_after_one_more_round(claims) -> None:
    after = settled(claims, share(SIZES, claims))

    second = share(SIZES, after)
    third = share(SIZES, settled(after, second))

    assert {m: s.has for m, s in third.items()} == {m: s.has for m, s in second.items()}
    for topic in SIZES:
        counts = [
            sum(p.topic == topic for p in third[member].has)
            for member, claim in claims.items()
            if topic in claim.topics
        ]
        assert not counts or max(counts) - min(counts) <= 1
    assert not any(one.gives for one in third.values())


def test_a_newcomer_gets_only_what_the_others_are_too_many_of() -> None:
    claims = {"old": a_claim(*numbered(*range(12)), topics="inbound"), "new": a_claim()}

    shares = share({"inbound": 12}, claims)

    assert shares["old"].has == set(numbered(*range(12)))
    assert len(shares["old"].gives) == 6
    assert shares["new"].has == set()


def test_what_a_dead_member_held_goes_to_the_others_at_once() -> None:
    claims = {"a": a_claim(*numbered(0, 1, 2, 3)), "b": a_claim(*numbered(4, 5, 6, 7))}

    shares = share({"inbound": 12}, claims)

    assert len(shares["a"].has) == len(shares["b"].has) == 6
    assert not shares["a"].gives
    assert not shares["b"].gives


def test_of_two_who_claim_a_partition_the_later_round_holds() -> None:
    claims = {
        "stale": a_claim(*numbered(0), generation=3),
        "current": a_claim(*numbered(0), generation=4),
    }

    assert Partition("inbound", 0) in share({"inbound": 2}, claims)["current"].has


def settled(claims: Mapping[str, Claim], shares: Mapping[str, Share]) -> dict[str, Claim]:
    """What the members say in the round after they have let go."""
    return {
        member: Claim(
            topics=claims[member].topics,
            generation=9,
            holds=frozenset(one.has - one.gives),
        )
        for member, one in shares.items()
    }
