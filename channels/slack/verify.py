"""Tells Slack's requests from others.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import re
from collections.abc import Mapping
from datetime import datetime

from slack_sdk.signature import Clock, SignatureVerifier

from channels.accounts import Account
from channels.contract import Verify

_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


def genuine(headers: Mapping[str, str], body: bytes, signing_secret: str, now: datetime) -> bool:
    """True when Slack signed these bytes within five minutes of `now`.

    Args:
        headers: of the request, in any case.
        body: as it came, before anything read it.
        signing_secret: of the app; an empty one signs nothing.
        now: with its zone.
    """
    known = {name.lower(): value for name, value in headers.items()}
    at, signature = known.get("x-slack-request-timestamp"), known.get("x-slack-signature")
    if not (at and signature and signing_secret.strip() and _SECONDS.fullmatch(at)):
        return False
    try:
        # what is signed is text to the verifier, and Slack sends nothing else
        text = body.decode()
        return SignatureVerifier(signing_secret, _At(now)).is_valid(text, at, signature)
    except (UnicodeError, TypeError):  # a comparison takes ASCII only
        return False


def signed_with(signing_secret: str) -> Verify:
    """The same for a given app: which workspace it is about does not matter."""

    def verify(headers: Mapping[str, str], body: bytes, account: Account, now: datetime) -> bool:
        return genuine(headers, body, signing_secret, now)

    return verify


class _At(Clock):
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> float:
        return self._now.timestamp()
