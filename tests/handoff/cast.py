"""Builders of handoffs and of those who take them: each names only what matters to the test."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from core.domain.ids import AgentId, ConversationId, HandoffId
from core.domain.messages import Channel
from handoff.assignment import Person, Presence
from handoff.life import Handoff, Requested, State, Wants
from tests.builders import NOON, TENANT

ANN, BO, CAI = (AgentId(UUID(int=number)) for number in (1, 2, 3))
SOON = NOON + timedelta(minutes=1)


def a_handoff(
    state: State | None = None, *, wants: Wants | None = None, at: datetime = NOON
) -> Handoff:
    return Handoff(
        id=HandoffId(uuid4()),
        tenant=TENANT,
        conversation=ConversationId(uuid4()),
        channel=Channel.WEB,
        state=state or Requested(),
        wants=wants or Wants(reason="asked for a person"),
        requested_at=at,
        epoch=1,
    )


def numbered(handoff: Handoff, number: int) -> Handoff:
    return replace(handoff, id=HandoffId(UUID(int=number)))


def a_person(agent: AgentId = ANN, **given: Any) -> Person:
    values: dict[str, Any] = {
        "name": "Ann",
        "presence": Presence.ONLINE,
        "capacity": 1,
        "free_since": NOON,
        "seen_at": NOON,
    }
    return Person(id=agent, **(values | given))
