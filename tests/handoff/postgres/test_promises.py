"""What turns promise and take back, beside agents who are at it too."""

import pytest

from core.domain.conversation import Bot, Owner, Queue, TurnContext
from core.domain.ids import ConversationId
from core.domain.turns import Remembered
from handoff.errors import MoveRefused
from handoff.life import Abandoned
from handoff.moves import Admit, Claim
from tests.builders import TENANT
from tests.handoff.cast import ANN
from tests.handoff.real import record_of
from tests.handoff.stage import Stage


class Turn:
    """A turn that has read the conversation and not yet stored anything."""

    def __init__(self, stage: Stage, context: TurnContext, owner: Owner) -> None:
        self.stage = stage
        self.record = record_of(context, owner)

    async def end(self) -> Remembered | None:
        stored = await self.stage.conversations.remember(self.record)
        assert stored is None or isinstance(stored, Remembered)
        return stored


async def a_turn(stage: Stage, conversation: ConversationId, owner: Owner) -> Turn:
    return Turn(stage, await stage.conversations.load(TENANT, conversation, 20), owner)


async def states(stage: Stage) -> list[str]:
    return [row["state"] for row in await stage.rows("SELECT state FROM handoffs ORDER BY id")]


async def test_of_two_workers_with_the_same_turn_one_makes_one_entry(stage: Stage) -> None:
    opened = await stage.a_conversation()
    await stage.customer_says(opened.id)
    first = await a_turn(stage, opened.id, Queue())
    second = await a_turn(stage, opened.id, Queue())

    await first.end()

    assert await second.end() is None
    assert await states(stage) == ["requested"]
    assert len(await stage.transcript(opened.id)) == 2


async def test_nobody_can_take_who_wants_the_bot_again(stage: Stage) -> None:
    handoff = await stage.a_request()
    await stage.customer_says(handoff.conversation, "Back to the bot.")
    await stage.handoffs.move(TENANT, handoff.id, Admit(position=None))
    turn = await a_turn(stage, handoff.conversation, Bot())

    await turn.end()

    after = await stage.handoffs.get(TENANT, handoff.id)
    assert after.state == Abandoned()
    with pytest.raises(MoveRefused, match="is over"):
        await stage.handoffs.move(TENANT, handoff.id, Claim(agent=ANN, name="Ann"))


async def test_who_is_taken_at_the_last_moment_stays_with_the_agent(stage: Stage) -> None:
    handoff = await stage.a_request()
    await stage.customer_says(handoff.conversation, "Back to the bot.")
    turn = await a_turn(stage, handoff.conversation, Bot())
    await stage.handoffs.move(TENANT, handoff.id, Claim(agent=ANN, name="Ann"))

    stored = await turn.end()

    assert stored is not None
    assert not stored.sent
    assert await states(stage) == ["active"]
