"""Closing a handoff has the talk's last summary written."""

from core.memory.budget import Budget
from core.memory.extract import Extractive
from core.memory.keeper import Keeper
from core.models.counting import tokens
from core.postgres.memories import PostgresMemories
from deploy.talks import ENDED, SumsUp
from handoff.due import Due
from handoff.moves import Claim, Close, NobodyFree
from tests.builders import TENANT
from tests.handoff.cast import ANN
from tests.handoff.stage import Stage


def summing_up(stage: Stage) -> Due:
    keeper = Keeper(
        PostgresMemories(stage.database),
        Extractive(tokens),
        stage.clock,
        budget=Budget(tokens=400),
        count=tokens,
    )
    return Due(stage.jobs, {ENDED: SumsUp(keeper)})


async def test_what_a_closed_talk_said_can_be_recalled(stage: Stage) -> None:
    await stage.an_agent(ANN)
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, Claim(agent=ANN, name="Ann"))
    active = await stage.handoffs.get(TENANT, handoff.id)
    await stage.handoffs.say(active, ANN, "I have sent order A-1234 again.", "1")

    await stage.handoffs.move(TENANT, handoff.id, Close(agent=ANN, name="Ann"))
    assert await summing_up(stage).turn() == 1
    assert await summing_up(stage).turn() == 0

    (recalled,) = await PostgresMemories(stage.database).recall(TENANT, handoff.conversation)
    assert any("A-1234" in fact.text for fact in recalled.facts) or "A-1234" in recalled.text
    context = await stage.conversations.load(TENANT, handoff.conversation, 20)
    assert (context.memory.text, context.history) == ("", ())


async def test_a_talk_that_goes_on_is_not_summed_up(stage: Stage) -> None:
    handoff = await stage.a_request()

    await stage.handoffs.move(TENANT, handoff.id, NobodyFree())

    assert await summing_up(stage).turn() == 0
