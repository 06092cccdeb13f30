"""Who may install the app, and for which tenant: whoever has a link that an operator made.

Without one, everybody who finds the page could give their own workspace a tenant's documents.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from channels.slack.app import SlackApp
from channels.slack.manifest import INSTALL
from core.domain.ids import TenantId

_FOR_S = 7 * 24 * 3600
_LABEL = b"switchboard slack invitation\0"


class _Words(msgspec.Struct, array_like=True):
    tenant: str
    name: str
    until: int
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """For one tenant, until then."""

    tenant: TenantId
    name: str
    """Of the account; empty takes the workspace's."""
    until: datetime


def sealed(app: SlackApp, invitation: Invitation, nonce: str = "") -> str:
    """The invitation as a word that nobody else can make; a nonce makes it another word."""
    until = int(invitation.until.timestamp())
    words = msgspec.json.encode(_Words(invitation.tenant, invitation.name, until, nonce))
    return f"{_text(words)}.{_text(_mac(app, words))}"


def opened(app: SlackApp, word: str, now: datetime) -> Invitation | None:
    """The counterpart; None for what was not made with this app's secret, or is over."""
    try:
        words, mac = (_bytes(part) for part in word.split("."))
        if not (app.client_secret and hmac.compare_digest(mac, _mac(app, words))):
            return None
        said = msgspec.json.decode(words, type=_Words)
    except (ValueError, msgspec.MsgspecError):
        return None
    if said.until <= now.timestamp():
        return None
    until = datetime.fromtimestamp(said.until, tz=now.tzinfo)
    return Invitation(tenant=TenantId(said.tenant), name=said.name, until=until)


def link(app: SlackApp, public_url: str, tenant: TenantId, name: str, now: datetime) -> str:
    """Where a workspace's own people install the app for this tenant, for a week."""
    invitation = Invitation(tenant=tenant, name=name, until=now + timedelta(seconds=_FOR_S))
    return f"{public_url.rstrip('/')}{INSTALL}?invitation={sealed(app, invitation)}"


def _mac(app: SlackApp, words: bytes) -> bytes:
    return hmac.new(app.client_secret.encode(), _LABEL + words, hashlib.sha256).digest()


def _text(words: bytes) -> str:
    return base64.urlsafe_b64encode(words).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
