import pytest

from channels.slack.courtesies import Courtesies, Prompt
from channels.slack.parse import parse
from tests.channels.slack.payloads import DM, TS, TURN, event, form_of, json_of, pressed
from tests.channels.slack.stage import Stage
from tests.fakes.slack import Refuse


def suggests(tenant, language):
    return [Prompt(title=f"Question {n}", message=f"Question {n}?") for n in range(6)]


async def done(stage: Stage, payload) -> None:
    """What a payload leads to when it was stored."""
    courtesies = Courtesies(stage.calls, stage.kit.places, stage.session, suggests)
    body = form_of(payload) if payload["type"] == "block_actions" else json_of(payload)
    courtesies(stage.account, payload, parse(body, stage.account))
    await courtesies.close()


async def test_who_dislikes_an_answer_is_asked_why_and_thanked(stage: Stage) -> None:
    asked, thanked = stage.slack.app.response_url(), stage.slack.app.response_url()

    await done(stage, pressed("feedback", f"down:{TURN}", response_url=asked))
    await done(stage, pressed("reason:wrong", f"wrong:{TURN}", response_url=thanked))

    (_, why), (_, thanks) = stage.slack.app.responses
    offered = [one["value"] for one in why["blocks"][1]["elements"]]
    assert offered == [f"{one}:{TURN}" for one in ("wrong", "out_of_date", "no_answer", "other")]
    assert (why["response_type"], why["replace_original"]) == ("ephemeral", False)
    assert thanks["replace_original"] is True
    assert thanks["text"].startswith("Thank you")


async def test_who_writes_chinese_is_asked_in_chinese(stage: Stage) -> None:
    place = await stage.asked()
    await stage.kit.places.note(place.tenant, place.conversation, place.route, "zh")

    url = stage.slack.app.response_url()
    await done(stage, pressed("feedback", f"down:{TURN}", response_url=url))

    assert stage.slack.app.responses[0][1]["text"] == "哪里不对？"


async def test_who_likes_an_answer_is_left_in_peace(stage: Stage) -> None:
    url = stage.slack.app.response_url()

    await done(stage, pressed("feedback", f"up:{TURN}", response_url=url))

    assert stage.slack.app.responses == []


@pytest.mark.parametrize(
    "address",
    ["", "http://127.0.0.1:1/x", "https://hooks.slack.com@127.0.0.1/x", "https://[", "file:///x"],
)
async def test_nothing_is_sent_to_an_address_that_is_not_slack_s(stage: Stage, address) -> None:
    await done(stage, pressed("feedback", f"down:{TURN}", response_url=address))

    assert stage.slack.app.responses == []
    assert stage.slack.asked == []


async def test_who_opens_the_chat_is_offered_four_questions(stage: Stage) -> None:
    await done(stage, event(type="app_home_opened", tab="messages", channel=DM, user="U1"))
    thread = {"user_id": "U1", "channel_id": DM, "thread_ts": TS}
    await done(stage, event(type="assistant_thread_started", assistant_thread=thread))

    new, old = stage.slack.bodies("assistant.threads.setSuggestedPrompts")
    assert len(new["prompts"]) == 4
    assert new["channel_id"] == old["channel_id"] == DM
    assert "thread_ts" not in new
    assert old["thread_ts"] == TS


async def test_a_stopped_session_is_active_again_and_a_refusal_is_nobody_s_trouble(
    stage: Stage,
) -> None:
    stopped = event(type="agent_session_stopped", channel_id=DM, thread_ts=TS)
    stage.slack.faults = lambda method, body: Refuse(error="unknown_method")

    await done(stage, stopped)

    (body,) = stage.slack.bodies("agents.sessions.setStatus")
    assert body["status"] == "active"
