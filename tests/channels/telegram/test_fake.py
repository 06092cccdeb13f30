"""The fake Bot API, driven and read by an independent client: aiogram and its strict types."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyParameters,
    Update,
    WebhookInfo,
)

from tests.fakes.clock import FakeClock
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.telegram_customer import Customer
from tests.fakes.telegram_faults import How, Windows
from tests.fakes.telegram_state import BotState

GROUP, SUPER = -500, -1_000_000_000_500
BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="👍", callback_data="fb:1:u")]]
)


@pytest.fixture
def state(telegram: FakeTelegram) -> BotState:
    return telegram.bot()


@pytest.fixture
def ann(state: BotState) -> Customer:
    return Customer(state)


@pytest.fixture
async def bot(telegram: FakeTelegram, state: BotState) -> AsyncIterator[Bot]:
    server = TelegramAPIServer(
        base=f"{telegram.url}/bot{{token}}/{{method}}",
        file=f"{telegram.url}/file/bot{{token}}/{{path}}",
    )
    async with Bot(TOKEN, AiohttpSession(api=server)) as bot:
        yield bot


async def test_another_client_polls_answers_edits_and_sees_a_press(
    telegram: FakeTelegram, state: BotState, ann: Customer, bot: Bot
) -> None:
    pressed = asyncio.Event()
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def said(message: Message) -> None:
        answer = await message.answer(f"You said <b>{message.text}</b>", parse_mode="HTML")
        edited = await answer.edit_text("In two days.", reply_markup=BUTTONS)
        assert isinstance(edited, Message)
        ann.presses(state.last(7), "👍")

    @dispatcher.callback_query()
    async def press(query: CallbackQuery) -> None:
        await query.answer("Thank you")
        pressed.set()

    polling = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5)
    )
    ann.says("Hi")
    async with asyncio.timeout(20):
        await pressed.wait()
        await dispatcher.stop_polling()
        await polling

    assert state.shown(7) == ["In two days."]
    assert state.signs[0]["text"] == "Thank you"


async def test_every_update_that_people_cause_is_as_the_types_say(
    state: BotState, ann: Customer, bot: Bot
) -> None:
    state.allowed = ["message", "edited_message", "callback_query", "message_reaction",
                     "my_chat_member"]  # fmt: skip
    said = ann.says("/start@shop_bot hello @shop_bot 😀", SUPER, message_thread_id=9,
                    is_topic_message=True)  # fmt: skip
    await bot.send_message(SUPER, "Answer", reply_markup=BUTTONS)
    answer = state.last(SUPER)
    updates = [
        said,
        ann.edits(said, "hello"),
        ann.presses(answer, "👍"),
        ann.reacts(answer, "👍"),
        ann.blocks(),
        ann.unblocks(),
        ann.moves(GROUP, SUPER),
        ann.sends(photo=[{"file_id": "F", "file_unique_id": "u", "width": 1, "height": 1}]),
    ]

    for update in updates:
        read = Update.model_validate(update)
        assert read.event_type in update
    assert [entity.type for entity in Update.model_validate(said).message.entities] == [
        "bot_command",
        "mention",
    ]


async def test_what_it_answers_is_as_the_types_say(
    telegram: FakeTelegram, state: BotState, ann: Customer, bot: Bot
) -> None:
    said = ann.says("Hi")["message"]

    me = await bot.get_me()
    sent = await bot.send_message(
        7, "<a href='x'>".replace("'", '"') + "a</a> 😀 <code>b</code>", parse_mode="HTML",
        reply_parameters=ReplyParameters(message_id=said["message_id"]),
    )  # fmt: skip
    info = await bot.get_webhook_info()
    file = await bot.get_file("F1")

    assert (me.is_bot, me.username) == (True, "shop_bot")
    assert sent.reply_to_message is not None
    assert [(one.type, one.offset, one.length) for one in sent.entities] == [
        ("text_link", 0, 1),
        ("code", 5, 1),
    ]
    assert isinstance(info, WebhookInfo)
    assert await bot.send_chat_action(7, "typing")
    assert await bot.send_message_draft(7, 5, text="He")
    assert state.previews(7) == ["He"]
    assert await bot.delete_message(7, sent.message_id)
    telegram.files["F1"] = b"bytes"
    assert (await bot.download_file(file.file_path)).read() == b"bytes"


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("x" * 4097, None, "message is too long"),
        ("😀" * 2049, None, "message is too long"),
        (" ", None, "message text is empty"),
        ("<b>x", "HTML", "can't parse entities"),
        ("a < b", "HTML", "can't parse entities"),
    ],
)
async def test_what_the_real_one_refuses_it_refuses(
    ann: Customer, bot: Bot, text, mode, words
) -> None:
    ann.says("Hi")

    with pytest.raises(TelegramBadRequest, match=words):
        await bot.send_message(7, text, parse_mode=mode)


async def test_it_refuses_in_the_words_and_codes_of_the_real_one(
    telegram: FakeTelegram, state: BotState, ann: Customer, bot: Bot, clock: FakeClock
) -> None:
    ann.says("Hi")
    ann.says("Hi", GROUP)
    sent = await bot.send_message(7, "a")
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text("a", chat_id=7, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("a", chat_id=7, message_id=99)
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(123, "a")
    with pytest.raises(TelegramBadRequest, match="TEXTDRAFT_PEER_INVALID"):
        await bot.send_message_draft(GROUP, 5, text="a")
    ann.blocks()
    with pytest.raises(TelegramForbiddenError, match="blocked by the user"):
        await bot.send_message(7, "a")
    ann.moves(GROUP, SUPER)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(GROUP, "a")
    assert moved.value.migrate_to_chat_id == SUPER


async def test_a_press_is_too_old_after_150_seconds(
    state: BotState, ann: Customer, bot: Bot, clock: FakeClock
) -> None:
    ann.says("Hi")
    await bot.send_message(7, "a", reply_markup=BUTTONS)
    update = ann.presses(state.last(7), "👍")
    clock.passed_s = 151

    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(update["callback_query"]["id"])


@pytest.mark.parametrize(
    ("how", "raised", "stands"),
    [
        (How.SLOW_DOWN, TelegramRetryAfter, 0),
        (How.BROKEN, TelegramServerError, 0),
        (How.CUT_BEFORE, TelegramNetworkError, 0),
        (How.CUT, TelegramNetworkError, 1),
        (How.SILENT, TelegramNetworkError, 1),
    ],
)
async def test_a_fault_happens_once_and_leaves_what_it_says(
    telegram: FakeTelegram, bot: Bot, how, raised, stands
) -> None:
    state = telegram.bot()
    Customer(state).says("Hi")
    telegram.fails("sendMessage", how)

    with pytest.raises(raised):
        await bot.send_message(7, "a", request_timeout=1)

    assert len(state.shown(7)) == stands
    await bot.send_message(7, "a")


async def test_more_than_is_allowed_is_refused_for_as_long_as_it_says(
    telegram: FakeTelegram, ann: Customer, bot: Bot, clock: FakeClock
) -> None:
    telegram.windows = Windows()
    ann.says("Hi", GROUP)
    for _ in range(20):
        clock.passed_s += 0.1
        await bot.send_message(GROUP, "a")

    with pytest.raises(TelegramRetryAfter) as late:
        await bot.send_message(GROUP, "a")
    clock.passed_s += late.value.retry_after

    await bot.send_message(GROUP, "a")


async def test_of_two_who_poll_the_first_is_sent_away(ann: Customer, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=10))
    while ann.bot.poller == 0:
        await asyncio.sleep(0.01)
    second = asyncio.create_task(bot.get_updates(timeout=10))

    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates"):
        await first
    ann.says("Hi")
    assert len(await second) == 1


async def test_updates_stay_until_a_greater_offset_confirms_them(ann: Customer, bot: Bot) -> None:
    for _ in range(3):
        ann.says("Hi")

    first = await bot.get_updates(limit=2)
    again = await bot.get_updates()
    rest = await bot.get_updates(offset=first[-1].update_id + 1)

    assert [len(one) for one in (first, again, rest)] == [2, 3, 1]


async def test_a_webhook_forbids_polling_and_a_stranger_s_token_everything(
    telegram: FakeTelegram, bot: Bot
) -> None:
    await bot.set_webhook("https://bot.example/hook")
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    async with Bot("1:other", bot.session) as other:
        with pytest.raises(TelegramUnauthorizedError):
            await other.get_me()


async def test_it_takes_form_json_and_multipart_and_methods_in_any_case(
    telegram: FakeTelegram, state: BotState, ann: Customer
) -> None:
    ann.says("Hi")
    url = f"{telegram.url}/bot{TOKEN}"
    said = {"chat_id": "7", "text": "1234"}
    form = aiohttp.FormData(said | {"reply_markup": BUTTONS.model_dump_json(exclude_none=True)})
    form.add_field("file", BufferedInputFile(b"x", "a.txt").data, filename="a.txt")
    async with aiohttp.ClientSession() as session:
        for method, body in (
            ("sendMessage", {"data": said}),
            ("sendmessage", {"json": said | {"chat_id": 7}}),
            ("SENDMESSAGE", {"data": form}),
        ):
            async with session.post(f"{url}/{method}", **body) as answer:
                assert json.loads(await answer.read())["ok"], method

    assert state.shown(7) == ["1234"] * 3
