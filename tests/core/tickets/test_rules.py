"""Tickets drafted without a model, in English and Chinese."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Source
from core.domain.messages import Author, Message
from core.domain.tickets import LONGEST_TITLE, Priority, TicketDraft
from core.policy.load import read
from core.policy.rules import Within
from core.tickets.rules import Known, by_rule, order_numbers_in, priority_of, products_in, title_of
from tests.builders import a_conversation, a_message

KETTLE = (
    ("customer", "Hi there, my Brewster X200 kettle does not heat up any more."),
    ("bot", "Please check the plug. Order ZZ-999999 has nothing to do with it. [1]"),
    ("customer", "I already tried another socket. I also cleaned the base, but it stays cold."),
    ("agent", "What is your order number?"),
    ("customer", "It is AB-123456, mail ada@example.com. I need it by tomorrow, this is urgent!"),
)
PHONE = (
    ("customer", "你好，我的星河手机收不到验证码。"),
    ("bot", "请检查信号。[1]"),
    (
        "customer",
        "我已经重启过手机了，也换过卡，还是不行。订单号是 CN20260611，邮箱 li@example.cn。",
    ),
)


SOURCE = Source(title="Returns", uri="returns.md", quote="30 days", score=0.9)
ENGLISH, CHINESE = a_conversation(), a_conversation(language="zh")


def a_talk(said: tuple[tuple[str, str], ...]) -> list[Message]:
    return [
        a_message(text, seq=at, author=Author(author))
        for at, (author, text) in enumerate(said, start=1)
    ]


async def test_an_english_talk_is_a_ticket() -> None:
    known = Known(emotion="anger", category="repair")

    found = await by_rule(ENGLISH, a_talk(KETTLE), known)

    assert found.title == "my Brewster X200 kettle does not heat up any more."
    assert "does not heat up" in found.summary
    assert (found.category, found.language, found.emotion) == ("repair", "en", "anger")
    assert found.priority is Priority.HIGH
    assert found.order_numbers == ("AB-123456",)
    assert found.emails == ("ada@example.com",)
    assert found.products == ("Brewster X200",)
    assert found.steps_tried == (
        "I already tried another socket.",
        "I also cleaned the base, but it stays cold.",
    )


async def test_a_chinese_talk_is_a_ticket() -> None:
    found = await by_rule(CHINESE, a_talk(PHONE), Known(products=("星河手机", "月光表")))

    assert found.title == "我的星河手机收不到验证码。"
    assert found.order_numbers == ("CN20260611",)
    assert found.emails == ("li@example.cn",)
    assert found.products == ("星河手机",)
    assert len(found.steps_tried) == 1
    assert "重启过手机" in found.steps_tried[0]
    assert found.priority is Priority.NORMAL
    assert found.category == "other"


async def test_a_talk_without_words_is_a_ticket_all_the_same() -> None:
    found = await by_rule(ENGLISH, [], Known())

    assert found == TicketDraft(
        title="A conversation without words", summary="", category="other",
        priority=Priority.NORMAL, language="en",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "frustration", "priority"),
    [
        ("The charger started smoking.", 0.0, Priority.URGENT),
        ("Somebody made an unauthorised payment", 0.0, Priority.URGENT),
        ("我的账号被盗了", 0.0, Priority.URGENT),
        ("I need it as soon as possible", 0.0, Priority.HIGH),
        ("麻烦尽快处理", 0.0, Priority.HIGH),
        ("It still does not work", 0.8, Priority.HIGH),
        ("It is not urgent, no rush", 0.0, Priority.LOW),
        ("不急，有空再看", 0.0, Priority.LOW),
        ("It is not urgent, but this is the fifth time", 0.9, Priority.HIGH),
        ("When do you open?", 0.0, Priority.NORMAL),
        ("A fireplace for the campfire set", 0.0, Priority.NORMAL),
    ],
)
def test_danger_goes_before_haste_and_haste_before_calm(
    text: str, frustration: float, priority: Priority
) -> None:
    assert priority_of(text, frustration) is priority


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("order #48213 please", ("48213",)),
        ("AB-123456 and again AB-123456", ("AB-123456",)),
        ("call me at +44 20 7946 0958", ()),
        ("see https://shop.example/orders/AB-1", ()),
        ("mail a1@example.com", ()),
        ("I bought 3 of them for 12.95 on 11 June 2026", ()),
    ],
)
def test_order_numbers_are_no_addresses(text: str, numbers: tuple[str, ...]) -> None:
    assert order_numbers_in(text) == numbers


def test_products_are_known_by_name_or_by_their_number() -> None:
    assert products_in("the nova lamp and my Brewster X200", ("Nova Lamp",)) == (
        "Nova Lamp",
        "Brewster X200",
    )
    assert products_in("I am Ada Lovelace", ()) == ()
    assert products_in("Order 48213 of June 2026, It is 12", ()) == ()


@pytest.mark.parametrize(
    ("said", "steps"),
    [
        ("I have restarted it twice.", 1),
        ("We've contacted the seller.", 1),
        ("Resetting it did not help.", 1),
        ("I have not tried anything.", 0),
        ("Should I have restarted it?", 0),
        ("I haven't updated it.", 0),
        ("没试过。", 0),
        ("我重装了软件。", 1),
        ("要不要我重启一下？", 0),
        ("It stopped working.", 0),
    ],
)
async def test_what_was_tried_is_no_question_and_no_denial(said: str, steps: int) -> None:
    found = await by_rule(ENGLISH, a_talk((("customer", said),)), Known())

    assert len(found.steps_tried) == steps


@given(st.lists(st.text(max_size=200), max_size=4))
def test_a_title_is_one_short_line_whatever_was_said(said: list[str]) -> None:
    title = title_of(said)

    assert title
    assert "\n" not in title
    assert len(title) <= LONGEST_TITLE


@given(st.lists(st.text(max_size=120), max_size=3))
async def test_any_talk_is_a_ticket_of_what_was_said(said: list[str]) -> None:
    found = await by_rule(ENGLISH, a_talk(tuple(("customer", text) for text in said)), Known())

    whole = "\n".join(said)
    assert all(one in whole for one in (*found.emails, *found.order_numbers, *found.products))


async def test_the_bot_s_own_phrases_are_not_summarised() -> None:
    talk = a_talk((("customer", "My jacket arrived damaged."), ("bot", "You are in the queue.")))
    answered = [*talk, replace(talk[1], text="Send it back in 30 days. [1]", sources=(SOURCE,))]

    assert "queue" not in (await by_rule(ENGLISH, talk, Known())).summary
    assert "30 days" in (await by_rule(ENGLISH, answered, Known())).summary


LOST = (
    ("customer", "How long does delivery to Canada take?"),
    ("bot", "- **Standard** delivery takes 5 to 8 business days. [1]"),
    ("customer", "Useless!!! My parcel left three weeks ago and nobody answers. I am furious!!!"),
    ("customer", "Thanks for nothing. Let me talk to a person!"),
    ("agent", "1. Please wait, I am looking at it with the [carrier](https://carrier.example)."),
    ("customer", "Thank you very much, that is really helpful of you and your team!"),
)


async def test_a_ticket_begins_with_what_led_to_it_and_not_with_an_earlier_question() -> None:
    found = await by_rule(ENGLISH, a_talk(LOST), Known())

    assert found.title == "My parcel left three weeks ago and nobody answers."
    assert found.summary.startswith(f"Customer: {found.title}")
    assert found.summary.count(found.title) == 1


async def test_a_chinese_ticket_begins_with_what_led_to_it() -> None:
    said = ("运费多少钱？", "我的包裹三周了还没有送到，太气人了。", "转人工")
    talk = a_talk(tuple(("customer", one) for one in said))

    found = await by_rule(CHINESE, talk, Known())

    assert found.title.startswith("我的包裹三周了还没有送到")
    assert found.summary.startswith("客户：我的包裹")


async def test_a_ticket_has_no_marks_of_markdown_and_no_citations() -> None:
    answered = [replace(one, sources=(SOURCE,)) for one in a_talk(LOST)]

    lines = (await by_rule(ENGLISH, answered, Known())).summary.splitlines()

    assert "Assistant: Standard delivery takes 5 to 8 business days." in lines
    assert "Agent: Please wait, I am looking at it with the carrier." in lines


async def test_anger_counts_after_it_has_faded() -> None:
    found = await by_rule(ENGLISH, a_talk(LOST), Known(frustration=0.7))

    assert found.priority is Priority.HIGH


def test_anger_presses_from_where_the_policy_that_ships_apologises() -> None:
    levels = {
        one.at_least
        for rule in read().rules
        for one in rule.when
        if isinstance(one, Within) and one.of == "frustration"
    }

    (level,) = levels
    assert priority_of("Hello", level or 0) is Priority.HIGH
    assert priority_of("Hello", (level or 0) - 0.01) is Priority.NORMAL
