import json

import pytest

from core.domain.errors import StoreUnavailable
from tests.channels.slack.kit import Kit, signed
from tests.channels.slack.payloads import (
    BOT,
    DM,
    ROOM,
    TS,
    event,
    in_room,
    json_of,
    pressed,
    said,
)


async def test_a_message_is_stored_before_it_is_acknowledged(kit: Kit) -> None:
    async with kit.serving() as slack:
        status = await slack.event(said("Hello"))

        assert status == 200
        assert await kit.texts(f"acme/{DM}/{TS}") == ["Hello"]


async def test_a_mention_and_its_twin_are_accepted_once_and_a_retry_is_not_dropped(
    kit: Kit,
) -> None:
    text = f"<@{BOT}> Hello"
    async with kit.serving() as slack:
        retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
        await slack.event(in_room(text, type="app_mention"), **retry)
        await slack.event(in_room(text, outer_event_id="Ev0002"))

        assert await kit.texts(f"acme/{ROOM}/{TS}") == ["Hello"]


async def test_a_follow_up_needs_no_mention_and_other_peoples_threads_are_theirs(
    kit: Kit,
) -> None:
    reply = in_room("And on Sunday?", ts="1780315300.000100", thread_ts=TS)
    elsewhere = in_room("Lunch?", ts="1780315301.000100", thread_ts="1780315000.000100")
    async with kit.serving() as slack:
        await slack.event(in_room(f"<@{BOT}> Hello"))
        statuses = [await slack.event(one) for one in (reply, elsewhere)]

    assert statuses == [200, 200]
    assert await kit.texts(f"acme/{ROOM}/{TS}") == ["Hello", "And on Sunday?"]
    assert await kit.place(f"acme/{ROOM}/1780315000.000100") is None
    place = await kit.place(f"acme/{ROOM}/{TS}")
    assert place is not None
    assert "overheard" not in place.route


async def test_what_cannot_be_stored_is_not_acknowledged_and_comes_again(kit: Kit) -> None:
    async def away(account, happenings, traceparent="") -> None:
        raise StoreUnavailable

    async with kit.serving(away) as slack:
        refused = await slack.event(said("Hello"))
    async with kit.serving() as slack:
        taken = await slack.event(said("Hello"), **{"X-Slack-Retry-Num": "1"})

    assert (refused, taken) == (503, 200)
    assert await kit.texts(f"acme/{DM}/{TS}") == ["Hello"]


async def test_slack_s_question_whether_this_is_the_address_is_answered(kit: Kit) -> None:
    asked = {"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"}
    async with kit.serving() as slack:
        status, body = await slack.post("/slack/events", json_of(asked))

    assert (status, json.loads(body)) == (200, {"challenge": "3eZbrw1aB"})


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        (event(type="reaction_added", user="U1"), "nothing"),
        (event(type="something_new"), "nothing"),
        ({"type": "app_rate_limited", "team_id": "T0001"}, "rate_limited"),
        (said(outer_team_id="T9", outer_authorizations=[]), "no_account"),
        ([1, 2], "unread"),
    ],
    ids=["unmatched", "unknown", "rate limited", "no account", "no object"],
)
async def test_what_is_not_for_us_is_acknowledged_and_counted(kit: Kit, payload, outcome) -> None:
    async with kit.serving() as slack:
        status, _ = await slack.post("/slack/events", json.dumps(payload).encode())

    assert status == 200
    assert kit.counted == {outcome: 1}


async def test_only_what_slack_signed_lately_is_taken(kit: Kit) -> None:
    body = json_of(said("Hello"))
    good = signed(body)
    late = signed(body, age_s=301)
    forged = [
        signed(body, secret="another"),
        late,
        signed(body, age_s=-302),
        good | {"X-Slack-Request-Timestamp": "now"},
        good | {"X-Slack-Request-Timestamp": "١٢"},
        good | {"X-Slack-Signature": "v0="},
        good | {"X-Slack-Signature": "v0=é"},
        signed(body + b" "),
    ]
    async with kit.serving() as slack:
        statuses = [await slack.post("/slack/events", body, **headers) for headers in forged]
        unsigned, _ = await slack.post("/slack/events", b"ssl_check=1", **signed(body))

    assert {status for status, _ in statuses} == {401}
    assert unsigned == 401
    assert kit.counted == {"forged": len(forged) + 1}


async def test_a_wish_for_a_person_is_said_in_its_thread(kit: Kit) -> None:
    async with kit.serving() as slack:
        await slack.event(said("Hello"))
        statuses = [await slack.action(pressed("person", "x")) for _ in range(2)]

    assert statuses == [200, 200]
    assert await kit.texts(f"acme/{DM}/{TS}") == ["Hello", "I would like to talk to a person."]
