"""What the bot knows when a person has been there."""

from core.domain.conversation import Bot
from handoff.moves import Claim, Close, Return
from tests.builders import TENANT
from tests.handoff.cast import ANN
from tests.handoff.stage import Stage

TAKE = Claim(agent=ANN, name="Ann")


async def test_after_a_talk_that_was_closed_the_bot_begins_afresh(stage: Stage) -> None:
    handoff = await stage.a_request()
    await stage.customer_says(handoff.conversation, "It is about order 4711.")
    await stage.handoffs.move(TENANT, handoff.id, TAKE)
    await stage.handoffs.move(TENANT, handoff.id, Close(agent=ANN, name="Ann"))
    await stage.customer_says(handoff.conversation, "Do you ship to Norway?")

    context = await stage.conversations.load(TENANT, handoff.conversation, 20)

    assert context.conversation.owner == Bot()
    assert context.question.endswith("Do you ship to Norway?")
    assert [m.text for m in context.history if "4711" in m.text] == []


async def test_after_a_talk_that_was_given_back_the_bot_knows_what_was_said(stage: Stage) -> None:
    handoff = await stage.a_request()
    taken = await stage.handoffs.move(TENANT, handoff.id, TAKE)
    await stage.handoffs.say(taken, ANN, "I have sent a new one.", "n1")
    await stage.handoffs.move(TENANT, handoff.id, Return(agent=ANN, name="Ann"))
    await stage.customer_says(handoff.conversation, "When does it come?")

    context = await stage.conversations.load(TENANT, handoff.conversation, 20)

    assert "I have sent a new one." in [m.text for m in context.history]
