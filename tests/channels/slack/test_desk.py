"""What agents read on Slack, and what is read of what they do."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.slack.desk_blocks import MAX_BLOCKS, MAX_SECTION, body
from channels.slack.desk_parse import deed
from core.domain.desk import Button, Noted, Posting, Pressed, Rewrote, TookBack, Wrote
from tests.channels.slack.payloads import BOT, TS, an_account, event, in_room, pressed, said
from tests.fakes.slack_desk import DeskSide
from tests.fakes.slack_state import Shown, State

REPLY = "1780315299.000900"
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def below(text: str = "Hello", **more: Any) -> dict[str, Any]:
    """A message in a thread."""
    return in_room(text, **({"ts": REPLY, "thread_ts": TS} | more))


def what(payload: dict[str, Any]) -> object:
    found = deed(payload, an_account())
    return found.what if found else None


def test_a_message_in_a_thread_is_read_with_who_and_where() -> None:
    found = deed(below("Hello &amp; <https://x.example|here>"), an_account())

    assert found is not None
    assert (found.thread.at, found.thread.root) == ("acme/C0001", TS)
    assert (found.by, found.message, found.event) == ("T0001:U0001", REPLY, f"wrote:{REPLY}")
    assert found.what == Wrote(text="Hello & here (https://x.example)")


def test_a_mention_and_its_twin_are_the_same_deed() -> None:
    one, other = below(f"<@{BOT}> hi"), below(f"<@{BOT}> hi", type="app_mention")

    assert deed(one, an_account()) == deed(other, an_account())


@pytest.mark.parametrize(
    "payload",
    [
        said("not in a thread"),
        in_room("what begins a thread", thread_ts=TS),
        below(bot_id="B1"),
        below(user=BOT),
        below(subtype="channel_join"),
        below(thread_ts="x"),
        event(type="reaction_added"),
        pressed("feedback", "up:x"),
        pressed("desk:fire", "x"),
        {"type": "view_submission", "view": {"callback_id": "other"}},
        {},
    ],
)
def test_what_is_nothing_in_a_thread_is_none(payload: dict[str, Any]) -> None:
    assert deed(payload, an_account()) is None


def test_changes_are_read_and_previews_and_tombstones_told_apart() -> None:
    bare = {"user": "U0001", "text": "a", "ts": REPLY, "thread_ts": TS, "team": "T0001"}
    changed = {"type": "message", "subtype": "message_changed", "channel": "C0001", "ts": "9.9"}

    assert what(event(**changed, message=bare | {"text": "b"}, previous_message=bare)) == (
        Rewrote("b")
    )
    assert what(event(**changed, message=bare, previous_message=bare)) is None
    tombstone = {"subtype": "tombstone", "ts": REPLY, "thread_ts": TS, "user": "USLACKBOT"}
    assert what(event(**changed, message=tombstone, previous_message=bare)) == TookBack()
    deleted = {"type": "message", "subtype": "message_deleted", "channel": "C0001", "ts": "9.9"}
    assert what(event(**deleted, deleted_ts=REPLY, previous_message=bare)) == TookBack()


def test_a_form_of_another_workspace_is_nobodys() -> None:
    desk = DeskSide(State(BOT, lambda: 0.0))
    desk.forms.append({"callback_id": "desk_note", "private_metadata": f"acme/C0001 {TS}"})
    foreign = desk.fills("U0001", "words")
    foreign["view"]["private_metadata"] = f"other/C0001 {TS}"

    assert what(desk.fills("U0001", "words")) == Noted("words")
    assert what(foreign) is None


def test_a_button_says_what_it_is_about() -> None:
    desk = DeskSide(State(BOT, lambda: 0.0))
    posting = Posting(heading="x", buttons=(Button.UNDO,), about="abc")
    shown = Shown(
        ts="2.2", channel="C0001", user=BOT, thread_ts=TS, blocks=body(posting)["blocks"]
    )

    found = deed(desk.presses("U0001", "undo", shown), an_account())

    assert found is not None
    assert found.thread.root == TS
    assert isinstance(found.what, Pressed)
    assert (found.what.button, found.what.about) == (Button.UNDO, "abc")


@given(JUNK, st.sampled_from(["event_callback", "block_actions", "view_submission"]))
def test_nothing_that_comes_breaks_reading(junk: object, kind: str) -> None:
    for payload in (
        {"type": kind, "event": junk, "actions": junk, "view": junk, "user": junk},
        {
            "type": kind,
            "event": {"type": "message", "subtype": "message_changed", "message": junk},
        },
    ):
        deed(payload, an_account())


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=9_000), max_size=30))
def test_a_posting_keeps_slacks_limits_and_loses_nothing_that_fits(
    heading: str, paragraphs: list[str]
) -> None:
    made = body(Posting(heading=heading, paragraphs=tuple(paragraphs), buttons=(Button.UNDO,)))

    plain = [
        block["text"]["text"]
        for block in made["blocks"]
        if block["type"] == "section" and block["text"]["type"] == "plain_text"
    ]
    assert made["text"]
    assert len(made["blocks"]) <= MAX_BLOCKS
    assert all(0 < len(text) <= MAX_SECTION for text in plain)
    whole = "".join(paragraphs)
    assert whole.startswith("".join(plain))
    if len(made["blocks"]) < MAX_BLOCKS:
        assert "".join(plain) == whole


@given(st.text(max_size=50))
def test_nobody_is_called_by_what_a_customer_writes(text: str) -> None:
    wanted = f"<!channel> <@U0001> {text}"
    made = body(Posting(heading=wanted, paragraphs=(wanted,)))

    assert "<" not in made["text"]
    markup = [b["text"]["text"] for b in made["blocks"] if b["text"]["type"] == "mrkdwn"]
    assert not any("<" in one for one in markup)
    json.dumps(made)
