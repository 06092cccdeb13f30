"""An answer while it grows: previews, messages that change, and their ends."""

from itertools import pairwise
from uuid import uuid4

import pytest

from channels.contract import Receipt
from channels.places import Place
from channels.telegram.show import draft_id
from core.domain.errors import DeliveryDelayed
from core.domain.ids import TurnId
from tests.builders import TENANT
from tests.channels.telegram.kit import Kit
from tests.fakes.telegram_faults import How

GROUP = -500
TURN = TurnId(uuid4())


@pytest.fixture
async def private(kit: Kit) -> Place:
    return await kit.asks()


@pytest.fixture
async def group(kit: Kit) -> Place:
    return await kit.asks("@shop_bot Hello?", GROUP)


def edits(kit: Kit, chat: int) -> list[str]:
    return [one["text"] for one in kit.telegram.called("editMessageText")]


async def test_a_private_chat_sees_a_preview_that_the_answer_replaces(
    kit: Kit, private: Place
) -> None:
    for text in ("In", "In **two", "In **two** days."):
        await kit.channel.show(private, TURN, text)
        kit.clock.passed_s += 1
    assert kit.bot.previews(7) == ["In two days."]

    await kit.delivered(await kit.answered(private, "In **two** days."))
    await kit.channel.idle(private, TURN)

    assert kit.bot.previews(7) == []
    assert len(kit.bot.shown(7)) == 1
    drafts = kit.telegram.called("sendMessageDraft")
    assert [one["text"] for one in drafts] == ["In", "In **two", "In two days."]
    assert {one["draft_id"] for one in drafts} == {str(draft_id(TURN))}


async def test_a_preview_without_an_answer_ends_by_itself(kit: Kit, private: Place) -> None:
    await kit.channel.show(private, TURN, "In")
    await kit.channel.idle(private, None)

    kit.clock.passed_s += 30

    assert kit.bot.previews(7) == []
    assert kit.bot.shown(7) == []


async def test_a_preview_is_kept_for_as_long_as_the_bot_is_at_it(kit: Kit, private: Place) -> None:
    await kit.channel.show(private, TURN, "In")
    for _ in range(20):
        kit.clock.passed_s += 4
        await kit.channel.busy(private)

    assert kit.bot.previews(7) == ["In"]
    assert len(kit.telegram.called("sendMessageDraft")) == 4
    assert kit.telegram.called("sendChatAction") == []


async def test_typing_is_shown_until_there_are_words(kit: Kit, group: Place) -> None:
    await kit.channel.busy(group)

    assert kit.bot.chat(GROUP).actions == ["typing"]


async def test_a_wish_to_wait_stops_typing_for_as_long(kit: Kit, group: Place) -> None:
    kit.telegram.fails("sendChatAction", How.SLOW_DOWN, retry_after=10)
    for _ in range(4):
        await kit.channel.busy(group)
        kit.clock.passed_s += 3
    assert kit.bot.chat(GROUP).actions == []

    await kit.channel.busy(group)

    assert kit.bot.chat(GROUP).actions == ["typing"]


async def test_a_group_sees_one_message_that_grows_into_the_answer(kit: Kit, group: Place) -> None:
    text = ""
    for number in range(40):
        text += f"word{number} "
        await kit.channel.show(group, TURN, text)
        kit.clock.passed_s += 1

    receipt = await kit.delivered(await kit.answered(group, text))
    await kit.channel.idle(group, TURN)

    (message,) = kit.bot.shown(GROUP)
    assert message.startswith(text.strip())
    assert receipt.native_ids == (f"{GROUP}:{kit.bot.last(GROUP)['message_id']}",)
    assert kit.labels(GROUP) == ["👍", "👎", "Talk to a person"]
    grown = edits(kit, GROUP)
    assert 8 <= len(grown) <= 13
    assert all(after.startswith(before) for before, after in pairwise(grown[:-1]))
    assert kit.bot.last(GROUP)["reply_to_message"]["text"] == "@shop_bot Hello?"


async def test_the_same_words_are_not_sent_twice(kit: Kit, group: Place) -> None:
    for text in ("In two", "In two ", "In two\n", "In two"):
        await kit.channel.show(group, TURN, text)
        kit.clock.passed_s += 10

    assert edits(kit, GROUP) == []
    assert kit.bot.shown(GROUP) == ["In two"]


async def test_a_restart_in_the_middle_changes_the_message_instead_of_posting_anew(
    kit: Kit, group: Place
) -> None:
    await kit.channel.show(group, TURN, "In two")
    sent = await kit.answered(group, "In two days.")

    kit.channel = kit.a_channel()
    kit.clock.passed_s += 10
    await kit.channel.show(group, TurnId(uuid4()), "In three")
    assert kit.bot.shown(GROUP) == ["In three"]
    kit.channel = kit.a_channel()
    await kit.delivered(sent)

    (message,) = kit.bot.shown(GROUP)
    assert message.startswith("In two days.")


async def test_a_crash_between_the_last_edit_and_its_mark_sends_nothing_twice(
    kit: Kit, group: Place
) -> None:
    await kit.channel.show(group, TURN, "In two")
    sent = await kit.answered(group, "In two days.")
    first = await kit.delivered(sent)
    assert kit.noted == [first]

    kit.channel = kit.a_channel()
    again = await kit.delivered(sent, kit.noted[-1])

    assert again == first
    assert len(kit.bot.shown(GROUP)) == 1


async def test_a_crash_between_the_last_edit_and_the_note_makes_the_edit_again(
    kit: Kit, group: Place
) -> None:
    await kit.channel.show(group, TURN, "In two")
    sent = await kit.answered(group, "In two days.")

    async def dies(receipt: Receipt) -> None:
        raise DeliveryDelayed(0)

    with pytest.raises(DeliveryDelayed):
        await kit.channel.deliver(sent, Receipt(), dies)
    kit.channel = kit.a_channel()
    await kit.delivered(sent)

    assert len(kit.bot.shown(GROUP)) == 1


@pytest.mark.parametrize("how", [How.CUT, How.SILENT, How.BROKEN])
async def test_an_edit_without_an_answer_is_made_again_and_nothing_is_unknown(
    kit: Kit, group: Place, how: How
) -> None:
    await kit.channel.show(group, TURN, "In two")
    sent = await kit.answered(group, "In two days.")
    kit.telegram.fails("editMessageText", how)

    with pytest.raises(DeliveryDelayed):
        await kit.delivered(sent)
    await kit.delivered(sent)

    (message,) = kit.bot.shown(GROUP)
    assert message.startswith("In two days.")


async def test_a_message_that_somebody_deleted_is_posted_anew(kit: Kit, group: Place) -> None:
    await kit.channel.show(group, TURN, "In two")
    sent = await kit.answered(group, "In two days.")
    del kit.bot.chat(GROUP).messages[kit.bot.last(GROUP)["message_id"]]

    await kit.delivered(sent)

    assert len(kit.bot.shown(GROUP)) == 1


@pytest.mark.parametrize("turn", [TURN, None, TurnId(uuid4())], ids=["same", "none", "another"])
async def test_what_was_begun_and_never_answered_is_taken_away(
    kit: Kit, group: Place, turn: TurnId | None
) -> None:
    await kit.channel.show(group, TURN, "In two")
    assert kit.bot.shown(GROUP) == ["In two"]

    kit.channel = kit.a_channel()
    await kit.channel.idle(group, turn)

    assert kit.bot.shown(GROUP) == []
    assert await kit.streams.of(TENANT, group.conversation) is None


@pytest.mark.parametrize(
    ("how", "unknown"), [(How.SLOW_DOWN, False), (How.REFUSED, False), (How.CUT, True)]
)
async def test_only_a_beginning_without_an_answer_leaves_something_unknown(
    kit: Kit, group: Place, how: How, unknown: bool
) -> None:
    kit.telegram.fails("sendMessage", how)

    await kit.channel.show(group, TURN, "In two")

    stream = await kit.streams.of(TENANT, group.conversation)
    assert (stream is not None and stream.unknown) == unknown


async def test_a_wish_to_wait_stops_no_answer(kit: Kit, group: Place) -> None:
    await kit.channel.show(group, TURN, "In two")
    kit.telegram.fails("editMessageText", How.SLOW_DOWN, retry_after=5)

    for text in ("In two d", "In two da", "In two day"):
        kit.clock.passed_s += 3.5
        await kit.channel.show(group, TURN, text)

    assert kit.bot.shown(GROUP) == ["In two day"]
    assert len(edits(kit, GROUP)) == 1


async def test_a_server_without_previews_gets_messages_that_change(
    kit: Kit, private: Place
) -> None:
    kit.telegram.refuses("sendMessageDraft", "TEXTDRAFT_PEER_INVALID")
    for text in ("In", "In two", "In two d", "In two days"):
        await kit.channel.show(private, TURN, text)
        kit.clock.passed_s += 0.6

    assert kit.bot.shown(7) == ["In two days"]
    assert kit.bot.previews(7) == []


async def test_a_chat_that_is_gone_is_noted_and_left_alone(kit: Kit, private: Place) -> None:
    kit.bot.chat(7).blocked = "bot was blocked by the user"

    await kit.channel.show(private, TURN, "In")
    await kit.channel.show(private, TURN, "In two")
    await kit.channel.busy(await kit.place())

    assert not (await kit.place()).reachable
    assert len(kit.telegram.called("sendMessageDraft")) == 1
    assert kit.telegram.called("sendChatAction") == []


async def test_nothing_is_shown_through_an_account_that_was_removed(
    kit: Kit, private: Place
) -> None:
    await kit.accounts.remove(private.channel, "shop")

    await kit.channel.busy(private)
    await kit.channel.show(private, TURN, "In")
    await kit.channel.idle(private, TURN)

    assert kit.telegram.calls == []


async def test_an_answer_waits_for_no_preview(kit: Kit, private: Place) -> None:
    for number in range(200):
        await kit.channel.show(private, TURN, "word " * (number + 1))

    await kit.delivered(await kit.answered(private, "In two days."))

    assert len(kit.telegram.called("sendMessageDraft")) == 2
    assert kit.clock.slept == []


async def test_an_unknown_beginning_leaves_the_answer_to_be_posted(kit: Kit, group: Place) -> None:
    kit.telegram.fails("sendMessage", How.CUT)
    await kit.channel.show(group, TURN, "In two")
    await kit.channel.show(group, TURN, "In two days")

    await kit.delivered(await kit.answered(group, "In two days."))

    assert kit.bot.shown(GROUP)[0] == "In two"
    assert len(kit.bot.shown(GROUP)) == 2
