"""What Slack says of a bot's token: what an account is made of."""

from collections.abc import Mapping

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from channels.accounts import Account
from channels.slack.calls import client
from channels.slack.failures import code_of
from core.domain.errors import SetupError


async def known(account: Account, session: aiohttp.ClientSession) -> Mapping[str, str]:
    """Of an account that is added: `native`, `team`, `enterprise`, `bot_user` and `scopes`.

    Raises:
        SetupError: Slack does not know the token, or cannot be reached.
    """
    try:
        answer = await client(account, session).auth_test()
    except SlackApiError as refused:
        raise SetupError(
            f"Slack refuses the token ({code_of(refused) or 'no reason'}): it begins with xoxb-"
            " and is found under OAuth & Permissions"
        ) from None
    except (aiohttp.ClientError, SlackClientError, OSError):
        raise SetupError("Slack cannot be reached from here; check the network") from None
    headers: Mapping[str, str] = answer.headers
    scopes = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes", "")
    team, enterprise = str(answer.get("team_id", "")), str(answer.get("enterprise_id") or "")
    wide = bool(answer.get("is_enterprise_install"))
    return {
        "native": enterprise if wide else team,
        "team": team,
        "enterprise": enterprise,
        "bot_user": str(answer.get("user_id", "")),
        "scopes": scopes.replace(" ", ""),
    }
