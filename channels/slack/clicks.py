"""Buttons that a customer pressed.

Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from uuid import UUID

from channels.accounts import Account
from channels.happenings import BotWanted, Happening, PersonWanted, Rated, TalkRated
from channels.ratings import TALK_REASONS, Rating, TalkRating, Thumb
from channels.slack.payloads import Payload, address, identity, moment, part, parts, stamp, text
from channels.slack.people import customer
from core.domain.ids import CustomerId, EventId, HandoffId, TurnId

FEEDBACK, REASON, PERSON = "feedback", "reason", "person"
TALK, TALK_REASON, BOT = "talk", "talk_reason", "bot_instead"
"""Ids of our actions."""
_THUMBS = frozenset(thumb.value for thumb in Thumb)
REASONS = ("wrong", "out_of_date", "no_answer", "other")
"""Why an answer was no good, in the words that are stored."""


def clicks(payload: Payload, account: Account) -> tuple[Happening, ...]:
    """What the pressed buttons say, those of other programs and unknown ones left out."""
    where = _address(payload, account)
    found = (_click(action, payload, where) for action in parts(payload, "actions"))
    return tuple(one for one in found if one is not None) if where else ()


def action_of(action: Payload) -> str:
    """Which of our actions it is: a block may hold one several times, numbered."""
    return text(action, "action_id").partition(":")[0]


def channel_of(payload: Payload) -> str:
    """Where it was pressed."""
    return identity(part(payload, "channel"), "id") or identity(
        part(payload, "container"), "channel_id"
    )


def thread_of(payload: Payload) -> str:
    """The root of the thread in which it was pressed."""
    message, container = part(payload, "message"), part(payload, "container")
    return (
        stamp(message, "thread_ts")
        or stamp(container, "thread_ts")
        or stamp(message, "ts")
        or stamp(container, "message_ts")
    )


def _address(payload: Payload, account: Account) -> str:
    channel, thread = channel_of(payload), thread_of(payload)
    return address(account.name, channel, thread) if channel and thread else ""


def _click(action: Payload, payload: Payload, where: str) -> Happening | None:
    value = text(action, "value")
    match action_of(action):
        case "feedback":
            thumb, _, turn = value.partition(":")
            return _rated(where, thumb, turn, None)
        case "reason":
            reason, _, turn = value.partition(":")
            return _rated(where, Thumb.DOWN, turn, reason) if reason in REASONS else None
        case "person":
            return _person(action, payload, where)
        case _:
            return _about_talk(action, payload, where)


def _rated(where: str, thumb: str, turn: str, reason: str | None) -> Rated | None:
    known = _turn(turn)
    if known is None or thumb not in _THUMBS:
        return None
    return Rated(address=where, rating=Rating(turn=known, thumb=Thumb(thumb), reason=reason))


def _person(action: Payload, payload: Payload, where: str) -> PersonWanted | None:
    user, at = identity(part(payload, "user"), "id"), stamp(action, "action_ts")
    team = identity(part(payload, "user"), "team_id") or identity(part(payload, "team"), "id")
    if not (user and at and team):
        return None
    return PersonWanted(
        address=where,
        customer=customer(team, user),
        event=EventId(f"slack:{team}:{channel_of(payload)}:{user}:{at}"),
        at=moment(at),
    )


def _about_talk(action: Payload, payload: Payload, where: str) -> Happening | None:
    """What was pressed below a promise, or below the end of a talk."""
    first, _, named = text(action, "value").rpartition(":")
    about, who = _uuid(named), _customer(payload)
    if about is None or who is None:
        return None
    handoff = HandoffId(about)
    match action_of(action), first:
        case "bot_instead", "":
            return BotWanted(address=where, customer=who, handoff=handoff)
        case "talk", thumb if thumb in _THUMBS:
            rating = TalkRating(handoff=handoff, thumb=Thumb(thumb))
        case "talk_reason", reason if reason in TALK_REASONS:
            rating = TalkRating(handoff=handoff, thumb=Thumb.DOWN, reason=reason)
        case _:
            return None
    return TalkRated(address=where, customer=who, rating=rating)


def _customer(payload: Payload) -> CustomerId | None:
    user = identity(part(payload, "user"), "id")
    team = identity(part(payload, "user"), "team_id") or identity(part(payload, "team"), "id")
    return customer(team, user) if user and team else None


def _turn(value: str) -> TurnId | None:
    known = _uuid(value)
    return None if known is None else TurnId(known)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
