"""One talk through each channel: a growing answer, more of it, a thumb with a reason, a person."""

import asyncio
from collections.abc import Callable

import aiohttp
import pytest
from pydantic import SecretStr

from channels.slack.clicks import REASONS
from core.domain.messages import Channel
from deploy.accounts import Wish, add
from tests.builders import TENANT
from tests.channels.slack.kit import APP, signed
from tests.channels.slack.payloads import BOT, DM, TS, form_of, json_of, pressed, said
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import Shown
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_customer import Customer
from tests.walk.whole import Whole, settings_for, whole

pytestmark = pytest.mark.slow

RATINGS = "SELECT thumb, reason FROM ratings"
OWNERS = "SELECT owner FROM conversations"
ANSWER = "Parcels take two days"


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_talk_on_telegram(dsn: str, mode: str) -> None:
    async with FakeTelegram.start() as telegram:
        bot = telegram.bot()
        ann = Customer(bot)
        settings = settings_for(dsn)
        wish = Wish(
            channel=Channel.TELEGRAM,
            name="shop",
            tenant=TENANT,
            token=TOKEN,
            options={"mode": mode, "api_url": telegram.url},
        )
        await add(settings, wish)
        async with whole(settings) as service:
            ann.says("How long do parcels take?")
            await until(lambda: any(ANSWER in text for text in bot.previews(ann.number)))
            assert bot.shown(ann.number) == []
            await until(lambda: bot.shown(ann.number))
            (answer,) = bot.shown(ann.number)
            assert "How long do parcels take?" in answer
            assert "Handbook" in answer

            ann.says("And letters?")
            await until(lambda: len(bot.shown(ann.number)) == 2)
            ann.presses(bot.last(ann.number), "👎")
            await service.until(RATINGS, ("down", None))
            await until(lambda: telegram.called("editMessageReplyMarkup"))
            reasons = bot.last(ann.number)["reply_markup"]["inline_keyboard"]
            ann.presses(bot.last(ann.number), reasons[0][0]["text"])
            await _rated_with_a_reason(service)

            ann.says("I want to talk to a person")
            await service.until(OWNERS, ("queue",))
            await until(lambda: len(bot.shown(ann.number)) == 3)
            ann.says("Are you there?")
            await service.until("SELECT max(seq) FROM messages", (7,))
            assert len(bot.shown(ann.number)) == 3


async def test_a_talk_on_slack(dsn: str) -> None:
    async with FakeSlack.start() as slack, aiohttp.ClientSession() as session:
        settings = settings_for(
            dsn, slack_signing_secret=SecretStr(APP.signing_secret), slack_api_url=slack.api_url
        )
        wish = Wish(
            channel=Channel.SLACK,
            name="acme",
            tenant=TENANT,
            token=slack.token,
            options={"strangers": "answer"},
        )
        account = await add(settings, wish)
        assert account.options["bot_user"] == BOT
        async with whole(settings) as service:

            async def tell(payload: dict, path: str = "/slack/events") -> None:
                body = json_of(payload) if path == "/slack/events" else form_of(payload)
                headers = signed(body)
                if path != "/slack/events":
                    headers["Content-Type"] = "application/x-www-form-urlencoded"
                async with session.post(service.url + path, data=body, headers=headers) as answer:
                    assert answer.status == 200

            def thread() -> list[Shown]:
                return slack.state.in_thread(DM, TS)

            slack.state.said(DM, TS, "U0001")
            await tell(said("How long do parcels take?"))
            await until(lambda: thread() and thread()[0].streaming and thread()[0].words)
            await until(lambda: not thread()[0].streaming)
            (answer,) = thread()
            assert ANSWER in answer.words
            assert "feedback" in answer.buttons

            await tell(said("And letters?", thread_ts=TS, ts="1780315300.000100"))
            await until(lambda: len(thread()) == 2 and not thread()[1].streaming)
            ((turn,),) = await service.rows(
                "SELECT turn::text FROM messages WHERE author = 'bot' ORDER BY seq DESC LIMIT 1"
            )
            await tell(pressed("feedback", f"down:{turn}"), "/slack/actions")
            await service.until(RATINGS, ("down", None))
            await tell(pressed("reason", f"{min(REASONS)}:{turn}"), "/slack/actions")
            await _rated_with_a_reason(service)

            await tell(said("I want to talk to a person", thread_ts=TS, ts="1780315400.000100"))
            await service.until(OWNERS, ("queue",))
            await until(lambda: len(thread()) == 3)
            await tell(said("Are you there?", thread_ts=TS, ts="1780315500.000100"))
            await service.until("SELECT max(seq) FROM messages", (7,))
            assert len(thread()) == 3


async def _rated_with_a_reason(service: Whole) -> None:
    async with asyncio.timeout(60):
        while not (await service.rows(RATINGS))[0][1]:
            await asyncio.sleep(0.05)
