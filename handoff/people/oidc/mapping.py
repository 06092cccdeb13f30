"""Who somebody is here, by what an issuer says of them."""

import re
from collections.abc import Mapping
from typing import Any

from handoff.people.account import NewAccount
from handoff.people.oidc.refused import EntryRefused, Why
from handoff.people.roles import MAY, Role
from handoff.settings import Issuer

_LONGEST_NAME = 100
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}")


def account_of(issuer: Issuer, claims: Mapping[str, Any]) -> NewAccount:
    """The account as the issuer says it is now.

    Raises:
        EntryRefused: no address that may come in, or no role.
    """
    email = _email(issuer, claims)
    return NewAccount(email=email, name=_name(claims) or email, role=role_of(issuer, claims))


def is_enough(issuer: Issuer, claims: Mapping[str, Any]) -> bool:
    """Whether they say all that is asked of them; some issuers keep the rest elsewhere."""
    wanted = {"email", *([issuer.role_claim] if issuer.role_claim else [])}
    return all(found(claims, one) is not None for one in wanted)


def role_of(issuer: Issuer, claims: Mapping[str, Any]) -> Role:
    """The role that may most, of those that the claim names.

    Raises:
        EntryRefused: it names none, and there is no default.
    """
    said = found(claims, issuer.role_claim) if issuer.role_claim else None
    values = said if isinstance(said, list) else [said]
    named = [issuer.roles[one] for one in values if isinstance(one, str) and one in issuer.roles]
    if named:
        return max(named, key=lambda role: len(MAY[role]))
    if issuer.default_role is None:
        raise EntryRefused(Why.ROLE, "its claims name no role of the settings")
    return issuer.default_role


def found(claims: Mapping[str, Any], path: str) -> Any:
    """What a claim says: of this very name, or inside others as `realm_access.roles`."""
    if path in claims:
        return claims[path]
    here: Any = claims
    for step in path.split("."):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


def _email(issuer: Issuer, claims: Mapping[str, Any]) -> str:
    email, verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(email, str) or not _EMAIL.fullmatch(email.strip()):
        raise EntryRefused(Why.EMAIL, "its claims have no email")
    # Cognito and Apple write the word instead of the value.
    if verified not in (True, "true") and not (verified is None and issuer.trust_email):
        raise EntryRefused(Why.EMAIL, "its claims do not say that the email is verified")
    address = email.strip().lower()
    domains = {one.lower().lstrip("@") for one in issuer.email_domains}
    if domains and address.rpartition("@")[2] not in domains:
        raise EntryRefused(Why.EMAIL, "the email is of a domain that may not come in")
    return address


def _name(claims: Mapping[str, Any]) -> str:
    name = claims.get("name") or claims.get("preferred_username")
    if not isinstance(name, str):
        return ""
    shown = "".join(one if one.isprintable() else " " for one in name)
    return " ".join(shown.split())[:_LONGEST_NAME].strip()
