"""Who somebody on Slack is, and whether they belong to the workspace."""

from channels.accounts import Account
from channels.slack.payloads import Payload, identity, text
from core.domain.ids import CustomerId

SHARED = "is_ext_shared_channel"
"""Says, beside an event, whether its channel is another company's, too."""


def customer(team: str, user: str) -> CustomerId:
    """Who it is: ids of users are promised to be unique within their own workspace only."""
    return CustomerId(f"{team}:{user}")


def team_of(event: Payload, account: Account) -> str:
    """The workspace of who did it, which is another one in a channel that two share."""
    return (
        identity(event, "user_team")
        or identity(event, "source_team")
        or account.options.get("team", account.native)
    )


def is_own(event: Payload, account: Account) -> bool:
    """Whether a program did it: our own bot, or another's."""
    return bool(
        event.get("bot_id")
        or event.get("bot_profile")
        or text(event, "subtype") == "bot_message"
        or text(event, "user") in (account.options.get("bot_user", ""), "USLACKBOT")
    )


def is_stranger(event: Payload, team: str, account: Account) -> bool:
    """Whether it was somebody of another company.

    https://docs.slack.dev/apis/slack-connect
    """
    options = account.options
    home = (account.native, options.get("team"), options.get("enterprise"))
    return event.get(SHARED) is not False and team not in home


def is_ignored(event: Payload, team: str, account: Account) -> bool:
    """Whether nobody of ours answers that."""
    ignores = account.options.get("strangers", "answer") == "ignore"
    return ignores and is_stranger(event, team, account)
