"""What a browser keeps while somebody is at the issuer, and the address it goes there by.

Source: OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636 on PKCE.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from yarl import URL

from core.domain.errors import SetupError
from core.sealing import Seal
from handoff.people.oidc.refused import EntryRefused, Why
from handoff.settings import Issuer

GOOD_FOR = timedelta(minutes=10)
_OWNER = "sign-in by an issuer"


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One try to come in; every secret of it is fresh."""

    issuer: str
    """Its name in the settings."""
    state: str
    nonce: str
    verifier: str
    back: str
    """Where the issuer sends the browser."""
    until: datetime


def begun(issuer: Issuer, back: str, now: datetime, new_secret: Callable[[], str]) -> Flow:
    """A fresh try."""
    return Flow(
        issuer=issuer.name,
        state=new_secret(),
        nonce=new_secret(),
        verifier=new_secret(),
        back=back,
        until=now + GOOD_FOR,
    )


def request(issuer: Issuer, endpoint: str, flow: Flow) -> URL:
    """Where the browser goes to."""
    return URL(endpoint).update_query(
        response_type="code",
        client_id=issuer.client_id,
        redirect_uri=flow.back,
        scope=" ".join(issuer.scopes),
        state=flow.state,
        nonce=flow.nonce,
        code_challenge=challenge(flow.verifier),
        code_challenge_method="S256",
    )


def challenge(verifier: str) -> str:
    """What the issuer is told of the verifier first (RFC 7636, 4.2)."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def closed(flow: Flow, seal: Seal) -> str:
    """As the browser keeps it: nobody but us reads or changes it."""
    return seal.close(msgspec.json.encode(flow), _OWNER).decode()


def opened(kept: str, seal: Seal, name: str, state: str, now: datetime) -> Flow:
    """The try that this answer belongs to.

    Args:
        kept: what the browser kept.
        seal: that it was closed with.
        name: of the issuer whose answer it is.
        state: that came with the answer.
        now: the time.

    Raises:
        EntryRefused: it is none of ours, of another browser or issuer, or too old.
    """
    try:
        flow = msgspec.json.decode(seal.open(kept.encode(), _OWNER), type=Flow)
    except (SetupError, msgspec.DecodeError, UnicodeError):
        raise EntryRefused(Why.LATE, "the browser kept nothing of ours") from None
    if flow.until <= now:
        raise EntryRefused(Why.LATE, "it was begun too long ago")
    if flow.issuer != name:
        raise EntryRefused(Why.MISTRUSTED, "it was begun with another issuer")
    if not hmac.compare_digest(flow.state.encode(), state.encode()):
        raise EntryRefused(Why.LATE, "the state is of another try")
    return flow
