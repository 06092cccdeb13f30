"""The methods of the fake Bot API, by their names in lower case."""

from typing import Any

from tests.channels.markdown.telegram_html import Malformed, read, units
from tests.fakes.telegram_state import (
    CALLBACK_S,
    JSON,
    BotState,
    ChatState,
    Refusal,
    bad,
    given,
)

MAX_TEXT = 4096


def reachable(bot: BotState, parameters: JSON) -> ChatState:
    number = int(given(parameters, "chat_id"))
    state = bot.chats.get(number)
    if state is None:
        raise bad("chat not found")
    if state.blocked:
        raise Refusal(403, f"Forbidden: {state.blocked}")
    if state.moved_to:
        bot.chat(state.moved_to)
        raise bad(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=state.moved_to
        )
    thread = given(parameters, "message_thread_id")
    if thread and thread in state.closed_topics:
        raise bad("message thread not found")
    return state


def content(parameters: JSON) -> JSON:
    """Text and entities, checked as the real one does."""
    text, found = str(given(parameters, "text", "")), []
    if given(parameters, "parse_mode") == "HTML":
        try:
            text, entities = read(text)
        except Malformed as wrong:
            raise bad(f"can't parse entities: {wrong}") from None
        found = [_entity(one) for one in entities]
    if not text.strip():
        raise bad("message text is empty")
    if units(text) > MAX_TEXT:
        raise bad("message is too long")
    return {"text": text, "entities": found, **_markup(parameters)}


def _entity(one: Any) -> JSON:
    more = {"url": one.url} if one.url else {"language": one.language} if one.language else {}
    return {"type": one.kind, "offset": one.offset, "length": one.length, **more}


def _markup(parameters: JSON) -> JSON:
    markup = given(parameters, "reply_markup")
    if not markup:
        return {}
    for button in (one for row in markup["inline_keyboard"] for one in row):
        if not 1 <= len(button["callback_data"].encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
    return {"reply_markup": markup}


async def sendmessage(bot: BotState, parameters: JSON) -> JSON:
    state, said = reachable(bot, parameters), content(parameters)
    number, thread = bot.next_message(), given(parameters, "message_thread_id")
    message = {
        "message_id": number,
        "date": int(1780315200 + bot.now()),
        "chat": state.json,
        "from": bot.me,
        **said,
    }
    if thread:
        message |= {"message_thread_id": thread, "is_topic_message": True}
    connection = parameters.get("business_connection_id")
    if connection:
        message["business_connection_id"] = connection
    answered = given(parameters, "reply_parameters")
    if answered and answered["message_id"] in state.messages:
        message["reply_to_message"] = state.messages[answered["message_id"]]
    elif answered and not answered.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    state.messages[number] = message
    state.drafts.clear()
    return message


async def senddocument(bot: BotState, parameters: JSON) -> JSON:
    state, document = reachable(bot, parameters), parameters["document"]
    number = bot.next_message()
    data = document.file.read()
    if not data:
        raise bad("file must be non-empty")
    message = {
        "message_id": number,
        "date": int(1780315200 + bot.now()),
        "chat": state.json,
        "from": bot.me,
        "document": {
            "file_id": f"d{number}",
            "file_unique_id": f"d{number}",
            "file_name": document.filename,
            "file_size": len(data),
        },
    }
    state.messages[number] = message
    return message


async def editmessagetext(bot: BotState, parameters: JSON) -> JSON:
    state, said = reachable(bot, parameters), content(parameters)
    message = _own(bot, state, parameters, "edit")
    before = {name: message.get(name) for name in ("text", "entities", "reply_markup")}
    if before == {"reply_markup": None, **said}:
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly"
            " the same as a current content and reply markup of the message"
        )
    message.pop("reply_markup", None)
    message |= {**said, "edit_date": int(1780315200 + bot.now())}
    message.setdefault("edits", []).append(said["text"])
    return {name: value for name, value in message.items() if name != "edits"}


async def editmessagereplymarkup(bot: BotState, parameters: JSON) -> JSON:
    state, markup = reachable(bot, parameters), _markup(parameters)
    message = _own(bot, state, parameters, "edit")
    if message.get("reply_markup") == markup.get("reply_markup"):
        raise bad("message is not modified")
    message.pop("reply_markup", None)  # without one the buttons go
    message |= markup
    return {name: value for name, value in message.items() if name != "edits"}


async def deletemessage(bot: BotState, parameters: JSON) -> bool:
    state = reachable(bot, parameters)
    message = _own(bot, state, parameters, "delete")
    del state.messages[message["message_id"]]
    return True


async def deletebusinessmessages(bot: BotState, parameters: JSON) -> bool:
    for number in given(parameters, "message_ids"):
        for state in bot.chats.values():
            state.messages.pop(number, None)
    return True


def _own(bot: BotState, state: ChatState, parameters: JSON, verb: str) -> JSON:
    message = state.messages.get(int(given(parameters, "message_id")))
    if message is None:
        raise bad(f"message to {verb} not found")
    if message["from"]["id"] != bot.id:
        raise bad("message can't be edited")
    return message


async def sendmessagedraft(bot: BotState, parameters: JSON) -> bool:
    state, number = reachable(bot, parameters), int(given(parameters, "draft_id"))
    if state.type != "private":
        raise bad("TEXTDRAFT_PEER_INVALID")
    if not -(2**31) <= number < 2**31 or number == 0:
        raise bad("draft_id is invalid")
    text = str(given(parameters, "text", ""))
    if units(text) > MAX_TEXT:
        raise bad("message is too long")
    thread = int(given(parameters, "message_thread_id", 0))
    state.drafts[thread, number] = (text, bot.now())
    return True


async def sendchataction(bot: BotState, parameters: JSON) -> bool:
    reachable(bot, parameters).actions.append(str(given(parameters, "action")))
    return True


async def answercallbackquery(bot: BotState, parameters: JSON) -> bool:
    pressed = bot.callbacks.pop(str(given(parameters, "callback_query_id")), None)
    if pressed is None or bot.now() - pressed > CALLBACK_S:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    bot.signs.append(parameters)
    return True


async def getme(bot: BotState, parameters: JSON) -> JSON:
    return bot.me


async def setwebhook(bot: BotState, parameters: JSON) -> bool:
    url = str(given(parameters, "url", ""))
    if not url:
        return await deletewebhook(bot, parameters)
    if not url.startswith(("https://", "http://127.0.0.1")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    bot.webhook = {
        "url": url,
        "secret_token": str(given(parameters, "secret_token", "")),
        "max_connections": given(parameters, "max_connections", 40),
    }
    _allow(bot, parameters)
    if given(parameters, "drop_pending_updates"):
        bot.updates.clear()
    for update in bot.updates:
        bot.on_update(bot, update)
    return True


def _allow(bot: BotState, parameters: JSON) -> None:
    allowed = given(parameters, "allowed_updates")
    if allowed is not None:
        bot.allowed = allowed


async def deletewebhook(bot: BotState, parameters: JSON) -> bool:
    bot.webhook = None
    if given(parameters, "drop_pending_updates"):
        bot.updates.clear()
    return True


async def getwebhookinfo(bot: BotState, parameters: JSON) -> JSON:
    hook = bot.webhook
    info = {
        "url": hook["url"] if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates),
    }
    if hook:
        info["max_connections"] = hook["max_connections"]
    if bot.last_error:
        info |= {"last_error_date": 1780315200, "last_error_message": bot.last_error}
    if bot.allowed:
        info["allowed_updates"] = bot.allowed
    return info


async def getfile(bot: BotState, parameters: JSON) -> JSON:
    number = str(given(parameters, "file_id"))
    return {"file_id": number, "file_unique_id": number, "file_path": f"documents/{number}"}


METHODS = {
    one.__name__: one
    for one in (
        sendmessage, senddocument, editmessagetext, editmessagereplymarkup, deletemessage,
        deletebusinessmessages, sendmessagedraft, sendchataction, answercallbackquery, getme,
        setwebhook, deletewebhook, getwebhookinfo, getfile,
    )
}  # fmt: skip
