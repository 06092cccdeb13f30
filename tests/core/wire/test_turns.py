"""What a turn's record keeps of hooks, tools and answers."""

import json
from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from core.domain.actions import ToolCall
from core.domain.answers import NOTHING_FOUND, Grounding
from core.domain.changes import Change
from core.domain.decisions import AskBack, Decision, Reply, StaySilent
from core.domain.ids import ConversationId, TurnId
from core.domain.tools import Outcome, ToolUse
from core.domain.turns import TurnRecord
from core.wire.turns import decode_call, encode_record
from tests.builders import TENANT, a_draft, an_understanding

PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
ARGUMENTS = st.dictionaries(st.text(max_size=9), PLAIN | st.lists(PLAIN, max_size=3), max_size=4)


def a_record(decision: Decision, **rest: object) -> TurnRecord:
    return TurnRecord(
        id=TurnId(UUID(int=2)),
        tenant=TENANT,
        conversation=ConversationId(UUID(int=1)),
        channel="web",
        covers=(1,),
        covered_before=0,
        epoch=0,
        understanding=an_understanding(),
        findings=NOTHING_FOUND,
        decision=decision,
        says=(),
        new_owner=None,
        timings_ms={},
        **rest,  # type: ignore[arg-type]
    )


@given(tool=st.text(min_size=1, max_size=20), arguments=ARGUMENTS)
def test_a_call_that_was_asked_about_is_read_as_it_was_written(
    tool: str, arguments: dict[str, object]
) -> None:
    call = ToolCall(tool=tool, arguments=arguments)

    assert decode_call(encode_record(a_record(AskBack("Sure?", call=call)))) == call


def test_a_turn_that_asked_about_no_call_has_none() -> None:
    assert decode_call(encode_record(a_record(AskBack("Which one?")))) is None
    assert decode_call(encode_record(a_record(StaySilent("nothing")))) is None


def test_changes_and_calls_are_in_the_record() -> None:
    use = ToolUse(id=UUID(int=3), tool="order", outcome=Outcome.UNKNOWN)
    change = Change(hook="bold", step="after_answer", text="So. [1]")

    kept = json.loads(encode_record(a_record(StaySilent(""), used=(use,), changes=(change,))))

    assert kept["tools"] == [{"id": str(use.id), "tool": "order", "outcome": "unknown"}]
    assert kept["changes"] == [{"hook": "bold", "step": "after_answer", "text": "So. [1]"}]


def test_how_an_answer_stood_to_its_passages_is_in_the_record() -> None:
    checked = Grounding(sentences=3, unsupported=2, regenerated=True, removed=1)
    draft = replace(a_draft(), cut=True, grounding=checked)

    kept = json.loads(encode_record(a_record(Reply(draft))))

    assert kept["cut"]
    assert kept["grounding"] == {
        "sentences": 3,
        "unsupported": 2,
        "regenerated": True,
        "removed": 1,
    }
