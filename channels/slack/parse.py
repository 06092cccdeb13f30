"""Reads what Slack tells: one event or one click becomes what happened by it.

An app hears each message of the channels it is in. One in a channel that does not speak to the bot
is only for us when it stands in a thread that has a conversation: `parse` cannot know that and
marks it, see `overheard`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from channels.accounts import Account
from channels.happenings import Closed, Greeted, Happening, Said
from channels.places import SEPARATOR
from channels.slack.clicks import clicks
from channels.slack.messages import OVERHEARD, message
from channels.slack.payloads import Payload, address, identity, part, read, stamp, text
from channels.slack.people import SHARED, customer

_Reader = Callable[[Payload, Account], tuple[Happening, ...]]


def parse(body: bytes, account: Account) -> tuple[Happening, ...]:
    """What happened, in order; empty for what concerns nobody. Nothing is raised."""
    return happenings(read(body), account)


def happenings(payload: Payload, account: Account) -> tuple[Happening, ...]:
    """The same of what an envelope of Socket Mode holds."""
    match text(payload, "type"):
        case "event_callback":
            event = {**part(payload, "event"), SHARED: payload.get(SHARED)}
            reader = _EVENTS.get(text(event, "type"))
            return reader(event, account) if reader else ()
        case "block_actions":
            return clicks(payload, account)
        case _:
            return ()


def overheard(happening: Happening) -> bool:
    """Whether it is only for us if there is a conversation at its address."""
    return isinstance(happening, Said) and OVERHEARD in happening.route


def heard(happening: Happening) -> Happening:
    """The same without the mark."""
    if not isinstance(happening, Said):
        return happening
    route: Mapping[str, str] = {
        name: value for name, value in happening.route.items() if name != OVERHEARD
    }
    return replace(happening, route=route)


def _opened(event: Payload, account: Account) -> tuple[Happening, ...]:
    """Somebody looks at the bot's messages.

    https://docs.slack.dev/reference/events/app_home_opened
    """
    channel, user = identity(event, "channel"), identity(event, "user")
    if text(event, "tab") != "messages" or not (channel and user):
        return ()
    return (_greeted(account, channel, "", user),)


def _started(event: Payload, account: Account) -> tuple[Happening, ...]:
    """The same for apps with the older assistant view.

    https://docs.slack.dev/reference/events/assistant_thread_started
    """
    thread = part(event, "assistant_thread")
    channel, user = identity(thread, "channel_id"), identity(thread, "user_id")
    root = stamp(thread, "thread_ts")
    return (_greeted(account, channel, root, user),) if channel and user and root else ()


def _greeted(account: Account, channel: str, thread: str, user: str) -> Greeted:
    team = account.options.get("team", account.native)
    return Greeted(
        address=address(account.name, channel, thread),
        customer=customer(team, user),
        route={"user": user, "team": team, "kind": "im"},
    )


def _uninstalled(event: Payload, account: Account) -> tuple[Happening, ...]:
    return (Closed(address=account.name + SEPARATOR),)


def _revoked(event: Payload, account: Account) -> tuple[Happening, ...]:
    """https://docs.slack.dev/reference/events/tokens_revoked."""
    bots = part(event, "tokens").get("bot")
    return _uninstalled(event, account) if bots else ()


_EVENTS: Mapping[str, _Reader] = {
    "message": message,
    "app_mention": message,
    "app_home_opened": _opened,
    "assistant_thread_started": _started,
    "app_uninstalled": _uninstalled,
    "tokens_revoked": _revoked,
}
