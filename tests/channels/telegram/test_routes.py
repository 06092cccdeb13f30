"""The webhook: what is stored before Telegram is answered, and what it is answered."""

import json

import aiohttp
import pytest

from channels.telegram.acknowledge import Press
from channels.telegram.updates import Callback, read
from channels.telegram.verify import HEADER, verify
from core.domain.errors import StoreUnavailable
from tests.builders import NOON, TENANT
from tests.channels.telegram.account import SECRET, an_account
from tests.channels.telegram.kit import Kit

FORUM = -1_000_000_000_500


async def post(url: str, body: bytes, secret: str | None = SECRET) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json"} | ({HEADER: secret} if secret else {})
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.read()


async def test_a_message_is_stored_before_telegram_is_answered(kit: Kit) -> None:
    async with kit.serving() as url:
        status, body = await post(f"{url}/telegram/shop", json.dumps(kit.ann.says("Hi")).encode())

        assert (status, body) == (200, b"")
        assert await kit.texts() == ["Hi"]


async def test_updates_that_come_four_times_at_once_are_stored_once(kit: Kit) -> None:
    assert kit.telegram.webhooks is not None
    kit.telegram.webhooks.copies = 4
    async with kit.serving() as url:
        kit.hook(url)
        for number in range(5):
            kit.ann.says(f"{number}")
        await kit.telegram.webhooks.settle()

    assert await kit.texts() == ["0", "1", "2", "3", "4"]


async def test_what_cannot_be_stored_comes_again_and_holds_its_chat_s_order(kit: Kit) -> None:
    assert kit.telegram.webhooks is not None
    away = 2

    async def receive(account, happenings, traceparent="") -> None:
        nonlocal away
        if away:
            away -= 1
            raise StoreUnavailable
        await kit.receiver(account, happenings, traceparent)

    async with kit.serving(receive) as url:
        kit.hook(url)
        kit.ann.says("first")
        kit.ann.says("second")
        await kit.telegram.webhooks.settle()

    assert [one.status for one in kit.telegram.webhooks.made] == [503, 503, 200, 200]
    assert await kit.texts() == ["first", "second"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "é"])
async def test_without_the_secret_nothing_is_taken(kit: Kit, secret: str | None) -> None:
    body = json.dumps(kit.ann.says("Hi")).encode()
    async with kit.serving() as url:
        status, _ = await post(f"{url}/telegram/shop", body, secret)

    assert status == 403
    assert await kit.texts() == []


def test_an_account_without_a_secret_takes_nothing() -> None:
    account = an_account()
    object.__setattr__(account, "secrets", {"token": "42:x"})

    assert not verify({HEADER: ""}, b"", account, NOON)
    assert verify({HEADER.lower(): SECRET}, b"", an_account(), NOON)


async def test_an_account_that_nobody_added_is_not_found(kit: Kit) -> None:
    async with kit.serving() as url:
        status, _ = await post(f"{url}/telegram/other", b"{}")

    assert status == 404


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"update_id": "x"}'])
async def test_what_can_never_be_read_does_not_block_its_chat(kit: Kit, body: bytes) -> None:
    async with kit.serving() as url:
        status, _ = await post(f"{url}/telegram/shop", body)

    assert status == 200


async def test_a_press_gets_its_sign_with_the_answer_and_reasons_appear(kit: Kit) -> None:
    assert kit.telegram.webhooks is not None
    place = await kit.asks()
    await kit.delivered(await kit.answered(place, "In two days."))
    async with kit.serving() as url:
        kit.hook(url)
        kit.ann.presses(kit.bot.last(7), "👎")
        await kit.telegram.webhooks.settle()
        await kit.acknowledge.settle()
        kit.ann.presses(kit.bot.last(7), "Out of date")
        await kit.telegram.webhooks.settle()
        await kit.acknowledge.settle()

    assert [one["text"] for one in kit.bot.signs] == [
        "What was wrong?",
        "Thank you. This helps us to answer better.",
    ]
    assert kit.labels(7) == ["👍", "👎", "Talk to a person"]
    assert await kit.ratings() == [("down", "out_of_date")]


async def test_reasons_and_signs_speak_the_language_of_the_buttons_they_follow(kit: Kit) -> None:
    sent = await kit.answered(await kit.asks("你好"), "两天内。")
    await kit.speaks("zh")
    await kit.delivered(sent)

    kit.acknowledge.after(kit.account, Press(callback=read_press(kit, "👎")), told=False)
    await kit.acknowledge.settle()

    assert kit.labels(7) == ["内容有误", "已过时", "没有回答问题", "其他", "转人工客服"]
    assert [one["text"] for one in kit.bot.signs] == ["哪里不对？"]


def read_press(kit: Kit, label: str) -> Callback:
    update = read(json.dumps(kit.ann.presses(kit.bot.last(7), label)).encode())
    assert update is not None
    assert update.callback_query is not None
    return update.callback_query


async def test_a_thumb_on_an_answer_is_a_rating_and_on_anything_else_is_none(kit: Kit) -> None:
    place = await kit.asks()
    await kit.delivered(await kit.answered(place, "In two days."))
    answer = kit.bot.last(7)
    said = next(iter(kit.bot.chat(7).messages.values()))
    kit.bot.allowed = ["message_reaction"]

    for message, emoji in ((answer, "🔥"), (said, "👎"), (answer, "👍")):
        await kit.takes(kit.ann.reacts(message, emoji))

    assert await kit.ratings() == [("up", None)]


async def test_a_press_below_an_answer_that_telegram_shows_no_more_finds_its_topic(
    kit: Kit,
) -> None:
    topic = {"message_thread_id": 9, "is_topic_message": True}
    place = await kit.asks("@shop_bot Hello?", FORUM, f"shop/-/{FORUM}/9", **topic)
    await kit.delivered(await kit.answered(place, "In two days."))
    update = kit.ann.presses(kit.bot.last(FORUM), "👍")
    seen = update["callback_query"]["message"]
    update["callback_query"]["message"] = {
        "chat": seen["chat"], "message_id": seen["message_id"], "date": 0
    }  # fmt: skip

    await kit.takes(update)

    assert await kit.ratings() == [("up", None)]


async def test_the_button_for_a_person_says_so_in_the_customer_s_words_once(kit: Kit) -> None:
    place = await kit.asks()
    await kit.delivered(await kit.answered(place, "In two days."))
    update = kit.ann.presses(kit.bot.last(7), "Talk to a person")

    for _ in range(2):
        await kit.takes(update)

    assert await kit.texts() == ["Hello?", "I would like to talk to a person."]


async def test_no_tenant_s_turn_is_rated_by_another_s_button(kit: Kit) -> None:
    place = await kit.asks()
    await kit.delivered(await kit.answered(place, "In two days."))
    answer = kit.bot.last(7)
    moved = answer | {"chat": kit.bot.chat(8).json}

    await kit.takes(kit.ann.presses(moved, "👍"))

    assert await kit.ratings() == []
    assert place.tenant == TENANT
