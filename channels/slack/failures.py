"""What Slack's refusals mean for a sending.

Sources: https://docs.slack.dev/reference/methods/chat.postMessage (errors),
https://docs.slack.dev/apis/web-api/rate-limits
"""

import re
from http import HTTPStatus

from channels.outgoing import CustomerGone
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown, SwitchboardError

_GONE = frozenset(
    {
        "account_inactive",
        "cannot_reply_to_message",
        "channel_is_limited_access",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "not_in_channel",
        "org_login_required",
        "team_not_found",
        "thread_not_found",
        "token_revoked",
        "user_disabled",
        "user_not_found",
    }
)
_LATER = frozenset({"service_unavailable", "team_added_to_org", "token_expired"})
"""Nothing was done; the same call may succeed soon."""
_SLOWER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_MAYBE = frozenset({"internal_error", "fatal_error", "request_timeout"})
"""Slack says of these that some of it may have been done."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}", re.ASCII)
PAUSE_S = 30.0
"""When Slack asks to wait and does not say for how long."""
SOON_S = 2.0


class SlackRefused(DeliveryRefused):
    """Slack will not do that; `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack refused: {code}")
        self.code = code


def failure(code: str) -> SwitchboardError:
    """What an answer with `"ok": false` means.

    Args:
        code: its `error`, which is a word of Slack's own and quotes nobody.
    """
    if code in _SLOWER:
        return DeliveryDelayed(PAUSE_S)
    if code in _LATER:
        return DeliveryDelayed(SOON_S)
    if code in _MAYBE:
        return DeliveryUnknown(f"Slack answered {code}")
    if code in _GONE:
        return CustomerGone(f"Slack refused: {code}")
    return SlackRefused(code if _CODE.fullmatch(code) else "unreadable")


def code_of(failed: object) -> str:
    """Slack's word for why, of what its SDK raised; empty when it said none."""
    data = getattr(getattr(failed, "response", None), "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def of_status(status: int) -> SwitchboardError:
    """What an answer means that is no answer of a method: of a proxy, of a failing server."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return DeliveryUnknown(f"Slack answered with status {status}")
    return SlackRefused(f"http_{status}")
