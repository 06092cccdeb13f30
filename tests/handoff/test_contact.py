"""Where a customer wants the answer."""

import pytest

from handoff.contact import MailContacts, address_in, contact_in
from handoff.life import Handoff
from handoff.moves import NobodyFree
from tests.builders import TENANT
from tests.handoff.stage import Stage


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        ("Please write to Ann.Lee+shop@mail.example.co.uk.", "Ann.Lee+shop@mail.example.co.uk"),
        ("我的邮箱是 mei@example.com，谢谢", "mei@example.com"),
        ("ann@example.com, again: ann@example.com", "ann@example.com"),
        ("ann@example.com or bo@example.com", None),
        ("Here is fine, thanks.", None),
        ("I paid 5 @ 3.50 each", None),
        ("@example.com", None),
        ("ann@example", None),
    ],
)
def test_one_address_is_found_and_nothing_else(text: str, address: str | None) -> None:
    assert address_in(text) == address


@pytest.mark.parametrize(
    ("text", "contact"),
    [
        ("ann@example.com", "ann@example.com"),
        ("+49 (0)30 1234-5678 please", "+49 (0)30 1234-5678"),
        ("030 12345678", "030 12345678"),
        ("请打给我：13812345678", "13812345678"),
        ("Call me at 555 123 4567", "555 123 4567"),
        ("My order is 4711 12345678", None),
        ("It was on 01.06.2026", None),
        ("Order AB-123456789", None),
        ("+49 30 123456 or +49 30 654321", None),
        ("0 1 2", None),
        ("call me", None),
    ],
)
def test_one_address_or_number_is_found_and_nothing_else(text: str, contact: str | None) -> None:
    assert contact_in(text) == contact


def test_a_very_long_text_takes_no_time() -> None:
    assert address_in("a" * 20_000 + "@" + "b." * 5_000) is None
    assert contact_in("1 " * 20_000) is None


@pytest.fixture
async def untaken(stage: Stage) -> Handoff:
    """A request that nobody took: the customer was asked where to write to."""
    handoff = await stage.a_request()
    return await stage.handoffs.move(TENANT, handoff.id, NobodyFree())


async def noted(stage: Stage, handoff: Handoff, text: str) -> bool:
    await stage.customer_says(handoff.conversation, text)
    context = await stage.conversations.load(TENANT, handoff.conversation, 20)
    return await MailContacts(stage.handoffs).noted(context)


async def test_an_address_after_a_request_that_nobody_took_is_where_to_write_to(
    stage: Stage, untaken: Handoff
) -> None:
    assert await noted(stage, untaken, "ann@example.com please")

    assert (await stage.handoffs.get(TENANT, untaken.id)).contact == "ann@example.com"
    last = (await stage.transcript(untaken.conversation))[-1]
    assert "ann@example.com" in last.text


async def test_a_turn_that_is_begun_anew_notes_it_once(stage: Stage, untaken: Handoff) -> None:
    assert await noted(stage, untaken, "ann@example.com")
    said = await stage.transcript(untaken.conversation)
    context = await stage.conversations.load(TENANT, untaken.conversation, 20)

    assert await MailContacts(stage.handoffs).noted(context)
    assert await stage.transcript(untaken.conversation) == said


async def test_other_words_and_other_addresses_are_words_like_any_others(
    stage: Stage, untaken: Handoff
) -> None:
    assert not await noted(stage, untaken, "When will somebody answer?")
    assert await noted(stage, untaken, "ann@example.com")
    assert not await noted(stage, untaken, "is bo@example.com your address?")


async def test_an_address_is_a_word_like_any_other_where_nobody_asked(stage: Stage) -> None:
    opened = await stage.a_conversation()
    await stage.customer_says(opened.id, "my account is ann@example.com")
    context = await stage.conversations.load(TENANT, opened.id, 20)

    assert not await MailContacts(stage.handoffs).noted(context)
