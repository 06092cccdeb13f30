"""What a turn does with what a tool brought."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from core.domain.actions import ToolCall
from core.domain.conversation import Agent, Owner, Queue, TurnContext
from core.domain.decisions import AskBack, Decline, HandOff, Reply
from core.domain.grounds import Ground
from core.domain.ids import AgentId, TurnId
from core.domain.tools import Outcome, ToolResult, ToolUse, Unsettled, Wanted
from core.domain.understanding import Understanding
from core.nlu.phrases import load_phrases
from core.ports import Tools
from core.turn.act import Acted, act
from tests.builders import a_context, a_passage, an_understanding, findings

PHRASES = load_phrases("us", "Ada")
CALL = ToolCall(tool="order", arguments={"n": 1})
GROUND = Ground(title="Order", uri="tool:order", lines=("Status: sent", "Day: Monday"))
FOUND = findings(a_passage(), confidence=0.2)


@dataclass
class Scripted(Tools):
    """Settles and brings what it was given."""

    settled: Wanted | Unsettled | None
    outcome: Outcome = Outcome.DONE
    ground: Ground | None = None
    says: bool = False
    asked: int = 0
    made: list[tuple[str, Wanted]] = field(default_factory=list)

    async def settle(
        self, context: TurnContext, understanding: Understanding
    ) -> Wanted | Unsettled | None:
        self.asked += 1
        return self.settled

    async def call(self, context: TurnContext, language: str, wanted: Wanted) -> ToolResult:
        self.made.append((language, wanted))
        use = ToolUse(id=UUID(int=1), tool=wanted.call.tool, outcome=self.outcome)
        return ToolResult(use=use, ground=self.ground, says=self.says)


async def acted(tools: Scripted, owner: Owner | None = None) -> Acted:
    return await act(a_context(owner=owner), an_understanding(), FOUND, tools, PHRASES)


async def test_a_turn_that_wants_no_tool_goes_on_as_it_was() -> None:
    assert await acted(Scripted(None)) == Acted(findings=FOUND)


@pytest.mark.parametrize("owner", [Queue(), Agent(AgentId(UUID(int=1)))])
async def test_no_tool_is_used_while_a_person_owns_the_talk(owner: Owner) -> None:
    tools = Scripted(Wanted(call=CALL))

    assert await acted(tools, owner) == Acted(findings=FOUND)
    assert tools.asked == 0


async def test_what_must_be_said_first_is_asked_with_its_call() -> None:
    tools = Scripted(Unsettled(call=CALL, question="Sure?"))

    assert (await acted(tools)).decision == AskBack("Sure?", CALL)
    assert tools.made == []


async def test_fields_lead_the_findings() -> None:
    wanted = Wanted(call=CALL, asked_by=TurnId(UUID(int=2)))
    tools = Scripted(wanted, ground=GROUND)

    found = await acted(tools)

    assert found.decision is None
    assert found.findings.passages[0].text == "Status: sent\nDay: Monday"
    assert found.findings.passages[1:] == FOUND.passages
    assert tools.made == [("en", wanted)]
    assert isinstance(found.otherwise, Reply)
    assert found.otherwise.draft.text == "Status: sent [1]\nDay: Monday [1]"


async def test_sentences_are_said_each_with_its_source() -> None:
    found = await acted(Scripted(Wanted(call=CALL), ground=GROUND, says=True))

    assert isinstance(found.decision, Reply)
    assert found.decision.draft.text == "Status: sent [1]\nDay: Monday [1]"
    assert found.decision.draft.path == "tool"


async def test_what_failed_is_declined_and_what_is_unclear_goes_to_a_person() -> None:
    failed = await acted(Scripted(Wanted(call=CALL), Outcome.FAILED))
    unclear = await acted(Scripted(Wanted(call=CALL), Outcome.UNKNOWN))

    assert isinstance(failed.decision, Decline)
    assert isinstance(unclear.decision, HandOff)
    assert [use.outcome for use in (*failed.used, *unclear.used)] == ["failed", "unknown"]
