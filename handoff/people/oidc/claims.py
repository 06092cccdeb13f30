"""What of an identity token is believed: everything is checked, and only then read.

Source: OpenID Connect Core 1.0, section 3.1.3.7; RFC 8725 on the choice of algorithms.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import CompactSignature, JWSRegistry, deserialize_compact, extract_compact
from msgspec import Meta

from handoff.people.oidc.refused import EntryRefused, Why

LEEWAY_S = 60
"""Clocks of issuers differ from ours by so much."""
_LARGEST_RSA, _SMALLEST_RSA = 8192, 2048
_ALGORITHMS: dict[str, type[RSAKey] | type[ECKey]] = {"RS256": RSAKey, "ES256": ECKey}
Key = RSAKey | ECKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token must be."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    now: datetime


@dataclass(frozen=True, slots=True)
class SignedWith:
    """Which key a token says that it is signed with."""

    algorithm: str
    key_id: str | None


class _IdToken(msgspec.Struct, frozen=True):
    iss: str
    sub: Annotated[str, Meta(max_length=255, pattern=r"^[\x20-\x7e]+\Z")]
    aud: str | list[str]
    exp: float
    iat: float
    nonce: str
    azp: str | None = None
    nbf: float | None = None
    at_hash: str | None = None


def keys_of(published: Any) -> tuple[Key, ...]:
    """The keys of a key set that tokens may be signed with; others are passed over.

    Args:
        published: JSON of the form of RFC 7517, section 5.
    """
    listed = published.get("keys") if isinstance(published, dict) else None
    found = (_key(one) for one in (listed if isinstance(listed, list) else ()))
    return tuple(key for key in found if key is not None)


def signed_with(token: str) -> SignedWith:
    """What the token's header says, which nobody has checked.

    Raises:
        EntryRefused: it is no token, or its algorithm is none that is taken.
    """
    header = _unpacked(token).headers()
    algorithm, key_id = header.get("alg"), header.get("kid")
    if algorithm not in _ALGORITHMS or "crit" in header or "b64" in header:
        raise EntryRefused(Why.MISTRUSTED, "the token is not signed by RS256 or ES256")
    return SignedWith(algorithm, key_id if isinstance(key_id, str) else None)


def pick(keys: tuple[Key, ...], signed: SignedWith) -> Key | None:
    """The one key that a token can be signed with; None where there is none, or a choice."""
    fitting = [
        key
        for key in keys
        if isinstance(key, _ALGORITHMS[signed.algorithm])
        and key.get("alg") in (None, signed.algorithm)
        and (signed.key_id is None or key.kid == signed.key_id)
    ]
    return fitting[0] if len(fitting) == 1 else None


def checked(token: str, key: Key, expected: Expected) -> Mapping[str, Any]:
    """The claims of a token, all of them as they must be.

    Raises:
        EntryRefused: they are not.
    """
    signed = signed_with(token)
    rules = JWSRegistry(algorithms=[signed.algorithm], strict_check_header=False)
    try:
        payload = deserialize_compact(token, key, registry=rules).payload
    except (JoseError, ValueError):
        raise EntryRefused(Why.MISTRUSTED, "the token's signature does not fit") from None
    try:
        claims = msgspec.json.decode(payload, type=dict[str, Any])
        said = msgspec.convert(claims, _IdToken)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise EntryRefused(Why.MISTRUSTED, "the token lacks claims, or has odd ones") from None
    if wrong := _wrong(said, expected):
        raise EntryRefused(Why.MISTRUSTED, f"the token's {wrong}")
    return claims


def _wrong(said: _IdToken, expected: Expected) -> str | None:
    now = expected.now.timestamp()
    audience = [said.aud] if isinstance(said.aud, str) else said.aud
    whose = _wrong_party(said, audience, expected)
    if whose is not None:
        return whose
    if said.exp <= now - LEEWAY_S:
        return "time is over"
    if max(said.iat, said.nbf or 0) > now + LEEWAY_S:
        return "time has not come"
    if not hmac.compare_digest(said.nonce.encode(), expected.nonce.encode()):
        return "nonce is of another try"
    if said.at_hash is not None and said.at_hash != _half(expected.access_token):
        return "access token is another one"
    return None


def _wrong_party(said: _IdToken, audience: list[str], expected: Expected) -> str | None:
    if said.iss != expected.issuer:
        return "issuer is another one"
    if expected.client_id not in audience:
        return "audience is another one"
    if said.azp != expected.client_id and (said.azp is not None or len(audience) > 1):
        return "authorized party is another one"
    return None


def _half(access_token: str) -> str:
    digest = hashlib.sha256(access_token.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


def _key(published: Any) -> Key | None:
    if not isinstance(published, dict) or published.get("use", "sig") != "sig":
        return None
    try:
        match published.get("kty"):
            case "RSA":
                rsa = RSAKey.import_key(published)
                fits = _SMALLEST_RSA <= rsa.public_key.key_size <= _LARGEST_RSA
                return rsa if fits else None
            case "EC" if published.get("crv") == "P-256":
                return ECKey.import_key(published)
            case _:
                return None
    except (JoseError, ValueError, TypeError):
        return None


def _unpacked(token: str) -> CompactSignature:
    try:
        return extract_compact(token.encode())
    except (JoseError, ValueError, RecursionError):
        raise EntryRefused(Why.MISTRUSTED, "the identity token is no signed token") from None
