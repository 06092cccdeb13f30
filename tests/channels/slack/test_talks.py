"""Buttons below a promise and below the end of a talk with a person, on a played Slack."""

from channels.contract import Receipt
from channels.places import Place
from channels.receiving import Receiver
from channels.slack.courtesies import Courtesies
from channels.slack.taking import Taking
from core.domain.conversation import Agent, Bot
from core.domain.events import MessageSent
from core.domain.messages import Channel
from tests.builders import TENANT
from tests.channels.people import People
from tests.channels.slack.payloads import TS, pressed
from tests.channels.slack.stage import Stage
from tests.handoff.cast import ANN

IN_THREAD = {"message": {"ts": "1780315201.000200", "thread_ts": TS, "user": "B1"}}


async def brought(stage: Stage, place: Place, seq: int) -> Receipt:
    return await stage.deliver(
        MessageSent(
            tenant=TENANT,
            conversation=place.conversation,
            seq=seq,
            channel=Channel.SLACK.value,
        )
    )


async def press(stage: Stage, action: str, value: str, **fields) -> None:
    courtesies = Courtesies(stage.calls, stage.kit.places, stage.session)
    taking = Taking(stage.kit.accounts, stage.kit.places, Receiver(stage.kit.parts), courtesies)
    await taking.take(pressed(action, value, **IN_THREAD, **fields))
    await courtesies.close()


def offered(stage: Stage) -> list[dict]:
    """What can be pressed below the last message."""
    rows = [
        block["elements"]
        for block in stage.slack.bodies("chat.postMessage")[-1]["blocks"]
        if block["type"] in ("actions", "context_actions")
    ]
    return [one for row in rows for one in row]


async def ratings(stage: Stage) -> list[tuple]:
    async with stage.kit.database.as_service() as connection:
        rows = await connection.fetch("SELECT thumb, reason FROM handoff_ratings")
    return [tuple(row) for row in rows]


async def test_a_promise_has_the_way_back_and_pressing_it_is_no_message(stage: Stage) -> None:
    place = await stage.asked()
    handoff = await People(stage.kit.database).asked(place.conversation)
    await brought(stage, place, 2)
    (button,) = offered(stage)

    await press(stage, button["action_id"], button["value"])

    talk = await stage.kit.store.conversation(TENANT, place.conversation)
    *_, said = await stage.kit.store.since(TENANT, place.conversation, 0, 10)
    assert (button["action_id"], button["value"]) == ("bot_instead", str(handoff.id))
    assert button["text"]["text"] == "Talk to the bot instead"
    assert talk.owner == Bot()
    assert (talk.seq, said.author) == (3, "system")


async def test_a_bystander_takes_nothing_back(stage: Stage) -> None:
    place = await stage.asked()
    handoff = await People(stage.kit.database).asked(place.conversation)

    await press(stage, "bot_instead", str(handoff.id), user={"id": "UOTHER", "team_id": "T0001"})

    talk = await stage.kit.store.conversation(TENANT, place.conversation)
    assert talk.owner != Bot()


async def test_pressed_too_late_the_person_stays(stage: Stage) -> None:
    place, people = await stage.asked(), People(stage.kit.database)
    handoff = await people.asked(place.conversation)
    await people.taken(handoff.id)

    await press(stage, "bot_instead", str(handoff.id))

    talk = await stage.kit.store.conversation(TENANT, place.conversation)
    assert talk.owner == Agent(ANN)


async def test_how_a_talk_was_is_asked_below_its_end_and_the_reason_is_asked_for(
    stage: Stage,
) -> None:
    place = await stage.asked()
    handoff = await People(stage.kit.database).talked(place.conversation)
    seq = (await stage.kit.store.conversation(TENANT, place.conversation)).seq
    await brought(stage, place, seq)
    (verdict,) = offered(stage)
    url = stage.slack.app.response_url()

    await press(stage, "talk", verdict["negative_button"]["value"], response_url=url)
    (_, why), *_ = stage.slack.app.responses
    reason = why["blocks"][1]["elements"][1]
    again = stage.slack.app.response_url()
    await press(stage, reason["action_id"], reason["value"], response_url=again)

    thanks = stage.slack.app.responses[-1][1]
    assert verdict["negative_button"]["value"] == f"down:{handoff.id}"
    assert (reason["action_id"], reason["text"]["text"]) == (
        "talk_reason:not_solved",
        "Not solved",
    )
    assert thanks["text"] == "Thank you. This helps us to do better."
    assert await ratings(stage) == [("down", "not_solved")]
    assert (await stage.kit.store.conversation(TENANT, place.conversation)).seq == seq


async def test_only_whose_talk_it_was_can_rate_it(stage: Stage) -> None:
    place = await stage.asked()
    handoff = await People(stage.kit.database).talked(place.conversation)
    value = f"up:{handoff.id}"

    other = {"id": "UOTHER", "team_id": "T0001"}
    url = stage.slack.app.response_url()
    await press(stage, "talk", value, user=other, response_url=url)
    before = await ratings(stage)
    (_, told), *_ = stage.slack.app.responses
    await press(stage, "talk", value)

    assert before == [(None, None)]
    assert told["text"] == "Only the customer can do this."
    assert told["response_type"] == "ephemeral"
    assert await ratings(stage) == [("up", None)]
