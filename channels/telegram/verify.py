"""Tells Telegram's requests from others by the secret that was given to it with the webhook."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from channels.accounts import Account

HEADER = "X-Telegram-Bot-Api-Secret-Token"
"""https://core.telegram.org/bots/api#setwebhook"""


def verify(headers: Mapping[str, str], body: bytes, account: Account, now: datetime) -> bool:
    """True when the request carries the account's secret; without one nothing is genuine.

    Telegram signs neither body nor time: who has the secret may say anything, so it travels by
    TLS alone.
    """
    known = account.secrets.get("webhook_secret", "")
    given = next((value for name, value in headers.items() if name.lower() == HEADER.lower()), "")
    return bool(known) and hmac.compare_digest(
        known.encode("utf-8", "replace"), given.encode("utf-8", "replace")
    )
