"""Step 6: store everything the turn did and says, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from core.domain.conversation import Bot, TurnContext
from core.domain.decisions import (
    AskBack,
    Decision,
    Decline,
    HandOff,
    PassToAgent,
    Reply,
    StaySilent,
)
from core.domain.ids import TurnId
from core.domain.messages import Arrival, Author
from core.domain.phrases import Phrases
from core.domain.turns import MoreWaits, Outgoing, Remembered, TurnRecord, Waste
from core.domain.understanding import UNJUDGED, Judged, Understanding
from core.ports import ConversationStore
from core.telemetry.traces import traceparent
from core.turn.burst import Burst, Outdated
from core.turn.decide import owner_after
from core.turn.weigh import Case, Decided

NO_WASTE = Waste()


async def remember(record: TurnRecord, conversations: ConversationStore) -> Remembered | None:
    """What became of the record; None when another worker covered these messages first.

    Raises:
        Outdated: the customer has said more, and one turn should answer all of it.
    """
    stored = await conversations.remember(record)
    if isinstance(stored, MoreWaits):
        raise Outdated
    return stored


def compose(  # noqa: PLR0913 - a record is the sum of all steps
    turn: TurnId,
    arrival: Arrival,
    case: Case,
    decided: Decided,
    *,
    timings_ms: Mapping[str, float],
    burst: Burst | None = None,
) -> TurnRecord:
    """The record of what the steps found out; without a burst nothing can have joined it."""
    conversation = case.context.conversation
    return TurnRecord(
        id=turn,
        tenant=arrival.tenant,
        conversation=arrival.conversation,
        channel=conversation.channel.value,
        covers=tuple(message.seq for message in case.context.waiting),
        covered_before=conversation.covered,
        epoch=conversation.epoch,
        understanding=case.understanding,
        findings=case.findings,
        decision=decided.decision,
        says=_says(decided.decision),
        new_owner=owner_after(decided.decision, conversation.owner),
        timings_ms=dict(timings_ms),
        traceparent=traceparent(arrival.traceparent, turn),
        waste=burst.waste if burst else NO_WASTE,
        only_if_last=burst.only_if_last if burst else None,
        rule=decided.rule,
        mood=decided.mood,
        ticket=decided.ticket,
        changes=case.changes,
        used=case.used,
    )


def apology(
    turn: TurnId, arrival: Arrival, context: TurnContext, phrases: Phrases, at: datetime
) -> TurnRecord:
    """The record of a turn that could not be finished."""
    language = context.conversation.language
    understanding = Understanding(language=Judged(language, 0.0), intent=UNJUDGED)
    decision: Decision = PassToAgent()
    if isinstance(context.conversation.owner, Bot):
        decision = Decline(phrases.say("failure", language))
    case = Case(at=at, context=context, understanding=understanding)
    decided = Decided(decision, mood=context.conversation.mood)
    return replace(compose(turn, arrival, case, decided, timings_ms={}), apologises=True)


def _says(decision: Decision) -> tuple[Outgoing, ...]:
    match decision:
        case Reply(draft):
            return (Outgoing(author=Author.BOT, text=draft.text, sources=draft.sources),)
        case AskBack(text) | Decline(text) | HandOff(_, text):
            return (Outgoing(author=Author.BOT, text=text),)
        case PassToAgent() | StaySilent():
            return ()
        case _:
            assert_never(decision)
