"""What the desk hears of."""

from dataclasses import replace
from uuid import uuid4

import pytest

from core.domain.errors import UndecodableRecord
from core.domain.events import HandoffMoved, HandoffRequested, RatingGiven
from core.domain.ids import ConversationId, HandoffId, TurnId
from core.event_log import Record
from core.telemetry.metrics import Metrics
from core.wire.envelope import Stamp, encode_handoff, encode_moved, encode_rating, encode_sent
from handoff.desk import Desk
from tests.builders import NOON, TENANT
from tests.fakes.lanes import a_record

CONVERSATION, TURN = ConversationId(uuid4()), TurnId(uuid4())
STAMP = Stamp(id=uuid4(), at=NOON)


def an_event(value: bytes) -> Record:
    return replace(a_record(), value=value)


async def test_handoffs_and_ratings_are_counted_by_type() -> None:
    metrics = Metrics()
    desk = Desk(metrics.events)
    wanted = HandoffRequested(
        tenant=TENANT, conversation=CONVERSATION, turn=TURN, reason="asked for a person"
    )
    given = RatingGiven(tenant=TENANT, conversation=CONVERSATION, turn=TURN, thumb="down")

    moved = HandoffMoved(
        tenant=TENANT,
        conversation=CONVERSATION,
        handoff=HandoffId(uuid4()),
        state="queued",
        agent=None,
    )

    for value in (
        encode_handoff(wanted, STAMP),
        encode_moved(moved, STAMP),
        encode_rating(given, STAMP),
        encode_rating(given, STAMP),
    ):
        await desk.take(an_event(value))

    counted = metrics.registry.get_sample_value
    assert counted("switchboard_events_total", {"type": "handoff.requested"}) == 1
    assert counted("switchboard_events_total", {"type": "handoff.moved"}) == 1
    assert counted("switchboard_events_total", {"type": "rating.given"}) == 2


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{}",
        b"[1]",
        encode_sent(TENANT, CONVERSATION, "web", STAMP),
        encode_rating(
            RatingGiven(tenant=TENANT, conversation=CONVERSATION, turn=TURN, thumb="up"), STAMP
        ).replace(b'"v":1', b'"v":2'),
    ],
)
async def test_what_nobody_can_read_is_refused_and_not_counted(value: bytes) -> None:
    metrics = Metrics()

    with pytest.raises(UndecodableRecord):
        await Desk(metrics.events).take(an_event(value))

    assert b"switchboard_events_total{" not in metrics.render()


@pytest.mark.parametrize(("thumb", "doubted"), [("down", [(TENANT, TURN)]), ("up", [])])
async def test_an_answer_that_was_not_liked_is_doubted(thumb: str, doubted: list) -> None:
    told: list[tuple] = []

    async def doubt(*turn: object) -> None:
        told.append(turn)

    desk = Desk(Metrics().events, doubt=doubt)
    given = RatingGiven(tenant=TENANT, conversation=CONVERSATION, turn=TURN, thumb=thumb)

    await desk.take(an_event(encode_rating(given, STAMP)))

    assert told == doubted
