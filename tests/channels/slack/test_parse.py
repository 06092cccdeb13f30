import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.happenings import (
    Closed,
    Deleted,
    Edited,
    File,
    Greeted,
    PersonWanted,
    Rated,
    Said,
)
from channels.slack.parse import overheard, parse
from tests.channels.slack.payloads import (
    BOT,
    DM,
    ROOM,
    TS,
    TURN,
    USER,
    an_account,
    event,
    form_of,
    in_room,
    json_of,
    pressed,
    said,
)

ACCOUNT = an_account()


def happened(payload, account=ACCOUNT):
    return parse(json_of(payload), account)


def test_a_direct_message_is_the_root_of_its_own_thread() -> None:
    (found,) = happened(said("Hi &amp; bye"))

    assert isinstance(found, Said)
    assert found.address == f"acme/{DM}/{TS}"
    assert found.customer == f"T0001:{USER}"
    assert found.event == f"slack:T0001:{DM}:{TS}"
    assert found.text == "Hi & bye"
    assert dict(found.route) == {"user": USER, "team": "T0001", "kind": "im"}
    assert found.at.isoformat() == "2026-06-01T12:00:00+00:00"


def test_a_mention_and_its_twin_are_one_event() -> None:
    text = f"<@{BOT}> is it open?"
    mention = in_room(text, type="app_mention", channel_type=None)

    (one,), (twin,) = happened(mention), happened(in_room(text, outer_event_id="Ev0002"))

    assert isinstance(one, Said)
    assert one == twin
    assert one.text == "is it open?"
    assert not overheard(one)


def test_a_reply_in_a_thread_is_for_us_if_the_thread_is_and_other_talk_never() -> None:
    (reply,) = happened(in_room("and on Sunday?", ts="1780315300.0001", thread_ts=TS))

    assert isinstance(reply, Said)
    assert reply.address == f"acme/{ROOM}/{TS}"
    assert overheard(reply)
    assert happened(in_room("lunch?")) == ()


def test_a_mention_alone_still_says_something() -> None:
    (found,) = happened(in_room(f" <@{BOT}> "))

    assert isinstance(found, Said)
    assert found.text == "@bot"


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("see <https://a.example/x|https://a.example/x>", "see https://a.example/x"),
        ("see <https://a.example/x|this>", "see this (https://a.example/x)"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<http://b.example|b.example>", "http://b.example"),
        ("ask <@U7|Ann> in <#C7|help> <!here>", "ask @Ann in #help @here"),
        ("1 &lt; 2 &amp;lt;", "1 < 2 &lt;"),
        ("<> <a", "<> <a"),
    ],
)
def test_words_are_read_as_they_were_meant(raw: str, meant: str) -> None:
    (found,) = happened(said(raw))

    assert isinstance(found, Said)
    assert found.text == meant


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B1"},
        {"user": BOT},
        {"user": "USLACKBOT"},
        {"subtype": "bot_message", "user": None},
        {"subtype": "channel_join"},
        {"subtype": "assistant_app_thread"},
        {"user": None},
        {"ts": "now"},
        {"channel": "../x"},
    ],
    ids=str,
)
def test_what_programs_say_and_what_nobody_says_is_left_out(fields) -> None:
    assert happened(said(**fields)) == ()


def test_files_come_by_their_ids() -> None:
    files = [
        {"id": "F1", "name": "a.pdf", "mimetype": "application/pdf", "size": 12},
        {"id": "F2", "file_access": "check_file_info"},
        {"name": "no id"},
        "no file",
    ]

    (found,) = happened(said("", subtype="file_share", files=files))

    assert isinstance(found, Said)
    assert found.files == (
        File(native="F1", name="a.pdf", media_type="application/pdf", size=12),
        File(native="F2", name="F2"),
    )


def test_a_change_and_a_deletion_name_the_message_they_are_of() -> None:
    (original,) = happened(said("one"))
    before = {"type": "message", "user": USER, "text": "one", "ts": TS}
    changed = {"subtype": "message_changed", "ts": "1780315400.0001", "user": None}
    deleted = {"subtype": "message_deleted", "deleted_ts": TS, "ts": "1780315401.0001"}

    (edit,) = happened(
        said("", **changed, message=before | {"text": "two"}, previous_message=before)
    )
    (taken,) = happened(said("", **deleted, previous_message=before))

    assert isinstance(original, Said)
    assert isinstance(edit, Edited)
    assert isinstance(taken, Deleted)
    assert edit.text == "two"
    assert {edit.event, taken.event} == {original.event}
    assert {edit.address, taken.address} == {original.address}


def test_a_preview_that_slack_adds_is_no_change_and_a_tombstone_is_a_deletion() -> None:
    before = {"type": "message", "user": USER, "text": "one", "ts": TS}
    changed = {"subtype": "message_changed", "ts": "1780315400.0001"}
    stone = {"subtype": "tombstone", "text": "This message was deleted.", "ts": TS}

    preview = happened(said("", **changed, message=before, previous_message=before))
    gone = happened(said("", **changed, message=stone, previous_message=before))

    assert preview == ()
    assert [type(one) for one in gone] == [Deleted]


def test_buttons_rate_give_reasons_and_ask_for_a_person() -> None:
    up, down = pressed("feedback", f"up:{TURN}"), pressed("feedback", f"down:{TURN}")
    reason, person = pressed("reason:1", f"wrong:{TURN}"), pressed("person", TURN)

    found = [parse(form_of(one), ACCOUNT)[0] for one in (up, down, reason, person)]

    assert [(one.rating.thumb, one.rating.reason) for one in found if isinstance(one, Rated)] == [
        ("up", None),
        ("down", None),
        ("down", "wrong"),
    ]
    assert isinstance(found[3], PersonWanted)
    assert found[3].customer == f"T0001:{USER}"
    assert {getattr(one, "address", "") for one in found} == {f"acme/{DM}/{TS}"}


@pytest.mark.parametrize(
    "value", ["", "up", "up:1", f"sideways:{TURN}", f"up:{TURN}x", "up:" * 999]
)
def test_a_button_that_is_not_ours_does_nothing(value: str) -> None:
    for action in ("feedback", "reason", "other"):
        assert parse(form_of(pressed(action, value)), ACCOUNT) == ()


def test_who_opens_the_chat_is_greeted() -> None:
    home = event(type="app_home_opened", tab="messages", channel=DM, user=USER)
    thread = {"user_id": USER, "channel_id": DM, "thread_ts": TS, "context": {}}
    older = event(type="assistant_thread_started", assistant_thread=thread)

    (new,), (old,) = happened(home), happened(older)

    assert isinstance(new, Greeted)
    assert isinstance(old, Greeted)
    assert (new.address, old.address) == (f"acme/{DM}", f"acme/{DM}/{TS}")
    assert happened(event(type="app_home_opened", tab="home", channel=DM, user=USER)) == ()


def test_an_app_that_was_removed_closes_every_address_of_the_account() -> None:
    gone = event(type="app_uninstalled")
    revoked = event(type="tokens_revoked", tokens={"oauth": ["U1"], "bot": [BOT]})
    of_a_user = event(type="tokens_revoked", tokens={"oauth": ["U1"], "bot": []})

    assert happened(gone) == happened(revoked) == (Closed(address="acme/"),)
    assert happened(of_a_user) == ()


def test_strangers_of_a_shared_channel_are_marked_and_ignored_where_that_is_chosen() -> None:
    foreign = in_room(
        f"<@{BOT}> hi", user_team="T0002", team="T0002", outer_is_ext_shared_channel=True
    )
    own = in_room(f"<@{BOT}> hi", user_team="T0001", outer_is_ext_shared_channel=True)
    ignoring = an_account(strangers="ignore")

    (found,) = happened(foreign)

    assert isinstance(found, Said)
    assert found.customer == f"T0002:{USER}"
    assert found.route["external"] == "yes"
    assert found.route["team"] == "T0002"
    assert happened(foreign, ignoring) == ()
    assert len(happened(own, ignoring)) == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
_PAYLOADS = [
    said(files=[{"id": "F1"}]),
    in_room(f"<@{BOT}> hi"),
    said("", subtype="message_changed", message={"ts": TS, "user": USER, "text": "x"}),
    said("", subtype="message_deleted", previous_message={"ts": TS}),
    event(type="app_home_opened", tab="messages", channel=DM, user=USER),
    event(type="assistant_thread_started", assistant_thread={"channel_id": DM}),
    event(type="tokens_revoked", tokens={"bot": [BOT]}),
    pressed("feedback", f"up:{TURN}"),
    pressed("person", TURN),
]


@given(st.data(), st.sampled_from(_PAYLOADS))
def test_a_payload_with_a_strange_field_is_read_or_left_out(data, payload) -> None:
    payload = json.loads(json.dumps(payload))
    inside = [payload, *(one for one in payload.values() if isinstance(one, dict))]
    target = data.draw(st.sampled_from(inside))
    target[data.draw(st.sampled_from(sorted(target)))] = data.draw(_JSON)

    for happening in parse(json.dumps(payload).encode(), ACCOUNT):
        repr(happening).encode()


@given(st.binary(max_size=200))
def test_bytes_that_are_no_payload_say_nothing(body: bytes) -> None:
    assert parse(body, ACCOUNT) == ()
    assert parse(b"payload=" + body, ACCOUNT) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"type":' * 50_000,
        b"9" * 10_000,
        b"payload=" + b"&" * 10_000,
        b'{"type":"event_callback","event":[]}',
        b"\xff\xfe",
    ],
    ids=lambda body: repr(body[:12]),
)
def test_a_hostile_body_says_nothing(body: bytes) -> None:
    assert parse(body, ACCOUNT) == ()


def test_half_a_character_becomes_one_that_can_be_stored() -> None:
    body = json_of(said("x")).replace(b'"x"', b'"a\\ud800b"')

    (found,) = parse(body, ACCOUNT)

    assert isinstance(found, Said)
    assert found.text == "a?b"
