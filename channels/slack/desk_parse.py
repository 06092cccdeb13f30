"""Reads what agents do in threads: nothing of it is taken for a customer's.

Sources: https://docs.slack.dev/reference/events/message,
https://docs.slack.dev/reference/interaction-payloads
"""

from channels.accounts import Account
from channels.contract import printable
from channels.slack.clicks import action_of, channel_of, thread_of
from channels.slack.desk_blocks import ACTION, FORM, INPUT
from channels.slack.messages import OURS
from channels.slack.payloads import Payload, address, identity, part, parts, stamp, text
from channels.slack.people import customer, is_own, team_of
from channels.slack.said import words
from core.domain.desk import Button, Deed, DeskThread, Noted, Pressed, Rewrote, TookBack, Wrote

_BUTTONS = frozenset(button.value for button in Button)


def deed(payload: Payload, account: Account) -> Deed | None:
    """What somebody did in a thread, whosever thread it is; None when it was nothing there."""
    match text(payload, "type"):
        case "event_callback":
            return _said(part(payload, "event"), account)
        case "block_actions":
            return _pressed(payload, account)
        case "view_submission":
            return _noted(payload, account)
        case _:
            return None


def _said(event: Payload, account: Account) -> Deed | None:
    if text(event, "type") not in ("message", "app_mention"):
        return None
    match text(event, "subtype"):
        case "message_changed":
            return _changed(event, account)
        case "message_deleted":
            before = part(event, "previous_message")
            return _took_back(event, before, account)
        case subtype if subtype in OURS:
            files = len(parts(event, "files"))
            what = Wrote(text=_words(event, account), files=files)
            return _deed(event, event, account, what, "wrote")
        case _:
            return None


def _changed(event: Payload, account: Account) -> Deed | None:
    now, before = part(event, "message"), part(event, "previous_message")
    if text(now, "subtype") == "tombstone":  # taken back, and a thread hangs below it
        return _took_back(event, before or now, account)
    if text(now, "text") == text(before, "text"):  # Slack added a preview
        return None
    at = stamp(event, "ts") or stamp(part(now, "edited"), "ts")
    return _deed(event, now, account, Rewrote(_words(now, account)), f"rewrote:{at}")


def _took_back(event: Payload, before: Payload, account: Account) -> Deed | None:
    return _deed(event, before, account, TookBack(), "took_back")


def _deed(
    event: Payload, message: Payload, account: Account, what: Wrote | Rewrote | TookBack, kind: str
) -> Deed | None:
    """Of a message below another one; a bot's own and what begins a thread are left out."""
    channel, root, ts = (
        identity(event, "channel"),
        stamp(message, "thread_ts"),
        stamp(message, "ts"),
    )
    user = identity(message, "user")
    if not (channel and root and ts and user) or root == ts or is_own(message, account):
        return None
    return Deed(
        thread=DeskThread(at=address(account.name, channel), root=root),
        by=customer(team_of(message, account), user),
        event=f"{kind}:{ts}",
        message=ts,
        what=what,
    )


def _pressed(payload: Payload, account: Account) -> Deed | None:
    action = next(iter(parts(payload, "actions")), None)
    if action is None or action_of(action) != ACTION:
        return None
    button = text(action, "action_id").partition(":")[2]
    channel, root, at = channel_of(payload), thread_of(payload), stamp(action, "action_ts")
    by = _presser(payload, account)
    if button not in _BUTTONS or not (channel and root and at and by):
        return None
    return Deed(
        thread=DeskThread(at=address(account.name, channel), root=root),
        by=by,
        event=f"{button}:{by}:{at}",
        message="",
        what=Pressed(
            button=Button(button),
            about=text(action, "value")[:64],
            trigger=text(payload, "trigger_id")[:200],
        ),
    )


def _noted(payload: Payload, account: Account) -> Deed | None:
    view = part(payload, "view")
    at, _, root = text(view, "private_metadata").partition(" ")
    said = text(part(view, "state", "values", INPUT, INPUT), "value")
    said = printable(said).strip()
    by, view_id = _presser(payload, account), identity(view, "id")
    is_ours = text(view, "callback_id") == FORM and at.startswith(address(account.name, ""))
    if not (is_ours and root and said and by and view_id):
        return None
    return Deed(
        thread=DeskThread(at=at, root=root),
        by=by,
        event=f"noted:{view_id}",
        message="",
        what=Noted(said),
    )


def _presser(payload: Payload, account: Account) -> str:
    user = part(payload, "user")
    team = identity(user, "team_id") or identity(part(payload, "team"), "id")
    return customer(team or account.native, identity(user, "id")) if identity(user, "id") else ""


def _words(message: Payload, account: Account) -> str:
    said = words(text(message, "text"), account.options.get("bot_user", ""))
    return printable(said).strip()
