"""Who a visitor is, as the site that embeds the widget has signed it: a JWT with `sub` and `exp`.

It may say `name`, `email` and `attributes`, too: of a visitor only what a site signs is believed.
A key decides its own algorithm (a secret HS256, a public key in PEM ES256), so that a token can
never choose one. Keys of one tenant are worth nothing at another.

Source: RFC 7519, and RFC 8725 section 3.1 on the choice of algorithms.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey

from core.domain.customers import NOBODY, Profile, attributes_of, email_of, name_of
from core.domain.errors import ProfileRefused
from core.domain.ids import CustomerId, TenantId
from core.ports import Clock

_Said = TypeVar("_Said")
_Read = TypeVar("_Read")

_SHORTEST = 32
"""Bytes of a secret: as many as HS256 makes, so that guessing is no shortcut (RFC 7518, 3.2)."""
_LONGEST_NAME = 200
_LEEWAY_S = 30
"""Clocks of sites differ from ours by so much."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Somebody whom a site vouches for."""

    customer: CustomerId
    until: datetime
    """When the site's word ends."""
    profile: Profile = NOBODY


class SignatureRefused(Exception):
    """Not signed with a key of this tenant, over, or it names nobody."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that belongs to a site, and the one algorithm it is good for."""

    algorithm: str
    material: OctKey | ECKey


def key_of(text: str) -> Key:
    """The key an operator wrote down.

    Raises:
        ValueError: a secret that is too short, or a public key that is not of the curve P-256; the
            sentence does not repeat it.
    """
    if not text.lstrip().startswith("-----BEGIN"):
        if len(text.encode()) < _SHORTEST:
            raise ValueError(f"a secret has at least {_SHORTEST} bytes")
        return Key("HS256", OctKey.import_key(text))
    try:
        found = ECKey.import_key(text)
    except (ValueError, JoseError):
        raise ValueError("a key in PEM must be a public key") from None
    if found.curve_name != "P-256" or found.is_private:
        raise ValueError("a key in PEM must be a public key of the curve P-256")
    return Key("ES256", found)


class Signatures:
    """Reads what sites have signed."""

    def __init__(self, keys: Mapping[str, Sequence[Key]], clock: Clock) -> None:
        """`keys` by tenant; several, so that a new one can be there before the old one goes."""
        self._keys = keys
        self._clock = clock

    def read(self, tenant: TenantId, token: str) -> Signed:
        """Whom the token names.

        Raises:
            SignatureRefused: it proves nothing.
        """
        for key in self._keys.get(tenant, ()):
            try:
                claims = jwt.decode(token, key.material, algorithms=[key.algorithm]).claims
            except (JoseError, ValueError, RecursionError):
                continue
            return self._signed(tenant, claims)
        raise SignatureRefused

    def _signed(self, tenant: TenantId, claims: dict[str, object]) -> Signed:
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=_LEEWAY_S,
            sub={"essential": True},
            exp={"essential": True},
            aud={"value": tenant},
        )
        try:
            rules.validate(claims)
            name, until = claims["sub"], claims["exp"]
            if not isinstance(name, str) or not isinstance(until, int | float):
                raise SignatureRefused
            ends = datetime.fromtimestamp(until + _LEEWAY_S, UTC)
        except (JoseError, ValueError, OverflowError, OSError):
            raise SignatureRefused from None
        if not name.isprintable() or len(name) > _LONGEST_NAME:
            raise SignatureRefused
        profile = _profile(tenant, claims)
        return Signed(customer=CustomerId(f"person-{name}"), until=ends, profile=profile)


def _profile(tenant: TenantId, claims: Mapping[str, object]) -> Profile:
    """What else the site says.

    A part with a mistake is left out, and the log says which: a customer whose site is wrong
    about them can be helped all the same.
    """
    name, email, attributes = claims.get("name"), claims.get("email"), claims.get("attributes")
    return Profile(
        name=name_of(name) if isinstance(name, str) else "",
        email=_right(tenant, email_of, email if isinstance(email, str) else "") or "",
        attributes=_right(tenant, attributes_of, {} if attributes is None else attributes) or {},
    )


def _right(tenant: TenantId, read: Callable[[_Said], _Read], said: _Said) -> _Read | None:
    try:
        return read(said)
    except ProfileRefused as refused:
        _log.warning("part of a signed identity is left out", tenant=tenant, why=str(refused))
        return None
