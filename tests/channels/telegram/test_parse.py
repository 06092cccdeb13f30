"""What an update says, for updates as the fake makes them and as nobody should."""

import json
from uuid import UUID

import pytest

from channels.contract import Parse
from channels.happenings import (
    Closed,
    Deleted,
    Edited,
    Greeted,
    Moved,
    PersonWanted,
    Rated,
    Reopened,
    Said,
)
from channels.ratings import Rating, Thumb
from channels.telegram.parse import TelegramParse
from channels.telegram.pressed import REASONS, data_of, rating_of
from core.domain.customers import Profile
from core.domain.ids import TurnId
from tests.channels.telegram.account import an_account
from tests.fakes.clock import FakeClock
from tests.fakes.telegram_customer import NOON, Customer, user
from tests.fakes.telegram_state import BotState

TURN = TurnId(UUID(int=0x0192ABCD_0000_7000_8000_000000000001))
GROUP, THREADS = -500, -1_000_000_000_500
BOT = {"id": 42, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
parse: Parse = TelegramParse(FakeClock())


@pytest.fixture
def ann() -> Customer:
    return Customer(BotState("42:x", "shop_bot", lambda: 0.0), language="zh-hans")


def found(update):
    return parse(json.dumps(update).encode(), an_account())


def only(update):
    (happening,) = found(update)
    return happening


def texts(update) -> list[str]:
    return [one.text for one in found(update) if isinstance(one, Said)]


def test_words_in_a_private_chat_are_said_there(ann: Customer) -> None:
    said = only(ann.says("Where is it?"))

    assert isinstance(said, Said)
    assert (said.address, said.customer, said.text) == ("shop/-/7/0", "7", "Where is it?")
    assert (said.event, said.language, said.route) == ("telegram:42:7:1", "zh-hans", {})
    assert said.at.timestamp() == NOON + 1


def test_an_edit_and_a_redelivery_name_the_event_of_the_message(ann: Customer) -> None:
    first = ann.says("Were is it?")
    said, again = only(first), only(first)

    edited = only(ann.edits(first, "Where is it?"))

    assert isinstance(edited, Edited)
    assert said.event == again.event == edited.event
    assert (edited.text, edited.at.timestamp()) == ("Where is it?", NOON + 61)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Anybody there?", []),
        ("@shop_bot Anybody there?", ["Anybody there?"]),
        ("@SHOP_BOT, 你好", ["你好"]),
        ("😀 ask @shop_bot please", ["😀 ask @shop_bot please"]),
        ("@shop_botany is a garden", []),
        ("@other_bot Anybody there?", []),
        ("/help", ["/help"]),
        ("/help@shop_bot me", ["/help@shop_bot me"]),
        ("/help@other_bot me", []),
    ],
)
def test_in_a_group_only_what_is_for_the_bot_is_heard(ann: Customer, text, heard) -> None:
    assert texts(ann.says(text, GROUP)) == heard


def test_in_a_group_an_answer_to_the_bot_is_heard_and_one_to_others_is_not(ann: Customer) -> None:
    mine = {"message_id": 3, "date": 1, "chat": {"id": GROUP, "type": "group"}, "from": BOT}
    others = mine | {"from": user(8)}
    topic = mine | {"forum_topic_created": {"name": "Help", "icon_color": 1}}

    assert texts(ann.says("And?", GROUP, reply_to_message=mine)) == ["And?"]
    assert texts(ann.says("And?", GROUP, reply_to_message=others)) == []
    assert texts(ann.says("And?", THREADS, reply_to_message=topic)) == []


def test_each_topic_of_a_forum_is_a_conversation_and_an_answer_s_thread_is_none(
    ann: Customer,
) -> None:
    topic = only(ann.says("@shop_bot a", THREADS, message_thread_id=9, is_topic_message=True))
    reply = only(ann.says("@shop_bot a", THREADS, message_thread_id=9))

    assert topic.address == f"shop/-/{THREADS}/9"
    assert reply.address == f"shop/-/{THREADS}/0"
    assert topic.route == {"reply_to": "1"}


def test_for_a_business_its_customer_is_heard_and_its_own_words_are_not(ann: Customer) -> None:
    message = ann.message(text="Open today?", business_connection_id="Bc/1")
    own = message | {"from": user(99)}

    said = only({"update_id": 1, "business_message": message})

    assert (said.address, said.event) == ("shop/Bc/1/7/0", "telegram:42:7:1:Bc/1")
    assert found({"update_id": 1, "business_message": own}) == ()


@pytest.mark.parametrize(
    ("kind", "media", "name", "media_type"),
    [
        ("voice", {"duration": 3, "mime_type": "audio/ogg"}, "voice.ogg", "audio/ogg"),
        ("video", {"file_name": "a.mov"}, "a.mov", "video/mp4"),
        ("document", {"file_name": "a.pdf", "mime_type": "application/pdf"}, "a.pdf",
         "application/pdf"),
        ("video_note", {}, "video.mp4", "video/mp4"),
        ("audio", {"mime_type": "audio/mp4"}, "audio.mp3", "audio/mp4"),
    ],
)  # fmt: skip
def test_a_file_is_kept_with_its_caption(ann: Customer, kind, media, name, media_type) -> None:
    sent = {"file_id": "F1", "file_unique_id": "u", "file_size": 12, **media}

    said = only(ann.sends(caption="This one", **{kind: sent}))

    (file,) = said.files
    assert (file.native, file.name, file.media_type, file.size) == ("F1", name, media_type, 12)
    assert said.text == "This one"


def test_of_a_picture_the_largest_size_is_taken_and_an_album_is_several_messages(
    ann: Customer,
) -> None:
    sizes = [{"file_id": size, "width": 1, "height": 1} for size in ("small", "large")]
    album = [ann.sends(photo=sizes, media_group_id="1") for _ in range(2)]

    said = [only(update) for update in album]

    assert [[file.native for file in one.files] for one in said] == [["large"], ["large"]]
    assert len({one.event for one in said}) == 2
    assert {one.text for one in said} == {""}


def test_a_place_a_number_and_a_sticker_are_words(ann: Customer) -> None:
    at = {"latitude": 52.52, "longitude": 13.405}
    sent = [
        {"location": at},
        {"location": at, "venue": {"location": at, "title": "Zoo", "address": "Hardenbergplatz"}},
        {"contact": {"phone_number": "+49123", "first_name": "Bo", "last_name": "Li"}},
        {"sticker": {"file_id": "s", "emoji": "👍"}},
    ]

    said = [text for one in sent for text in texts(ann.sends(**one))]

    assert said == [
        "📍 52.520000, 13.405000",
        "📍 Zoo, Hardenbergplatz, 52.520000, 13.405000",
        "👤 Bo Li: +49123",
        "👍",
    ]


def test_a_place_that_moves_is_an_edit_and_a_caption_that_goes_is_none(ann: Customer) -> None:
    first = ann.sends(location={"latitude": 1, "longitude": 2})["message"]
    moved = first | {"location": {"latitude": 3, "longitude": 4}, "edit_date": NOON + 9}
    bare = ann.sends(voice={"file_id": "F"})["message"] | {"edit_date": NOON + 9}

    edited = only({"update_id": 1, "edited_message": moved})

    assert isinstance(edited, Edited)
    assert edited.text == "📍 3.000000, 4.000000"
    assert found({"update_id": 2, "edited_message": bare}) == ()


@pytest.mark.parametrize(
    ("text", "chat"), [("/start", 7), ("/start from-the-site", 7), ("@shop_bot", GROUP)]
)
def test_who_opens_the_chat_is_greeted(ann: Customer, text, chat) -> None:
    assert isinstance(only(ann.says(text, chat)), Greeted)


def pressed(ann: Customer, data: str):
    message = ann.message(chat=7, text="Answer", entities=[]) | {"from": BOT}
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
    return ann.presses(message | {"reply_markup": markup}, "x")


@pytest.mark.parametrize(
    ("data", "rating"),
    [
        (data_of(TURN, Thumb.UP), Rating(turn=TURN, thumb=Thumb.UP)),
        (f"fb:{TURN}:d", Rating(turn=TURN, thumb=Thumb.DOWN)),
        (
            data_of(TURN, Thumb.DOWN, "out_of_date"),
            Rating(turn=TURN, thumb=Thumb.DOWN, reason="out_of_date"),
        ),
    ],
)
def test_a_thumb_is_a_verdict_on_its_turn(ann: Customer, data, rating) -> None:
    assert only(pressed(ann, data)) == Rated(address="shop/-/7/0", rating=rating)


def test_the_button_for_a_person_is_a_wish_that_a_redelivery_repeats(ann: Customer) -> None:
    update = pressed(ann, "person")

    first, again = only(update), only(update)

    assert isinstance(first, PersonWanted)
    assert first == again
    assert first.language == "zh-hans"


@pytest.mark.parametrize(
    "data", ["", "fb", "fb:x:u", f"fb:{TURN}:x", f"fb:{TURN}:d:rude", f"fb:{'-' * 36}:u", "fb:::"]
)
def test_data_that_no_button_of_ours_has_is_nothing(ann: Customer, data) -> None:
    assert found(pressed(ann, data)) == ()


def test_what_buttons_carry_fits_and_reads_back() -> None:
    for reason in ("", *REASONS):
        data = data_of(TURN, Thumb.DOWN, reason)

        assert len(data.encode()) <= 64
        assert rating_of(data) == Rating(turn=TURN, thumb=Thumb.DOWN, reason=reason or None)


def test_a_blocked_bot_closes_all_of_the_chat_and_unblocking_opens_it(ann: Customer) -> None:
    assert only(ann.blocks()) == Closed(address="shop/-/7/")
    assert only(ann.unblocks()) == Reopened(address="shop/-/7/")


def test_both_ends_of_a_move_say_the_same(ann: Customer) -> None:
    moved = Moved(before=f"shop/-/{GROUP}/", after=f"shop/-/{THREADS}/")
    arrival = ann.message(THREADS, migrate_from_chat_id=GROUP)

    assert only(ann.moves(GROUP, THREADS)) == moved
    assert only({"update_id": 2, "message": arrival}) == moved


def test_a_business_that_lets_the_bot_go_closes_all_of_its_chats() -> None:
    def told(*, enabled: bool, reply: bool):
        connection = {"id": "Bc", "user": user(9), "user_chat_id": 9, "date": NOON,
                      "is_enabled": enabled, "rights": {"can_reply": reply}}  # fmt: skip
        return only({"update_id": 1, "business_connection": connection})

    assert told(enabled=True, reply=True) == Reopened(address="shop/Bc/")
    assert told(enabled=False, reply=True) == Closed(address="shop/Bc/")
    assert told(enabled=True, reply=False) == Closed(address="shop/Bc/")


def test_what_a_business_s_customer_takes_back_is_deleted() -> None:
    gone = {"business_connection_id": "Bc", "chat": {"id": 7, "type": "private"},
            "message_ids": [1, 2]}  # fmt: skip

    deleted = found({"update_id": 1, "deleted_business_messages": gone})

    assert [one.event for one in deleted if isinstance(one, Deleted)] == [
        "telegram:42:7:1:Bc",
        "telegram:42:7:2:Bc",
    ]


def test_bots_channels_and_happenings_of_groups_say_nothing(ann: Customer) -> None:
    own = ann.message(text="Hi") | {"from": BOT}
    joined = ann.message(GROUP, new_chat_members=[BOT])
    post = ann.message(-1_000_000_000_001, text="News") | {"chat": {"id": -2, "type": "channel"}}

    for message in (own, joined, post):
        assert found({"update_id": 1, "message": message}) == ()
    assert found({"update_id": 1, "channel_post": post}) == ()
    assert found({"update_id": 1, "poll_answer": {"poll_id": "1"}}) == ()


def test_who_says_it_has_the_name_that_telegram_shows(ann: Customer) -> None:
    update = ann.says("Where is it?")
    assert only(update).profile == Profile(name="Ann")

    update["message"]["from"] |= {"last_name": "  de\u202e Vries ", "username": "ann_v"}
    assert only(update).profile == Profile(name="Ann de Vries", username="ann_v")
