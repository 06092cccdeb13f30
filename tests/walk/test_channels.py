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
PLACE = "number 1 in the queue"


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
            await until(lambda: len(bot.shown(ann.number)) == 4)
            assert PLACE in bot.shown(ann.number)[-1]
            ann.says("Are you there?")
            await service.until("SELECT max(seq) FROM messages", (8,))
            assert len(bot.shown(ann.number)) == 4


class Workspace:
    """Slack, as it tells a service what happens, and what stands in the thread."""

    def __init__(self, slack: FakeSlack, service: Whole, session: aiohttp.ClientSession) -> None:
        self._slack = slack
        self._service = service
        self._session = session

    async def says(self, text: str, seconds: int = 0) -> None:
        """The customer, so much later in the same thread."""
        later = {"thread_ts": TS, "ts": f"{1780315200 + seconds}.000100"} if seconds else {}
        body = json_of(said(text, **later))
        await self._tell("/slack/events", body, signed(body))

    async def presses(self, action: str, value: str) -> None:
        body = form_of(pressed(action, value))
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        await self._tell("/slack/actions", body, signed(body) | form)

    async def _tell(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        url = self._service.url + path
        async with self._session.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200

    @property
    def thread(self) -> list[Shown]:
        return self._slack.state.in_thread(DM, TS)

    def stands(self, count: int) -> bool:
        """Whether so many answers are there, whole: buttons come with the last words."""
        return len(self.thread) == count and "feedback" in self.thread[-1].buttons

    @property
    def turn(self) -> str:
        """Of the last answer, as its buttons say."""
        (feedback,) = [
            one
            for block in self.thread[-1].blocks
            for one in block.get("elements", ())
            if one.get("action_id") == "feedback"
        ]
        return feedback["positive_button"]["value"].removeprefix("up:")


async def test_a_talk_on_slack(dsn: str) -> None:
    async with FakeSlack.start() as slack, aiohttp.ClientSession() as session:
        secret = SecretStr(APP.signing_secret)
        settings = settings_for(dsn, slack_signing_secret=secret, slack_api_url=slack.api_url)
        wish = Wish(
            channel=Channel.SLACK, name="acme", tenant=TENANT, token=slack.token, options={}
        )
        account = await add(settings, wish)
        assert account.options["bot_user"] == BOT
        slack.state.said(DM, TS, "U0001")
        async with whole(settings) as service:
            acme = Workspace(slack, service, session)

            await acme.says("How long do parcels take?")
            await until(lambda: acme.thread and acme.thread[0].streaming and acme.thread[0].words)
            await until(lambda: acme.stands(1))
            assert ANSWER in acme.thread[0].words
            await acme.says("And letters?", seconds=60)
            await until(lambda: acme.stands(2))

            await acme.presses("feedback", f"down:{acme.turn}")
            await service.until(RATINGS, ("down", None))
            await acme.presses("reason", f"{min(REASONS)}:{acme.turn}")
            await _rated_with_a_reason(service)

            await acme.says("I want to talk to a person", seconds=120)
            await service.until(OWNERS, ("queue",))
            await until(lambda: len(acme.thread) == 4 and PLACE in acme.thread[-1].words)
            await acme.says("Are you there?", seconds=180)
            await service.until("SELECT max(seq) FROM messages", (8,))
            assert len(acme.thread) == 4


async def _rated_with_a_reason(service: Whole) -> None:
    async with asyncio.timeout(60):
        while not (await service.rows(RATINGS))[0][1]:
            await asyncio.sleep(0.05)
