"""Whether a message is for the bot, and what it says to it."""

from dataclasses import dataclass

from channels.accounts import Account
from channels.telegram.updates import Entity, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a message says to the bot."""

    text: str
    """Without the bot's own name in front."""
    command: str = ""
    """In lower case, without slash and name; empty when it begins with none."""


def heard(message: Message, account: Account) -> Heard | None:
    """What it says to the bot; None when it talks to somebody else.

    In a private chat everything is for the bot. In a group a command is, a message that names
    the bot, and an answer to one of its messages.
    """
    text, entities = message.text or message.caption, message.entities or message.caption_entities
    cut = text.encode("utf-16-le", "surrogatepass")
    command, named_in_it = _command(cut, entities)
    name = account.options.get("username", "").lstrip("@").lower()
    if named_in_it and named_in_it != name:
        return None
    calls = [entity for entity in entities if _calls(entity, cut, name, account.native)]
    if message.chat.id < 0 and not (command or calls or _answers(message, account.native)):
        return None
    return Heard(text=_without_name(text, cut, calls), command=command)


def _command(cut: bytes, entities: tuple[Entity, ...]) -> tuple[str, str]:
    """The command in front, and the bot it names."""
    for entity in entities:
        if entity.type == "bot_command" and entity.offset == 0:
            command, _, name = _part(cut, entity).lower().partition("@")
            return command.lstrip("/"), name
    return "", ""


def _calls(entity: Entity, cut: bytes, name: str, native: str) -> bool:
    if entity.type == "text_mention":
        return entity.user is not None and str(entity.user.id) == native
    return entity.type == "mention" and bool(name) and _part(cut, entity).lower() == f"@{name}"


def _answers(message: Message, native: str) -> bool:
    before = message.reply_to_message
    return (
        before is not None
        and before.forum_topic_created is None
        and before.sender is not None
        and str(before.sender.id) == native
    )


def _without_name(text: str, cut: bytes, calls: list[Entity]) -> str:
    """The text; a name in front of it was only to call the bot."""
    for entity in calls:
        if entity.offset == 0:
            rest = cut[2 * entity.length :].decode("utf-16-le", "replace")
            return rest.lstrip(" \t\r\n,:;.!，：；。！、")
    return text


def _part(cut: bytes, entity: Entity) -> str:
    """What an entity marks; entities count UTF-16 units."""
    begin = max(entity.offset, 0)
    return cut[2 * begin : 2 * (begin + max(entity.length, 0))].decode("utf-16-le", "replace")
