"""How a stored message comes out, and what becomes of it when Telegram does something wrong."""

import pytest

from channels.contract import Receipt
from channels.outgoing import CustomerGone
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.events import MessageSent
from tests.channels.agents import says_with_files
from tests.channels.telegram.kit import Kit
from tests.fakes.telegram_faults import How, Windows

GROUP, SUPER = -500, -1_000_000_000_500
LONG = "\n\n".join(f"Paragraph {number}. " + "words " * 150 for number in range(12))


async def test_an_answer_comes_with_marks_source_and_buttons(kit: Kit) -> None:
    sent = await kit.answered(await kit.asks(), "In **two** days <soon> & safely. [1]")

    receipt = await kit.delivered(sent)

    message = kit.bot.last(7)
    assert message["text"].startswith("In two days <soon> & safely. [1]")
    assert "Delivery" in message["text"]
    assert {"type": "bold", "offset": 3, "length": 3} in message["entities"]
    assert kit.labels(7) == ["👍", "👎", "Talk to a person"]
    assert receipt == Receipt(native_ids=(f"7:{message['message_id']}",))
    assert kit.noted == []


async def test_a_long_answer_is_several_messages_each_noted_and_the_last_has_buttons(
    kit: Kit,
) -> None:
    sent = await kit.answered(await kit.asks(), LONG)

    receipt = await kit.delivered(sent)

    shown = kit.bot.shown(7)
    assert len(shown) == len(receipt.native_ids) > 1
    assert [len(one.native_ids) for one in kit.noted] == list(range(1, len(shown)))
    marked = [one for one in kit.bot.chat(7).messages.values() if "reply_markup" in one]
    assert marked == [kit.bot.last(7)]
    assert all(f"Paragraph {number}." in "".join(shown) for number in range(12))


async def test_what_stands_there_is_not_sent_again(kit: Kit) -> None:
    sent = await kit.answered(await kit.asks(), LONG)
    first = await kit.delivered(sent)
    before = Receipt(native_ids=first.native_ids[:1])

    again = await kit.delivered(sent, first)
    rest = await kit.delivered(sent, before)

    assert again == first
    assert rest.native_ids[0] == first.native_ids[0]
    assert len(kit.bot.shown(7)) == 2 * len(first.native_ids) - 1


async def test_in_a_group_the_customer_s_message_is_answered_in_its_topic(kit: Kit) -> None:
    topic = {"message_thread_id": 9, "is_topic_message": True}
    place = await kit.asks("@shop_bot Hello?", SUPER, f"shop/-/{SUPER}/9", **topic)

    await kit.delivered(await kit.answered(place, "Hello."))

    message = kit.bot.last(SUPER)
    assert message["message_thread_id"] == 9
    assert message["reply_to_message"]["text"] == "@shop_bot Hello?"


async def test_for_a_business_the_answer_goes_through_its_connection(kit: Kit) -> None:
    message = kit.ann.message(text="Open today?", business_connection_id="Bc")
    await kit.takes({"update_id": 1, "business_message": message})

    await kit.delivered(await kit.answered(await kit.place("shop/Bc/7/0"), "Yes."))

    assert kit.bot.last(7)["business_connection_id"] == "Bc"


async def test_buttons_speak_the_conversation_s_language(kit: Kit) -> None:
    sent = await kit.answered(await kit.asks("你好"), "两天内。")
    await kit.speaks("zh")

    await kit.delivered(sent)

    assert kit.labels(7) == ["👍", "👎", "转人工客服"]


async def test_marks_that_telegram_cannot_read_are_left_out(kit: Kit) -> None:
    sent = await kit.answered(await kit.asks(), "In **two** days.")
    kit.telegram.refuses("sendMessage", "can't parse entities: Can't find end tag at byte 3")

    await kit.delivered(sent)

    message = kit.bot.last(7)
    assert message["text"].startswith("In two days.")
    assert message["entities"] == []
    assert kit.labels(7) == ["👍", "👎", "Talk to a person"]


async def test_a_customer_who_blocked_the_bot_is_gone_until_they_come_back(kit: Kit) -> None:
    place = await kit.asks()
    sent = await kit.answered(place, "In two days.")
    kit.bot.chat(7).blocked = "bot was blocked by the user"

    with pytest.raises(CustomerGone):
        await kit.delivered(sent)
    tried = len(kit.telegram.called("sendMessage"))
    with pytest.raises(CustomerGone):
        await kit.delivered(sent)

    assert not (await kit.place()).reachable
    assert len(kit.telegram.called("sendMessage")) == tried == 1
    await kit.takes(kit.ann.unblocks())
    await kit.delivered(sent)
    assert len(kit.bot.shown(7)) == 1


async def test_a_group_that_moved_gets_its_answer_where_it_is(kit: Kit) -> None:
    place = await kit.asks("@shop_bot Hello?", GROUP)
    sent = await kit.answered(place, "Hello.")
    kit.bot.chat(GROUP).moved_to = SUPER

    receipt = await kit.delivered(sent)

    assert kit.bot.shown(GROUP) == []
    assert len(kit.bot.shown(SUPER)) == 1
    assert receipt.native_ids[0].startswith(f"{SUPER}:")
    assert (await kit.place(f"shop/-/{SUPER}/0")).conversation == place.conversation


async def test_a_closed_topic_closes_its_conversation_alone(kit: Kit) -> None:
    topics = [
        await kit.asks(
            "@shop_bot Hello?", SUPER, f"shop/-/{SUPER}/{number}",
            message_thread_id=number, is_topic_message=True,
        )
        for number in (8, 9)
    ]  # fmt: skip
    sent = await kit.answered(topics[1], "Hello.")
    kit.bot.chat(SUPER).closed_topics.add(9)

    with pytest.raises(CustomerGone):
        await kit.delivered(sent)

    assert (await kit.place(topics[0].address)).reachable
    assert not (await kit.place(topics[1].address)).reachable


async def test_a_wish_to_wait_pauses_its_own_chat_and_no_other(kit: Kit) -> None:
    slow = await kit.answered(await kit.asks(), "For Ann.")
    other = await kit.answered(await kit.asks(chat=8), "For Bo.")
    kit.telegram.fails("sendMessage", How.SLOW_DOWN, chat=7, retry_after=30)

    for _ in range(3):
        with pytest.raises(DeliveryDelayed) as delayed:
            await kit.delivered(slow)
    await kit.delivered(other)

    assert delayed.value.retry_after_s == 30
    assert len(kit.bot.shown(8)) == 1
    assert [one["chat_id"] for one in kit.telegram.called("sendMessage")] == ["8"]
    kit.clock.passed_s += 31
    await kit.delivered(slow)
    assert len(kit.bot.shown(7)) == 1


@pytest.mark.parametrize(
    ("how", "raised", "stands"),
    [
        (How.BROKEN, DeliveryUnknown, 0),
        (How.CUT_BEFORE, DeliveryUnknown, 0),
        (How.SILENT, DeliveryUnknown, 1),
        (How.CUT, DeliveryUnknown, 1),
    ],
)
async def test_what_telegram_does_not_answer_is_unknown(kit: Kit, how, raised, stands) -> None:
    sent = await kit.answered(await kit.asks(), "In two days.")
    kit.telegram.fails("sendMessage", how)

    with pytest.raises(raised) as unknown:
        await kit.delivered(sent)

    assert len(kit.bot.shown(7)) == stands
    assert unknown.value.__cause__ is None
    assert "two days" not in str(unknown.value)


async def test_a_telegram_that_is_not_there_was_not_asked(kit: Kit) -> None:
    sent = await kit.answered(await kit.asks(), "In two days.")
    kit.account = kit.account_at("http://127.0.0.1:9")
    await kit.accounts.keep(kit.account)

    with pytest.raises(DeliveryDelayed):
        await kit.delivered(sent)


async def test_a_token_that_was_taken_back_waits_for_another(kit: Kit) -> None:
    sent = await kit.answered(await kit.asks(), "In two days.")
    kit.telegram.bots.clear()

    with pytest.raises(DeliveryDelayed) as delayed:
        await kit.delivered(sent)

    assert delayed.value.retry_after_s == 60


async def test_what_telegram_will_never_take_is_refused(kit: Kit) -> None:
    sent = await kit.answered(await kit.asks(), "In two days.")
    kit.telegram.refuses("sendMessage", "BUTTON_DATA_INVALID")

    with pytest.raises(DeliveryRefused):
        await kit.delivered(sent)

    assert (await kit.place()).reachable


async def test_no_second_and_no_minute_sees_more_than_telegram_allows(kit: Kit) -> None:
    kit.telegram.windows = Windows()
    place = await kit.asks("@shop_bot Hello?", GROUP)
    private = await kit.asks()
    sent = [await kit.answered(place, "Hello."), await kit.answered(private, "Hello.")]

    for one in sent:
        for _ in range(45):
            await kit.patiently(one)

    assert len(kit.bot.shown(GROUP)) == len(kit.bot.shown(7)) == 45
    assert kit.clock.passed_s >= 160


async def with_files(kit: Kit, words: str, *names: str) -> MessageSent:
    place = await kit.asks()
    return await says_with_files(kit.database, kit.files, place.conversation, words, *names)


async def test_an_agents_files_come_behind_their_words(kit: Kit) -> None:
    sent = await with_files(kit, "Here.", "label.png", "invoice.png")

    receipt = await kit.delivered(sent)

    said, *files = list(kit.bot.chat(7).messages.values())[-3:]
    assert said["text"] == "Here."
    assert [one["document"]["file_name"] for one in files] == ["label.png", "invoice.png"]
    assert len(receipt.native_ids) == 3
    assert [len(one.native_ids) for one in kit.noted] == [1, 2]


async def test_files_that_stand_there_are_not_sent_again(kit: Kit) -> None:
    sent = await with_files(kit, "", "label.png", "invoice.png")
    first = await kit.delivered(sent)

    again = await kit.delivered(sent, first)
    rest = await kit.delivered(sent, Receipt(native_ids=first.native_ids[:1]))

    assert again == first
    assert len(kit.telegram.called("sendDocument")) == 3
    assert rest.native_ids[0] == first.native_ids[0]
    assert kit.telegram.called("sendMessage") == []
