"""Messages: said, changed and taken back.

Source: https://docs.slack.dev/reference/events/message
"""

from channels.accounts import Account
from channels.happenings import Deleted, Edited, File, Happening, Said
from channels.slack.payloads import (
    Payload,
    address,
    identity,
    moment,
    number,
    part,
    parts,
    stamp,
    text,
)
from channels.slack.people import customer, is_ignored, is_own, is_stranger, team_of
from channels.slack.said import mentions, words
from core.domain.ids import EventId

OVERHEARD = "overheard"
"""The name in a route of what is only for us when there is a conversation."""
OURS = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Subtypes by which somebody says something; by the others somebody joins, pins and so on."""
_MAX_FILES = 20
_MENTION = "@bot"


def message(event: Payload, account: Account) -> tuple[Happening, ...]:
    """What a message event says; a mention's event and its twin say the same."""
    channel = identity(event, "channel")
    if not channel:
        return ()
    match text(event, "subtype"):
        case "message_changed":
            return _changed(event, channel, account)
        case "message_deleted":
            return _deleted(event, channel, account)
        case subtype if subtype in OURS:
            return _said(event, channel, account)
        case _:
            return ()


def event_id(account: Account, channel: str, at: str) -> EventId:
    """The same for a redelivery, for a twin, and for later changes of the message."""
    return EventId(f"slack:{account.native}:{channel}:{at}")


def _said(event: Payload, channel: str, account: Account) -> tuple[Happening, ...]:
    at, user, team = stamp(event, "ts"), identity(event, "user"), team_of(event, account)
    if not (at and user) or is_own(event, account) or is_ignored(event, team, account):
        return ()
    route = _route(event, user, team, account)
    if not _spoken_to(event, account):
        if not stamp(event, "thread_ts"):
            return ()
        route[OVERHEARD] = "yes"
    said = words(text(event, "text"), account.options.get("bot_user", ""))
    files = _files(event)
    # a mention with nothing beside it still wants an answer
    shown = said or ("" if files else _MENTION)
    return (
        Said(
            address=_address(account, channel, event),
            customer=customer(team, user),
            event=event_id(account, channel, at),
            text=shown,
            at=moment(at),
            files=files,
            route=route,
        ),
    )


def _spoken_to(event: Payload, account: Account) -> bool:
    return (
        text(event, "type") == "app_mention"
        or _kind(event) == "im"
        or mentions(text(event, "text"), account.options.get("bot_user", ""))
    )


def _kind(event: Payload) -> str:
    """Im, mpim, group or channel; a mention's event does not say it."""
    said = text(event, "channel_type")
    return said or ("im" if text(event, "channel").startswith("D") else "channel")


def _route(event: Payload, user: str, team: str, account: Account) -> dict[str, str]:
    route = {"user": user, "team": team, "kind": _kind(event)}
    if is_stranger(event, team, account):
        route["external"] = "yes"
    return route


def _address(account: Account, channel: str, event: Payload) -> str:
    """Each message that stands in no thread is the root of its own."""
    return address(account.name, channel, stamp(event, "thread_ts") or stamp(event, "ts"))


def _changed(event: Payload, channel: str, account: Account) -> tuple[Happening, ...]:
    now, before = part(event, "message"), part(event, "previous_message")
    at = stamp(now, "ts")
    if not at or is_own(now, account):
        return ()
    changed = moment(stamp(event, "ts") or at)
    event_ = event_id(account, channel, at)
    where = _address(account, channel, now)
    if text(now, "subtype") == "tombstone":  # taken back, and a thread hangs below it
        return (Deleted(address=where, event=event_, at=changed),)
    if text(now, "text") == text(before, "text"):  # Slack added a preview
        return ()
    said = words(text(now, "text"), account.options.get("bot_user", ""))
    return (Edited(address=where, event=event_, text=said, at=changed),)


def _deleted(event: Payload, channel: str, account: Account) -> tuple[Happening, ...]:
    before = part(event, "previous_message")
    at = stamp(event, "deleted_ts") or stamp(before, "ts")
    if not at or is_own(before, account):
        return ()
    where = address(account.name, channel, stamp(before, "thread_ts") or at)
    changed = moment(stamp(event, "ts") or at)
    return (Deleted(address=where, event=event_id(account, channel, at), at=changed),)


def _files(event: Payload) -> tuple[File, ...]:
    """By their ids: where one lies is asked when it is fetched."""
    return tuple(
        File(
            native=identity(file, "id"),
            name=text(file, "name")[:255] or identity(file, "id"),
            media_type=text(file, "mimetype")[:255],
            size=number(file, "size"),
        )
        for file in parts(event, "files")[:_MAX_FILES]
        if identity(file, "id")
    )
