"""One more message wherever a turn awaits: each is answered once, whenever it comes."""

import pytest

from core.domain.messages import Author
from core.postgres.conversations import PostgresConversations
from tests.fakes.points import POINTS, with_points
from tests.fakes.talk import Talk, a_talk, a_walk
from tests.fakes.walk import ScriptedWriter

SHOWN = POINTS.index("after piece")
"""From here on something was seen of the answer."""
SILENT = [point for point in POINTS if point.split()[1] in {"load", "understand", "remember"}]
"""The points of a turn that shows nothing before it is stored."""


async def interrupted(store: PostgresConversations, text: str, point: str, late: bool) -> Talk:
    """A conversation in which one more message came at that point of the first pass."""
    left = [point]
    records = []

    async def at(here: str) -> None:
        if here in left:
            left.remove(here)
            record = await talk.accept("to Canada?")
            if late:
                records.append(record)
            else:
                talk.lanes.submit(record)

    talk = await a_talk(store, with_points(a_walk(store, ScriptedWriter()), at))
    await talk.say(text)
    await talk.settled()
    for record in records:
        talk.lanes.submit(record)
    await talk.settled()
    assert not left
    return talk


async def assert_each_message_was_answered_once(talk: Talk) -> None:
    transcript = await talk.transcript()
    assert [m.seq for m in transcript] == [*range(1, len(transcript) + 1)]
    said = [m.seq for m in transcript if m.author is Author.CUSTOMER]
    assert [seq for turn in talk.turns for seq in turn.covers] == said
    by = [m.turn for m in transcript if m.author is Author.BOT]
    assert by == [turn.id for turn in talk.turns]


@pytest.mark.parametrize("late", [False, True], ids=["its record is here", "its record is late"])
@pytest.mark.parametrize("point", POINTS)
async def test_a_message_joins_until_something_was_shown(store, point, late) -> None:
    talk = await interrupted(store, "How long do parcels take", point, late)

    await assert_each_message_was_answered_once(talk)
    waits = POINTS.index(point) >= SHOWN or (late and point == "after standing")
    assert len(talk.turns) == (2 if waits else 1)


@pytest.mark.parametrize("late", [False, True], ids=["its record is here", "its record is late"])
@pytest.mark.parametrize("point", SILENT)
async def test_a_message_joins_a_turn_that_shows_nothing_until_it_is_stored(
    store, point, late
) -> None:
    talk = await interrupted(store, "#person", point, late)

    transcript = await talk.transcript()
    assert [m.author for m in transcript].count(Author.BOT) == 1
    assert len(talk.turns) == (2 if point == "after remember" else 1)
    assert [seq for turn in talk.turns for seq in turn.covers] == [
        m.seq for m in transcript if m.author is Author.CUSTOMER
    ]
