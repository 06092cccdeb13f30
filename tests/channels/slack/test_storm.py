"""Each event is told four times, at once and late, while the receiving part goes down and up."""

import asyncio
import random
from collections import Counter

import pytest

from channels.receiving import Receiver
from core.domain.errors import StoreUnavailable
from tests.channels.slack.kit import Kit
from tests.channels.slack.payloads import BOT, DM, ROOM, in_room, said
from tests.fakes.slack_events import Delivery

EVENTS = 50


def stamp(n: int) -> str:
    return f"{1780315200 + n}.000100"


def direct(n: int) -> dict:
    return said(f"Question {n}", ts=stamp(n), outer_event_id=f"Ev{n:04}")


def twins(n: int) -> list[dict]:
    text = f"<@{BOT}> Question {n}"
    return [
        in_room(text, ts=stamp(n), type="app_mention", outer_event_id=f"Ev{n:04}A"),
        in_room(text, ts=stamp(n), outer_event_id=f"Ev{n:04}B"),
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_a_storm_of_retries_across_a_restart_is_one_acceptance_each(
    kit: Kit, seed: int
) -> None:
    order = random.Random(seed)
    payloads = [direct(n) for n in range(EVENTS)] + [
        one for n in range(EVENTS) for one in twins(n)
    ]
    told = [payload for payload in payloads for _ in range(4)]
    order.shuffle(told)
    third = len(told) // 3
    taken = Receiver(kit.parts)

    async def breaks(account, happenings, traceparent="") -> None:
        """Stores, and sometimes ends before or after that without saying so."""
        fate = order.random()
        if fate < 0.3:
            raise StoreUnavailable
        await taken(account, happenings, traceparent)
        if fate < 0.6:
            raise StoreUnavailable

    async with kit.serving(breaks) as slack:
        first = await asyncio.gather(*(slack.event(one) for one in told[:third]))
    async with kit.serving() as slack:
        retry = {"X-Slack-Retry-Num": "2", "X-Slack-Retry-Reason": "http_error"}
        later = await asyncio.gather(*(slack.event(one, **retry) for one in told))

    assert {200, 503} == set(first)
    assert set(later) == {200}
    for n in range(EVENTS):
        assert await kit.texts(f"acme/{DM}/{stamp(n)}") == [f"Question {n}"]
        assert await kit.texts(f"acme/{ROOM}/{stamp(n)}") == [f"Question {n}"]
    async with kit.database.as_service() as connection:
        stored = await connection.fetchval("SELECT count(*) FROM messages")
        queued = await connection.fetchval("SELECT count(*) FROM outbox WHERE topic = 'inbound'")
    assert stored == queued == 2 * EVENTS


async def test_slack_s_own_schedule_brings_what_was_not_taken(kit: Kit) -> None:
    """Three retries: at once, after a minute, after five; times are scaled down."""
    left = [3]

    async def away(account, happenings, traceparent="") -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise StoreUnavailable
        await Receiver(kit.parts)(account, happenings, traceparent)

    async with kit.serving(away) as slack:
        delivery = Delivery(slack.event, scale=0.0001)
        statuses = await delivery.tell(direct(1))
        lost = Counter(await delivery.tell(direct(2)))

    assert statuses == [503, 503, 503, 200]
    assert lost == {200: 1}
    assert await kit.texts(f"acme/{DM}/{stamp(1)}") == ["Question 1"]
