"""One conversation on Slack, from the first question to the wish for a person."""

from channels.receiving import Receiver
from channels.slack.courtesies import Courtesies
from channels.slack.taking import Taking
from tests.channels.slack.payloads import BOT, ROOM, TS, USER, in_room, pressed
from tests.channels.slack.stage import Stage, new_turn, shows


async def test_question_answer_follow_up_verdict_reason_and_person(stage: Stage) -> None:
    kit, slack, turn, second = stage.kit, stage.slack, new_turn(), new_turn()
    courtesies = Courtesies(stage.calls, kit.places, stage.session)
    taking = Taking(kit.accounts, kit.places, Receiver(kit.parts), courtesies)
    address, text = f"acme/{ROOM}/{TS}", "It lasts **two years** [1]. Keep the receipt."

    async def press(action: str, value: str) -> None:
        where = {"channel": {"id": ROOM}, "response_url": slack.app.response_url()}
        await taking.take(pressed(action, value, **where))
        await courtesies.close()

    slack.state.said(ROOM, TS, USER)
    await taking.take(in_room(f"<@{BOT}> How long is the warranty?"))
    place = await kit.place(address)
    assert place is not None
    await stage.channel.busy(place)
    await shows(stage, place, turn, text)
    await stage.deliver(await stage.answered(place, text, turn))
    await stage.channel.idle(place, turn)

    await taking.take(in_room("And for parts?", ts="1780315300.000100", thread_ts=TS))
    await stage.deliver(await stage.answered(place, "One year [1].", second))
    await press("feedback", f"down:{second}")
    await press("reason:wrong", f"wrong:{second}")
    await press("person", str(second))

    assert [one.words for one in stage.shown(ROOM)] == [text, "One year [1]."]
    assert await kit.texts(address) == [
        "How long is the warranty?",
        text,
        "And for parts?",
        "One year [1].",
        "I would like to talk to a person.",
    ]
    asked, thanked = (body for _, body in slack.app.responses)
    assert asked["text"] == "What was wrong?"
    assert thanked["replace_original"]
    assert await _ratings(stage) == [(second, "down", "wrong")]
    assert slack.state.statuses == [(TS, "is looking for the answer…"), (TS, "")]


async def _ratings(stage: Stage) -> list[tuple]:
    async with stage.kit.database.as_service() as connection:
        rows = await connection.fetch("SELECT turn, thumb, reason FROM ratings")
    return [tuple(row) for row in rows]
