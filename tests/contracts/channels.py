"""Every pushed channel behind one face: a customer, a platform with faults, what stands there."""

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from channels.accounts import Account, Accounts
from channels.contract import Capabilities, Delivers, Parse, Render, Verify
from channels.places import Place, Places
from channels.slack import render as slack_render
from channels.slack import send as slack_send
from channels.slack.parse import parse as parse_slack
from channels.slack.verify import signed_with
from channels.telegram import render as telegram_render
from channels.telegram import send as telegram_send
from channels.telegram.parse import TelegramParse
from channels.telegram.verify import HEADER
from channels.telegram.verify import verify as verify_telegram
from core.domain.events import MessageSent
from core.postgres.database import Database
from tests.channels.slack.kit import APP, signed
from tests.channels.slack.payloads import json_of, said
from tests.channels.slack.stage import a_stage
from tests.channels.telegram.account import SECRET
from tests.channels.telegram.kit import Kit
from tests.fakes.clock import FakeClock
from tests.fakes.slack import Fault, Refuse, SlowDown, TakeInSilence
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import How


class OnePlatform(ABC):
    """One account with one customer."""

    verify: Verify
    parse: Parse
    render: Render[object]
    channel: Delivers
    account: Account
    accounts: Accounts
    places: Places
    secret_header: str
    """The header that proves who asks."""
    capabilities: Capabilities

    @abstractmethod
    def request(self) -> tuple[dict[str, str], bytes]:
        """A genuine one: a customer says something."""

    @abstractmethod
    async def asks(self) -> Place:
        """The customer says something, and it is stored."""

    @abstractmethod
    async def answered(self, place: Place, text: str) -> MessageSent:
        """The bot's answer is stored."""

    @abstractmethod
    def shown(self) -> list[str]:
        """What the customer reads of the bot's, in order."""

    @abstractmethod
    def slow_down(self) -> None:
        """The next message is not taken: wait 7 seconds."""

    @abstractmethod
    def keep_silent(self) -> None:
        """The next message is taken, and nobody says so."""

    @abstractmethod
    def refuse(self) -> None:
        """The next message is refused: the bot may not write there any more."""


class Slack(OnePlatform):
    secret_header = "X-Slack-Signature"
    capabilities = slack_send.CAPABILITIES

    def __init__(self, stage: Any) -> None:
        self._stage = stage
        self.verify = signed_with(APP.signing_secret)
        self.parse = parse_slack
        self.render = slack_render.render
        self.channel = stage.channel
        self.account = stage.account
        self.accounts = stage.kit.accounts
        self.places = stage.kit.places

    def request(self) -> tuple[dict[str, str], bytes]:
        body = json_of(said("Hello?"))
        return signed(body), body

    async def asks(self) -> Place:
        return await self._stage.asked()

    async def answered(self, place: Place, text: str) -> MessageSent:
        return await self._stage.answered(place, text)

    def shown(self) -> list[str]:
        return [message.words for message in self._stage.shown()]

    def slow_down(self) -> None:
        self._next(SlowDown(retry_after="7"))

    def keep_silent(self) -> None:
        self._next(TakeInSilence())

    def refuse(self) -> None:
        self._next(Refuse(error="channel_not_found"))

    def _next(self, fault: Fault) -> None:
        faults = [fault]

        def meet(method: str, body: Mapping[str, Any]) -> Fault | None:
            return faults.pop() if faults and method == "chat.postMessage" else None

        self._stage.slack.faults = meet


class Telegram(OnePlatform):
    secret_header = HEADER
    capabilities = telegram_send.CAPABILITIES

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.verify = verify_telegram
        self.parse = TelegramParse(kit.clock)
        self.render = telegram_render.render
        self.channel = kit.channel
        self.account = kit.account
        self.accounts = kit.accounts
        self.places = kit.places

    def request(self) -> tuple[dict[str, str], bytes]:
        return {HEADER: SECRET}, json.dumps(self._kit.ann.says("Hello?")).encode()

    async def asks(self) -> Place:
        return await self._kit.asks()

    async def answered(self, place: Place, text: str) -> MessageSent:
        return await self._kit.answered(place, text)

    def shown(self) -> list[str]:
        return self._kit.bot.shown(self._kit.ann.number)

    def slow_down(self) -> None:
        self._kit.telegram.fails("sendMessage", How.SLOW_DOWN, retry_after=7)

    def keep_silent(self) -> None:
        self._kit.telegram.fails("sendMessage", How.SILENT)

    def refuse(self) -> None:
        self._kit.ann.blocks()


@asynccontextmanager
async def slack(database: Database) -> AsyncIterator[OnePlatform]:
    async with a_stage(database) as stage:
        yield Slack(stage)


@asynccontextmanager
async def telegram(database: Database) -> AsyncIterator[OnePlatform]:
    clock = FakeClock()
    async with FakeTelegram.start(clock.monotonic) as fake:
        kit = Kit(database, fake, clock)
        await kit.accounts.keep(kit.account)
        yield Telegram(kit)
        await kit.bots.close()
