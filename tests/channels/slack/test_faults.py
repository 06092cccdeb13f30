"""Whatever Slack does to calls: in the end an answer stands there once, whole and in order."""

import random

import pytest

from channels.contract import Receipt
from channels.slack.growth import markdown
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.events import MessageSent
from tests.channels.slack.stage import NOTHING, Stage, new_turn
from tests.fakes.slack import Fail, Fault, Refuse, SlowDown, TakeAndBreak

FAULTS: tuple[Fault, ...] = (
    SlowDown(),
    Fail(),
    TakeAndBreak(),
    TakeAndBreak(),
    Refuse(error="internal_error"),
    Refuse(error="service_unavailable"),
)
SHORT = "One **sentence** [1]. Another one.\n\n- a\n- b\n\nThe end."
LONG = "\n\n".join(f"Paragraph {n}. " + "word " * 200 for n in range(16))


async def brought(stage: Stage, sent: MessageSent, chance: random.Random) -> Receipt:
    """As the dispatcher does: again and again, and asked first what became of the unknown."""
    before, unknown = NOTHING, False
    for _ in range(60):
        stage.noted.clear()
        if chance.random() < 0.2:
            stage.restart()
        try:
            if unknown:
                assert stage.channel.reconcile is not None
                before = await stage.channel.reconcile(sent, before) or before
                unknown = False
            return await stage.deliver(sent, before)
        except DeliveryDelayed as late:
            stage.clock.passed_s += late.retry_after_s
        except DeliveryUnknown:
            unknown = True
        before = stage.noted[-1] if stage.noted else before
    raise AssertionError("it never came")


@pytest.mark.parametrize("seed", range(24))
async def test_an_answer_stands_once_whatever_befalls_its_calls(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    place, turn = await stage.asked(), new_turn()
    text = chance.choice([SHORT, SHORT, LONG])
    rate = chance.choice([0.1, 0.3, 0.5])
    stage.slack.faults = lambda method, body: (
        chance.choice(FAULTS) if chance.random() < rate else None
    )

    for end in range(0, len(text), max(9, len(text) // 12)):
        stage.clock.passed_s += chance.choice([1, 1, 30])
        await stage.channel.show(place, turn, text[:end])
        if chance.random() < 0.05:
            stage.restart()
    receipt = await brought(stage, await stage.answered(place, text, turn), chance)

    shown = stage.shown()
    words = "\n\n".join(one.words.strip() for one in shown)
    assert words.split() == markdown(text).split()
    assert receipt.native_ids == tuple(one.ts for one in shown)
    assert not any(one.streaming for one in shown)
    assert [one.buttons for one in shown][-1] == ["feedback", "person"]
    assert await stage.open_stream(place) is None


async def test_a_customer_who_is_gone_is_said_to_be_gone_at_once(stage: Stage) -> None:
    place = await stage.asked()
    sent = await stage.answered(place, SHORT)
    stage.slack.faults = lambda method, body: Refuse(error="account_inactive")

    with pytest.raises(DeliveryRefused):
        await brought(stage, sent, random.Random(1))
