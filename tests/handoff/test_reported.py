"""Faults that users report of other products, of handing over; see tests/reported.toml."""

from core.domain.conversation import Agent, Bot
from core.domain.messages import Author
from handoff.moves import Claim, Close
from tests.builders import TENANT
from tests.handoff.cast import ANN, BO
from tests.handoff.stage import Stage


async def test_the_join_message_names_the_agent(stage: Stage) -> None:
    await stage.an_agent(BO, name="Bo Lindqvist")
    handoff = await stage.a_request()

    await stage.handoffs.move(TENANT, handoff.id, Claim(agent=BO, name="Bo Lindqvist"))

    joined = (await stage.transcript(handoff.conversation))[-1]
    assert joined.author is Author.SYSTEM
    assert joined.text.startswith("Bo Lindqvist")
    assert (await stage.now(handoff.conversation)).owner == Agent(BO)


async def test_after_a_resolved_handoff_the_bot_starts_fresh_and_a_person_can_come_again(
    stage: Stage,
) -> None:
    """No loop of handoffs: neither is the next message handed over, nor is a person refused."""
    await stage.an_agent(ANN)
    for _ in range(3):
        handoff = await stage.a_request()
        await stage.handoffs.move(TENANT, handoff.id, Claim(agent=ANN, name="Ann"))
        await stage.handoffs.move(TENANT, handoff.id, Close(agent=ANN, name="Ann"))
        await stage.customer_says(handoff.conversation, "Something else")

        now = await stage.now(handoff.conversation)
        assert now.owner == Bot()
        assert await stage.handoffs.open_in(TENANT, handoff.conversation) is None
