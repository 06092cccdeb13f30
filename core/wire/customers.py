"""How what is known of customers lies in its JSON columns; counterparts of a domain value."""

from collections.abc import Mapping

import msgspec

from core.domain.customers import NOBODY, Profile


class _Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str = ""
    username: str = ""
    email: str = ""
    attributes: dict[str, str] = {}


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    told: _Told | None = None
    noted: dict[str, str] | None = None


_encoder = msgspec.json.Encoder()
_known = msgspec.json.Decoder(_Known)


def encode_profile(profile: Profile | None) -> str | None:
    """JSON of what a channel says; None stays None, and leaves what is known."""
    if profile is None:
        return None
    told = _Told(
        name=profile.name,
        username=profile.username,
        email=profile.email,
        attributes=dict(profile.attributes),
    )
    return _encoder.encode(told).decode()


def encode_attributes(attributes: Mapping[str, str]) -> str:
    """JSON of attributes alone."""
    return _encoder.encode(attributes).decode()


def decode_profile(stored: str | None) -> Profile:
    """What `{"told": ..., "noted": ...}` says; what an operator has noted comes first."""
    if stored is None:
        return NOBODY
    known = _known.decode(stored)
    told = known.told or _Told()
    return Profile(
        name=told.name,
        username=told.username,
        email=told.email,
        attributes={**told.attributes, **(known.noted or {})},
    )
