"""Updates as nobody should send them: no body raises."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.parse import TelegramParse
from tests.channels.telegram.account import an_account
from tests.fakes.clock import FakeClock
from tests.fakes.telegram_customer import Customer
from tests.fakes.telegram_state import BotState

parse = TelegramParse(FakeClock())
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary())
def test_no_bytes_raise(body: bytes) -> None:
    assert parse(body, an_account()) == ()


def _places(value, at=()):
    """Every place in a document."""
    yield at
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from _places(value[key], (*at, key))


def _changed(value, at, new):
    if not at:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[at[0]] = _changed(value[at[0]], at[1:], new)
    return copied


@given(st.data())
def test_an_update_with_anything_in_any_place_raises_nothing(data: st.DataObject) -> None:
    ann = Customer(BotState("42:x", "shop_bot", lambda: 0.0))
    message = ann.message(text="/a @shop_bot x", reply_to_message=ann.message(text="b"))
    kinds = ("message", "edited_message", "business_message", "channel_post")
    update = {"update_id": 1, data.draw(st.sampled_from(kinds)): message}
    at = data.draw(st.sampled_from(list(_places(update))))
    changed = _changed(update, at, data.draw(JSON_VALUES))

    parse(msgspec.json.encode(changed), an_account())


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"update_id":1,"message":' * 5_000,
        b'{"update_id":1,"message":{"message_id":1,"date":99999999999999999,"chat":{"id":7},'
        b'"from":{"id":7},"text":"x"}}',
        b'{"update_id":1,"message":{"message_id":1,"chat":{"id":-7},"from":{"id":7},"text":"x",'
        b'"entities":[{"type":"mention","offset":-5,"length":-9000000000}]}}',
        b'{"update_id":1,"message":{"message_id":1,"chat":{"id":7},"text":"\\ud800"}}',
        b'\xff\xfe{"update_id": 1}',
    ],
    ids=["deep", "nested", "far away", "negative", "half a character", "another encoding"],
)
def test_hostile_bodies_raise_nothing(body: bytes) -> None:
    parse(body, an_account())
