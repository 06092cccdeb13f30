"""Whole lanes for each relay, a fair share of them, and nobody's lanes for long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.postgres.claims import Claims, fair_share
from core.postgres.database import Database

LANES = 12
PATIENCE_S = 20


@given(
    lanes=st.integers(1, 40),
    held=st.dictionaries(st.integers(1, 9), st.integers(0, 20), min_size=1),
)
def test_fair_shares_add_up_and_differ_by_one_at_most(lanes: int, held: dict[int, int]) -> None:
    shares = {relay: fair_share(lanes, held, relay) for relay in held}

    assert sum(shares.values()) == lanes
    assert max(shares.values()) - min(shares.values()) <= 1
    assert all(
        shares[one] >= shares[other] for one in held for other in held if held[one] > held[other]
    )


@asynccontextmanager
async def relays(database: Database, count: int, **times: float) -> AsyncIterator[list[Claims]]:
    claims = [Claims(database, LANES, **({"check_s": 0} | times)) for _ in range(count)]
    try:
        yield claims
    finally:
        for one in claims:
            await one.release()


async def until(
    claims: list[Claims], condition: Callable[[list[frozenset[int]]], bool]
) -> list[frozenset[int]]:
    """What each has as soon as it is so; every look is a round trip, in which others move on."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            held = [await one.held() for one in claims]
            if condition(held):
                return held


def shared(*sizes: int) -> Callable[[list[frozenset[int]]], bool]:
    return lambda held: sorted(map(len, held)) == sorted(sizes)


@pytest.mark.parametrize(
    ("count", "sizes"), [(1, (12,)), (2, (6, 6)), (3, (4, 4, 4)), (5, (3, 3, 2, 2, 2))]
)
async def test_relays_share_the_lanes(
    database: Database, count: int, sizes: tuple[int, ...]
) -> None:
    async with relays(database, count) as claims:
        held = await until(claims, shared(*sizes))

    assert frozenset().union(*held) == frozenset(range(LANES))


async def test_more_relays_than_lanes_leave_some_without(database: Database) -> None:
    async with relays(database, LANES + 2) as claims:
        await until(claims, shared(0, 0, *[1] * LANES))


async def test_what_a_relay_releases_others_take(database: Database) -> None:
    async with relays(database, 2) as claims:
        first, second = claims
        await until(claims, shared(6, 6))

        await first.release()
        await first.release()

        await until([second], shared(12))


async def test_what_a_broken_connection_held_others_take(database: Database) -> None:
    async with relays(database, 2) as claims:
        first, second = claims
        await until(claims, shared(6, 6))

        first.drop()

        await until([second], shared(12))
        await until(claims, shared(6, 6))


async def test_a_relay_that_stands_still_loses_its_lanes(database: Database) -> None:
    async with relays(database, 1, lease_s=0.01) as still, relays(database, 1) as others:
        await still[0].held()

        await until(others, shared(12))
