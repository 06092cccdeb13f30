"""What an operator is told of an account, and how it is connected."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from channels.checking import State
from channels.telegram.check import check, connect, known, webhook_of
from channels.telegram.updates import WANTED
from channels.telegram.verify import verify
from core.clock import SystemClock
from core.domain.errors import SetupError
from tests.builders import NOON
from tests.channels.telegram.account import SECRET, TOKEN, an_account
from tests.fakes.clock import FakeClock
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_customer import Customer
from tests.fakes.telegram_state import BotState

CLOCK = SystemClock()


@pytest.fixture
def bot(telegram: FakeTelegram) -> BotState:
    return telegram.bot()


def states(findings) -> dict[str, State]:
    return {one.check: one.state for one in findings}


async def test_a_connected_account_is_well(telegram: FakeTelegram, bot: BotState) -> None:
    account = an_account(telegram.url)
    await connect(account, "http://127.0.0.1:9/")

    findings = await check(account, CLOCK)

    assert set(states(findings).values()) == {State.OK}
    assert [one.check for one in findings] == [
        "token", "groups", "webhook", "updates", "deliveries", "kinds", "clock",
    ]  # fmt: skip
    assert all(one.text.endswith(".") and one.text.count(". ") == 0 for one in findings)


async def test_the_webhook_is_set_with_its_secret_and_all_kinds_and_keeps_what_waits(
    telegram: FakeTelegram, bot: BotState
) -> None:
    Customer(bot).says("Hi")
    for _ in range(2):
        await connect(an_account(telegram.url), "http://127.0.0.1:9")

    assert bot.webhook is not None
    assert bot.webhook["url"] == "http://127.0.0.1:9/telegram/shop"
    assert bot.webhook["secret_token"] == SECRET
    assert bot.allowed == list(WANTED)
    assert len(bot.updates) == 1


async def test_polling_takes_the_webhook_away(telegram: FakeTelegram, bot: BotState) -> None:
    account = an_account(telegram.url, mode="polling")
    await connect(an_account(telegram.url), "http://127.0.0.1:9")
    before = states(await check(account, CLOCK))

    await connect(account)

    assert before["webhook"] is State.WRONG
    assert bot.webhook is None
    assert states(await check(account, CLOCK))["webhook"] is State.OK


async def test_each_thing_that_is_wrong_is_told(telegram: FakeTelegram, bot: BotState) -> None:
    account = an_account(telegram.url)
    nothing_set = states(await check(account, CLOCK))
    bot.webhook = {"url": "https://other.example/hook", "secret_token": "", "max_connections": 1}
    bot.last_error = "Wrong response from the webhook: 503 Service Unavailable"
    bot.updates = [{"update_id": number} for number in range(101)]
    at_noon = FakeClock()
    at_noon.passed_s = 600

    findings = await check(account, at_noon)

    assert nothing_set["webhook"] is State.WRONG
    assert states(findings) == {
        "token": State.OK,
        "groups": State.OK,
        "webhook": State.WRONG,
        "updates": State.WARN,
        "deliveries": State.WARN,
        "kinds": State.WARN,
        "clock": State.WARN,
    }
    assert datetime.fromtimestamp(1780315200, UTC) == NOON
    assert "10 minutes ago: Wrong response" in findings[4].text


async def test_a_wrong_token_another_bot_and_a_new_name_are_told_apart(
    telegram: FakeTelegram, bot: BotState
) -> None:
    account = an_account(telegram.url)
    wrong = replace(account, secrets={"token": "42:wrong"})
    telegram.bot("43:BBother", "other_bot")
    other = replace(account, secrets={"token": "43:BBother"})
    renamed = an_account(telegram.url, username="old_bot")

    found = [(await check(one, CLOCK))[0] for one in (wrong, other, renamed)]

    assert [one.state for one in found] == [State.WRONG, State.WRONG, State.WARN]
    assert "@BotFather" in found[0].text
    assert "@other_bot" in found[1].text


async def test_no_finding_and_no_error_tells_a_secret(telegram: FakeTelegram) -> None:
    """The bot is unknown there, and elsewhere nobody listens."""
    for account in (an_account(telegram.url), an_account("http://127.0.0.1:9")):
        said = [one.text for one in await check(account, CLOCK)]
        with pytest.raises(SetupError) as refused:
            await connect(account, "https://bot.example")

        told = json.dumps([*said, str(refused.value), repr(refused.value.__cause__)])
        assert TOKEN not in told
        assert SECRET not in told


@pytest.mark.parametrize(
    "url",
    ["", "bot.example", "http://bot.example", "https://", "https://a.b:8080", "https://a.b:x"],
)
def test_telegram_brings_nothing_to_an_address_that_is_not_public(url: str) -> None:
    with pytest.raises(SetupError):
        webhook_of(an_account(), url)


async def test_an_account_without_a_secret_is_not_connected(telegram: FakeTelegram) -> None:
    bare = replace(an_account(telegram.url), secrets={"token": TOKEN})

    with pytest.raises(SetupError):
        await connect(bare, "https://bot.example")
    assert not verify({}, b"", bare, NOON)


async def test_telegram_says_who_a_token_is(telegram: FakeTelegram, bot: BotState) -> None:
    assert await known(an_account(telegram.url)) == {"native": "42", "username": "shop_bot"}
