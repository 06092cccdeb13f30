"""What every channel does that is pushed, whatever its platform calls it."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.contract import Receipt
from channels.happenings import Said
from channels.outgoing import CustomerGone
from channels.slack.parse import parse as parse_slack
from channels.telegram.parse import TelegramParse
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.messages import Author
from core.postgres.database import Database
from tests.builders import a_message
from tests.channels.slack.payloads import an_account as a_workspace
from tests.channels.slack.payloads import said as said_in_slack
from tests.channels.telegram.account import an_account as a_bot
from tests.contracts import channels
from tests.contracts.channels import OnePlatform
from tests.fakes.clock import FakeClock

NOTHING = Receipt()
LONG = "\n\n".join(
    f"Paragraph {number}: " + "parcels take two days. " * 40 for number in range(30)
)
PLATFORMS = {"slack": channels.slack, "telegram": channels.telegram}
PARSERS = [(parse_slack, a_workspace()), (TelegramParse(FakeClock()), a_bot())]


@pytest.fixture(params=PLATFORMS)
async def platform(
    request: pytest.FixtureRequest, database: Database
) -> AsyncIterator[OnePlatform]:
    async with PLATFORMS[request.param](database) as found:
        yield found


class Notes:
    """What was noted, in order."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []

    async def __call__(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)


# --- the way in ---------------------------------------------------------------------------


async def test_a_genuine_request_is_told_from_others(platform: OnePlatform) -> None:
    headers, body = platform.request()
    now = datetime.now(UTC)  # noqa: TID251 - the platform's side signs by the wall clock
    proof = headers[platform.secret_header]
    other = {**headers, platform.secret_header: proof[:-1] + ("0" if proof[-1] != "0" else "1")}
    without = {name: value for name, value in headers.items() if name != platform.secret_header}
    no_account = replace(platform.account, secrets={})

    assert platform.verify(headers, body, platform.account, now)
    assert platform.verify({n.upper(): v for n, v in headers.items()}, body, platform.account, now)
    assert not platform.verify(other, body, platform.account, now)
    assert not platform.verify(without, body, platform.account, now)
    assert not platform.verify({}, b"", no_account, now)


async def test_the_same_request_again_is_the_same_event(platform: OnePlatform) -> None:
    _, body = platform.request()

    (first,), (second,) = (platform.parse(body, platform.account) for _ in range(2))

    assert isinstance(first, Said)
    assert first == second
    assert first.text == "Hello?"
    assert first.address.startswith(f"{platform.account.name}/")
    assert "" not in first.address.split("/")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(("parse", "account"), PARSERS, ids=list(PLATFORMS))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(body=st.binary(max_size=200) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_no_body_is_too_strange_to_be_read(parse, account, body: bytes) -> None:
    assert parse(body, account) == ()


@pytest.mark.parametrize("at", ["user", "text", "ts", "channel", "team", "channel_type"])
@given(value=_JSON)
def test_a_field_of_another_kind_is_left_out_or_read_as_nothing(at: str, value: object) -> None:
    body = json.dumps(said_in_slack(**{at: value})).encode()

    assert len(parse_slack(body, a_workspace())) <= 1


# --- the way out --------------------------------------------------------------------------


async def test_a_message_has_the_same_segments_whoever_renders_it(platform: OnePlatform) -> None:
    message = a_message(LONG, author=Author.BOT)

    segments = platform.render(message)

    assert len(segments) > 1
    assert platform.render(message) == segments
    assert platform.render(a_message(" ", author=Author.BOT)) == ()


async def test_a_message_comes_in_segments_with_a_note_after_each_but_the_last(
    platform: OnePlatform,
) -> None:
    sent = await platform.answered(await platform.asks(), LONG)
    notes = Notes()

    receipt = await platform.channel.deliver(sent, NOTHING, notes)

    shown = platform.shown()
    assert len(shown) == len(receipt.native_ids) > 1
    assert max(map(len, shown)) <= platform.capabilities.max_text
    assert len(set(receipt.native_ids)) == len(receipt.native_ids)
    assert [len(noted.native_ids) for noted in notes.receipts] == list(range(1, len(shown)))
    words = " ".join(shown).split()
    assert [word for word in words if word.rstrip(":").isdecimal()][:30] == [
        f"{number}:" for number in range(30)
    ]


async def test_what_stands_there_already_is_not_sent_again(platform: OnePlatform) -> None:
    sent = await platform.answered(await platform.asks(), LONG)
    whole = await platform.channel.deliver(sent, NOTHING, Notes())
    count = len(platform.shown())

    assert await platform.channel.deliver(sent, whole, Notes()) == whole
    assert len(platform.shown()) == count


async def test_a_restart_goes_on_behind_what_was_noted(platform: OnePlatform) -> None:
    sent = await platform.answered(await platform.asks(), LONG)

    class Killed(Exception):
        pass

    noted: list[Receipt] = []

    async def killed_after_the_first(receipt: Receipt) -> None:
        noted.append(receipt)
        raise Killed

    with pytest.raises(Killed):
        await platform.channel.deliver(sent, NOTHING, killed_after_the_first)
    whole = await platform.channel.deliver(sent, noted[0], Notes())

    assert whole.native_ids[:1] == noted[0].native_ids
    assert len(platform.shown()) == len(whole.native_ids)


async def test_a_platform_that_asks_to_wait_is_obeyed(platform: OnePlatform) -> None:
    sent = await platform.answered(await platform.asks(), "Two days.")
    platform.slow_down()

    with pytest.raises(DeliveryDelayed) as delayed:
        await platform.channel.deliver(sent, NOTHING, Notes())

    assert delayed.value.retry_after_s >= 7
    assert platform.shown() == []


async def test_what_was_taken_in_silence_is_unknown(platform: OnePlatform) -> None:
    sent = await platform.answered(await platform.asks(), "Two days.")
    platform.keep_silent()

    with pytest.raises(DeliveryUnknown):
        await platform.channel.deliver(sent, NOTHING, Notes())

    assert len(platform.shown()) == 1
    if platform.channel.reconcile is not None:
        found = await platform.channel.reconcile(sent, NOTHING)
        assert found is not None
        assert await platform.channel.deliver(sent, found, Notes()) == found
        assert len(platform.shown()) == 1


async def test_a_customer_who_cannot_be_reached_is_gone(platform: OnePlatform) -> None:
    place = await platform.asks()
    sent = await platform.answered(place, "Two days.")
    platform.refuse()

    with pytest.raises(CustomerGone):
        await platform.channel.deliver(sent, NOTHING, Notes())
    assert platform.shown() == []


async def test_a_platform_that_cannot_be_reached_has_taken_nothing(platform: OnePlatform) -> None:
    sent = await platform.answered(await platform.asks(), "Two days.")
    nowhere = {**platform.account.options, "api_url": "http://127.0.0.1:9/"}
    await platform.accounts.keep(replace(platform.account, options=nowhere))

    with pytest.raises(DeliveryDelayed):
        await platform.channel.deliver(sent, NOTHING, Notes())

    await platform.accounts.keep(platform.account)
    await platform.channel.deliver(sent, NOTHING, Notes())
    assert len(platform.shown()) == 1


async def test_without_its_account_a_message_is_refused(platform: OnePlatform) -> None:
    sent = await platform.answered(await platform.asks(), "Two days.")
    await platform.accounts.remove(platform.account.channel, platform.account.name)

    with pytest.raises(DeliveryRefused):
        await platform.channel.deliver(sent, NOTHING, Notes())
    assert platform.shown() == []
