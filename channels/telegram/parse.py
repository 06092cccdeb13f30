"""Reads an update: what a customer said, changed, pressed or thinks, and what became of a chat."""

from datetime import UTC, datetime

from channels.accounts import Account
from channels.contract import Parse
from channels.happenings import (
    BotWanted,
    Closed,
    Deleted,
    Edited,
    Greeted,
    Happening,
    Moved,
    PersonWanted,
    Rated,
    Reopened,
    Said,
    TalkRated,
)
from channels.telegram.address import Where, beginning_of
from channels.telegram.addressed import heard
from channels.telegram.contents import files, told
from channels.telegram.pressed import PERSON, bot_wanted_of, rating_of, talk_rating_of
from channels.telegram.updates import Callback, Message, Update, User, read
from core.domain.customers import Profile, name_of
from core.domain.ids import CustomerId, EventId
from core.ports import Clock

_OUT = frozenset({"left", "kicked"})
_IN = frozenset({"member", "administrator", "creator", "restricted"})
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class TelegramParse(Parse):
    """Reads one update; a button's press has no time of its own, so it gets the clock's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, body: bytes, account: Account) -> tuple[Happening, ...]:
        update = read(body)
        return () if update is None else happenings(update, account, self._clock.now())


def happenings(update: Update, account: Account, now: datetime) -> tuple[Happening, ...]:
    """What happened by the update that came `now`; reactions are not among it.

    To know what a reaction is about, the ledger must be asked: see `reactions`.
    """
    said = update.message or update.business_message
    edited = update.edited_message or update.edited_business_message
    if said is not None:
        return _said(said, account)
    if edited is not None:
        return _edited(edited, account)
    if update.callback_query is not None:
        return _pressed(update.callback_query, account, now)
    return _of_chats(update, account, now)


def event_of(message: Message, account: Account) -> EventId:
    """The same for every delivery of a message, and for its edits."""
    return _event(account, message.chat.id, message.message_id, message.business_connection_id)


def where_of(message: Message, account: Account) -> Where:
    """The thread in which it stands."""
    return Where(
        account=account.name,
        chat=message.chat.id,
        thread=message.message_thread_id if message.is_topic_message else 0,
        connection=message.business_connection_id,
    )


def _said(message: Message, account: Account) -> tuple[Happening, ...]:
    if message.migrate_to_chat_id or message.migrate_from_chat_id:
        return (_moved(message, account),)
    customer = _customer(message)
    words = heard(message, account)
    if customer is None or words is None:
        return ()
    where = where_of(message, account)
    route = {} if where.is_private else {"reply_to": str(message.message_id)}
    language = _language(message.sender)
    text, attached = words.text or told(message), files(message)
    if words.command == "start" or (message.text and not text):
        return (Greeted(address=where.address, customer=customer, route=route, language=language),)
    if not text and not attached:
        return ()
    return (
        Said(
            address=where.address,
            customer=customer,
            event=event_of(message, account),
            text=text,
            at=_at(message.date),
            files=attached,
            route=route,
            language=language,
            profile=_profile(message),
        ),
    )


def _edited(message: Message, account: Account) -> tuple[Happening, ...]:
    """An edit of what never was for the bot names an event that nobody knows."""
    words = heard(message, account)
    text = words.text if words is not None else message.text or message.caption
    text = text or told(message)  # a place that moves is edited, too
    if _customer(message) is None or not text:
        return ()
    return (
        Edited(
            address=where_of(message, account).address,
            event=event_of(message, account),
            text=text,
            at=_at(message.edit_date or message.date),
        ),
    )


def _pressed(callback: Callback, account: Account, now: datetime) -> tuple[Happening, ...]:
    if callback.message is None:
        return ()
    address = where_of(callback.message, account).address
    if callback.data == PERSON:
        return (
            PersonWanted(
                address=address,
                customer=CustomerId(str(callback.sender.id)),
                event=EventId(f"telegram:{account.native}:callback:{callback.id}"),
                at=now,
                language=_language(callback.sender),
                profile=_person(callback.sender),
            ),
        )
    rating, who = rating_of(callback.data), CustomerId(str(callback.sender.id))
    if rating is not None:
        return (Rated(address=address, rating=rating),)
    handoff, talk = bot_wanted_of(callback.data), talk_rating_of(callback.data)
    if handoff is not None:
        return (BotWanted(address=address, customer=who, handoff=handoff),)
    return () if talk is None else (TalkRated(address=address, customer=who, rating=talk),)


def _of_chats(update: Update, account: Account, now: datetime) -> tuple[Happening, ...]:
    member, connection = update.my_chat_member, update.business_connection
    gone = update.deleted_business_messages
    if member is not None:
        state = member.new_chat_member
        is_in = state.status in _IN and state.can_send_messages
        if not is_in and state.status not in _OUT | _IN:
            return ()
        return (_reach(Where(account=account.name, chat=member.chat.id).beginning, is_in=is_in),)
    if connection is not None:
        may = connection.rights is not None and connection.rights.can_reply
        beginning = beginning_of(account.name, connection.id)
        return (_reach(beginning, is_in=connection.is_enabled and may),)
    if gone is None:
        return ()
    chat, named = gone.chat.id, gone.business_connection_id
    where = Where(account=account.name, chat=chat, connection=named)
    return tuple(
        Deleted(address=where.address, event=_event(account, chat, one, named), at=now)
        for one in gone.message_ids
    )


def _reach(beginning: str, *, is_in: bool) -> Happening:
    return Reopened(address=beginning) if is_in else Closed(address=beginning)


def _moved(message: Message, account: Account) -> Moved:
    """Both chats tell of it, the old one and the new one."""
    before = message.migrate_from_chat_id or message.chat.id
    after = message.migrate_to_chat_id or message.chat.id
    return Moved(
        before=Where(account=account.name, chat=before).beginning,
        after=Where(account=account.name, chat=after).beginning,
    )


def _customer(message: Message) -> CustomerId | None:
    """Who said it; None for bots, ourselves among them, and for what a business itself says."""
    if message.chat.type == "channel":
        return None
    if message.sender_chat is not None:  # an anonymous administrator, or a channel in its group
        return CustomerId(str(message.sender_chat.id))
    sender = message.sender
    if sender is None or sender.is_bot:
        return None
    if message.business_connection_id and sender.id != message.chat.id:
        return None
    return CustomerId(str(sender.id))


def _profile(message: Message) -> Profile | None:
    """Of the one that `_customer` names."""
    if message.sender_chat is not None:
        return Profile(name=name_of(message.sender_chat.title))
    return None if message.sender is None else _person(message.sender)


def _person(sender: User) -> Profile:
    return Profile(
        name=name_of(f"{sender.first_name} {sender.last_name}"), username=name_of(sender.username)
    )


def _event(account: Account, chat: int, message: int, connection: str) -> EventId:
    name = f"telegram:{account.native}:{chat}:{message}"
    return EventId(f"{name}:{connection}" if connection else name)


def _language(user: User | None) -> str:
    return user.language_code.lower() if user is not None else ""


def _at(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return _BEGINNING
