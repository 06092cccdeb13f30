"""Faults that users report of other products: turns and channels; see tests/reported.toml."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from pydantic import SecretStr

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.errors import ModelUnavailable
from core.domain.messages import Channel
from core.domain.understanding import Understanding
from core.ports import Writer
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from deploy.accounts import Wish, add
from tests.builders import TENANT
from tests.channels.slack.kit import APP, signed
from tests.channels.slack.payloads import DM, TS, json_of, said
from tests.fakes.points import POINTS
from tests.fakes.slack import FakeSlack
from tests.fakes.talk import PHRASES, a_talk, a_walk
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_customer import Customer
from tests.walk.stage import Stage, Topic
from tests.walk.test_parking import Retries
from tests.walk.whole import settings_for, whole

SECRET = "postgresql://bot:hunter2@db/bot: relation does not exist"


class BrokenWriter(Writer):
    """Fails with words that are for operators, at once or after a visible word."""

    def __init__(self, failure: Exception, *, begins: bool) -> None:
        self._failure = failure
        self._begins = begins

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        if self._begins:
            yield "Parcels "
        raise self._failure


@pytest.mark.parametrize("begins", [False, True])
@pytest.mark.parametrize("failure", [RuntimeError(SECRET), ModelUnavailable(SECRET)])
async def test_no_exception_text_ever_reaches_a_customer(
    store: PostgresConversations, failure: Exception, begins: bool
) -> None:
    walk = a_walk(store, BrokenWriter(failure, begins=begins))
    talk = await a_talk(store, walk, retrying=Retries())

    await talk.say("How long?")
    await talk.settled()

    assert await talk.answers() == [PHRASES.say("failure", "en")]
    assert "hunter2" not in talk.live.shown
    assert not any("hunter2" in message.text for message in await talk.transcript())


async def to_the_end(stage: Stage, of: int) -> None:
    """One turn goes on alone until it is finished or was never begun."""
    for _ in POINTS * 3:
        mine = [stop for stop in stage.stops if stop.turn == of]
        if not mine:
            return
        mine[0].going_on.set_result(None)
        await stage.quiet()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("steps", range(0, len(POINTS), 2))
async def test_a_burst_over_two_workers_is_one_turn(
    store: PostgresConversations, database: Database, order: tuple[int, int], steps: int
) -> None:
    """The first worker was thought dead in the middle of the turn, and is not."""
    stage = Stage(store)
    await stage.open()
    topic = stage.topics[0]
    await _say_and_bring(stage, topic, "How long")
    for _ in range(steps):
        for stop in stage.stops:
            stop.going_on.set_result(None)
        await stage.quiet()
    unfinished = bool(stage.stops) and not await _bots(database, topic)
    stage.lose(topic, 1)
    await _say_and_bring(stage, topic, "do parcels take")
    await _say_and_bring(stage, topic, "to Canada?")

    for turn in order:
        await to_the_end(stage, turn)
    await stage.finish()

    covered = await _bots(database, topic)
    assert sum(len(one) for one in covered) == 3
    assert sorted(seq for one in covered for seq in one) == [1, 2, 3]
    if unfinished and order == (1, 0):
        assert covered == [[1, 2, 3]]


async def _say_and_bring(stage: Stage, topic: Topic, text: str) -> None:
    await stage.say(topic, text)
    stage.relay(topic, 9, twice=False)
    stage.deliver(topic, 9)
    await stage.quiet()


async def _bots(database: Database, topic: Topic) -> list[list[int]]:
    """What each stored turn covers."""
    async with database.as_service() as connection:
        rows = await connection.fetch(
            "SELECT covers FROM turns WHERE conversation = $1 ORDER BY id", topic.conversation
        )
    return [list(row["covers"]) for row in rows]


@pytest.mark.slow
async def test_updates_sent_while_we_were_down_are_answered(dsn: str) -> None:
    async with FakeTelegram.start() as telegram:
        bot = telegram.bot()
        ann, bo = Customer(bot), Customer(bot, number=8)
        settings = settings_for(dsn)
        options = {"mode": "polling", "api_url": telegram.url}
        wish = Wish(
            channel=Channel.TELEGRAM, name="shop", tenant=TENANT, token=TOKEN, options=options
        )
        await add(settings, wish)
        ann.says("How long do parcels take?")
        bo.says("And letters?")

        async with whole(settings), asyncio.timeout(60):
            while not (bot.shown(ann.number) and bot.shown(bo.number)):
                await asyncio.sleep(0.02)

        assert "How long do parcels take?" in bot.shown(ann.number)[0]
        assert "And letters?" in bot.shown(bo.number)[0]


@pytest.mark.slow
async def test_a_retry_of_an_event_that_crashed_is_answered(dsn: str) -> None:
    async with FakeSlack.start() as slack, aiohttp.ClientSession() as session:
        secret = SecretStr(APP.signing_secret)
        settings = settings_for(dsn, slack_signing_secret=secret, slack_api_url=slack.api_url)
        await add(
            settings,
            Wish(channel=Channel.SLACK, name="acme", tenant=TENANT, token=slack.token, options={}),
        )
        slack.state.said(DM, TS, "U0001")
        body = json_of(said("How long do parcels take?"))
        retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
        async with whole(settings) as service, asyncio.timeout(60):
            for _ in range(3):
                url = service.url + "/slack/events"
                async with session.post(url, data=body, headers=signed(body) | retry) as answer:
                    assert answer.status == 200
            await service.until(
                "SELECT author FROM messages ORDER BY seq", ("customer",), ("bot",)
            )
            while not slack.state.in_thread(DM, TS):
                await asyncio.sleep(0.02)
        (answer_shown,) = slack.state.in_thread(DM, TS)
        assert "Parcels take two days" in answer_shown.words
