"""What Telegram sends, as far as we read it.

Everything else in an update is passed over, whatever a later version puts there.
Source: https://core.telegram.org/bots/api#update.
"""

import msgspec
from msgspec import field

WANTED = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
"""Kinds of updates to ask for; reactions come to nobody who does not name them."""


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an update."""


class User(_Read, frozen=True, kw_only=True):
    """A person, or a bot."""

    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    language_code: str = ""


class Chat(_Read, frozen=True, kw_only=True):
    """A private chat, a group or a channel."""

    id: int
    type: str = ""
    title: str = ""


class Entity(_Read, frozen=True, kw_only=True):
    """A marked part of a text, in UTF-16 units."""

    type: str
    offset: int
    length: int
    user: User | None = None


class Media(_Read, frozen=True, kw_only=True):
    """A file of any kind."""

    file_id: str
    file_name: str = ""
    mime_type: str = ""
    file_size: int | None = None


class Location(_Read, frozen=True, kw_only=True):
    """A point on the map."""

    latitude: float
    longitude: float


class Venue(_Read, frozen=True, kw_only=True):
    """A place with a name."""

    title: str = ""
    address: str = ""


class Contact(_Read, frozen=True, kw_only=True):
    """Somebody's number."""

    phone_number: str = ""
    first_name: str = ""
    last_name: str = ""


class Sticker(_Read, frozen=True, kw_only=True):
    """A picture that stands for an emoji."""

    emoji: str = ""


class Replied(_Read, frozen=True, kw_only=True):
    """The message that another one answers."""

    sender: User | None = field(default=None, name="from")
    forum_topic_created: dict[str, object] | None = None
    """Every message of a topic that answers no other is said to answer this one."""


class Button(_Read, frozen=True, kw_only=True):
    """A button below a message."""

    text: str = ""
    callback_data: str = ""


class Markup(_Read, frozen=True, kw_only=True):
    """The buttons below a message, in rows."""

    inline_keyboard: tuple[tuple[Button, ...], ...] = ()


class Message(_Read, frozen=True, kw_only=True):
    """Something said, or something that happened in a chat."""

    message_id: int
    chat: Chat
    date: int = 0
    edit_date: int = 0
    sender: User | None = field(default=None, name="from")
    sender_chat: Chat | None = None
    business_connection_id: str = ""
    message_thread_id: int = 0
    is_topic_message: bool = False
    reply_to_message: Replied | None = None
    text: str = ""
    entities: tuple[Entity, ...] = ()
    caption: str = ""
    caption_entities: tuple[Entity, ...] = ()
    photo: tuple[Media, ...] = ()
    """One picture in several sizes, the largest last."""
    document: Media | None = None
    animation: Media | None = None
    audio: Media | None = None
    video: Media | None = None
    video_note: Media | None = None
    voice: Media | None = None
    sticker: Sticker | None = None
    location: Location | None = None
    venue: Venue | None = None
    contact: Contact | None = None
    reply_markup: Markup | None = None
    migrate_to_chat_id: int = 0
    migrate_from_chat_id: int = 0


class Callback(_Read, frozen=True, kw_only=True):
    """A button was pressed."""

    id: str
    sender: User = field(name="from")
    message: Message | None = None
    data: str = ""


class Emoji(_Read, frozen=True, kw_only=True):
    """What somebody thinks of a message."""

    type: str = ""
    emoji: str = ""


class Reaction(_Read, frozen=True, kw_only=True):
    """Somebody changed what they think of a message."""

    chat: Chat
    message_id: int
    user: User | None = None
    new_reaction: tuple[Emoji, ...] = ()


class Member(_Read, frozen=True, kw_only=True):
    """What the bot is in a chat."""

    status: str = ""
    can_send_messages: bool = True
    """Said of restricted members only."""


class Membership(_Read, frozen=True, kw_only=True):
    """The bot was let in, or thrown out."""

    chat: Chat
    new_chat_member: Member


class Rights(_Read, frozen=True, kw_only=True):
    """What the bot may do for a business."""

    can_reply: bool = False


class Connection(_Read, frozen=True, kw_only=True):
    """A business lets the bot speak for it, or does so no more."""

    id: str
    is_enabled: bool = True
    rights: Rights | None = None


class DeletedMessages(_Read, frozen=True, kw_only=True):
    """Messages of a business chat were taken back."""

    business_connection_id: str
    chat: Chat
    message_ids: tuple[int, ...] = ()


class Update(_Read, frozen=True, kw_only=True):
    """One thing that happened; one of the fields below the first is there."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    business_message: Message | None = None
    edited_business_message: Message | None = None
    callback_query: Callback | None = None
    message_reaction: Reaction | None = None
    my_chat_member: Membership | None = None
    business_connection: Connection | None = None
    deleted_business_messages: DeletedMessages | None = None


_decoder = msgspec.json.Decoder(Update)


def read(body: bytes) -> Update | None:
    """The update; None for what is none, or for one whose parts are not what they were."""
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
