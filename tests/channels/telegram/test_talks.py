"""Buttons below a promise and below the end of a talk with a person, on a fake Telegram."""

import pytest

from channels.places import Place
from core.domain.conversation import Agent, Bot
from core.domain.events import MessageSent
from core.domain.messages import Channel
from tests.builders import TENANT
from tests.channels.people import People
from tests.channels.telegram.kit import Kit
from tests.fakes.telegram_customer import Customer
from tests.handoff.cast import ANN


async def brought(kit: Kit, place: Place) -> None:
    """The last message of the conversation stands in the chat."""
    talk = await kit.store.conversation(TENANT, place.conversation)
    await kit.delivered(
        MessageSent(
            tenant=TENANT,
            conversation=place.conversation,
            seq=talk.seq,
            channel=Channel.TELEGRAM.value,
        )
    )


async def pressed(kit: Kit, label: str, customer: Customer | None = None) -> None:
    """As a webhook brings it, with the sign behind it."""
    assert kit.telegram.webhooks is not None
    async with kit.serving() as url:
        kit.hook(url)
        (customer or kit.ann).presses(kit.bot.last(7), label)
        await kit.telegram.webhooks.settle()
        await kit.acknowledge.settle()


async def ratings(kit: Kit) -> list[tuple]:
    async with kit.database.as_service() as connection:
        rows = await connection.fetch("SELECT thumb, reason FROM handoff_ratings")
    return [tuple(row) for row in rows]


async def test_a_promise_has_the_way_back_which_goes_when_it_was_gone(kit: Kit) -> None:
    place, people = await kit.asks(), People(kit.database)
    await people.asked(place.conversation)
    await brought(kit, place)
    offered = kit.labels(7)

    await pressed(kit, "Talk to the bot instead")

    talk = await kit.store.conversation(TENANT, place.conversation)
    assert offered == ["Talk to the bot instead"]
    assert talk.owner == Bot()
    assert await kit.texts() == ["Hello?"]
    assert kit.labels(7) == []


async def test_pressed_too_late_the_person_stays(kit: Kit) -> None:
    place, people = await kit.asks(), People(kit.database)
    handoff = await people.asked(place.conversation)
    await brought(kit, place)
    await people.taken(handoff.id)

    await pressed(kit, "Talk to the bot instead")

    talk = await kit.store.conversation(TENANT, place.conversation)
    assert talk.owner == Agent(ANN)


@pytest.mark.parametrize(
    ("language", "reason", "thanks"),
    [
        ("en", "Not solved", "Thank you. This helps us to do better."),
        ("zh", "没有解决问题", "谢谢，我们会据此改进服务。"),
    ],
)
async def test_how_a_talk_was_is_asked_below_its_end_in_their_language(
    kit: Kit, language: str, reason: str, thanks: str
) -> None:
    place = await kit.asks()
    await kit.speaks(language)
    await People(kit.database).talked(place.conversation)
    await brought(kit, place)
    seq = (await kit.store.conversation(TENANT, place.conversation)).seq

    await pressed(kit, "👎")
    await pressed(kit, reason)

    assert await ratings(kit) == [("down", "not_solved")]
    assert kit.bot.signs[-1]["text"] == thanks
    assert kit.labels(7) == ["👍", "👎"]
    assert (await kit.store.conversation(TENANT, place.conversation)).seq == seq


@pytest.mark.parametrize(
    ("label", "language", "told"),
    [("👍", "en", "Only the customer can do this."), ("👎", "zh-hans", "只有客户本人可以操作。")],
)
async def test_only_whose_talk_it_was_can_rate_it_and_others_are_told_so(
    kit: Kit, label: str, language: str, told: str
) -> None:
    place = await kit.asks()
    await People(kit.database).talked(place.conversation)
    await brought(kit, place)

    await pressed(kit, label, Customer(kit.bot, 8, language=language))

    assert await ratings(kit) == [(None, None)]
    assert kit.bot.signs[-1]["text"] == told
    assert kit.labels(7) == ["👍", "👎"]


async def test_a_bystander_leaves_the_way_back_where_it_is(kit: Kit) -> None:
    place = await kit.asks()
    await People(kit.database).asked(place.conversation)
    await brought(kit, place)

    await pressed(kit, "Talk to the bot instead", Customer(kit.bot, 8))

    assert kit.bot.signs[-1]["text"] == "Only the customer can do this."
    assert kit.labels(7) == ["Talk to the bot instead"]
