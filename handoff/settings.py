"""What an operator can change about the people's side."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import SecretStr

from handoff.people.oidc.addresses import is_safe
from handoff.people.roles import Role

_NO_SECRET = SecretStr("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A company's own sign-in that speaks OpenID Connect, and who may come in by it."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    name: str
    """In addresses: lower-case letters, digits and hyphens."""
    issuer: str
    """Exactly as it calls itself, as `https://login.example/realms/staff`."""
    client_id: str
    client_secret: SecretStr = _NO_SECRET
    """Empty for a client that has none: PKCE is always used."""
    tenant: str = ""
    """Whose people it knows; empty means the default tenant's."""
    title: str = ""
    """On the button of the sign-in page; empty means the name."""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    role_claim: str = ""
    """Where it says what somebody is, as `groups` or `realm_access.roles`: a text or a list."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """Which value of that claim is which role; of several the one that may most."""
    default_role: Role | None = None
    """Of those whose claim names no role; left out, they are refused."""
    email_domains: tuple[str, ...] = ()
    """Whose addresses may come in, as `example.com`; empty means all that the issuer knows."""
    trust_email: bool = False
    """Whether an address holds of which the issuer does not say that it was verified; Entra ID
    never says it."""
    takes_over: bool = False
    """Whether whoever comes in gets the account with their address that had a password until then;
    it has none from then on. Only for verified addresses of email_domains."""

    def __post_init__(self) -> None:
        """Refuse what nobody could come in by.

        Raises:
            ValueError: an address that is not safe, a name that fits no address, or no role at
                all.
        """
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", self.name):
            raise ValueError("an issuer's name has lower-case letters, digits and hyphens")
        if not is_safe(self.issuer):
            raise ValueError("an issuer's address begins with https://, or is of this machine")
        if "openid" not in self.scopes:
            raise ValueError("an issuer's scopes must have openid among them")
        if not self.client_id:
            raise ValueError("an issuer knows this service by a client_id")
        if bool(self.role_claim) != bool(self.roles):
            raise ValueError("role_claim and roles go together")
        if not self.roles and self.default_role is None:
            raise ValueError("an issuer needs roles or a default_role: nobody could come in")
        if self.takes_over and (self.trust_email or not self.email_domains):
            raise ValueError("an issuer that takes_over has email_domains and no trust_email")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffSettings:
    """How people sign in and work."""

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    session_idle_minutes: Annotated[int, Ge(1), Le(10_080)] = 30
    """Minutes without a request after which somebody has to sign in again; an open console asks
    for news all the time."""
    session_hours: Annotated[int, Ge(1), Le(720)] = 12
    """Hours after which everybody has to sign in again."""
    link_hours: Annotated[int, Ge(1), Le(720)] = 48
    """Hours in which a link that sets a password can be used, once."""
    audit_days: Annotated[int, Ge(180), Le(36_500)] = 365
    """Days for which the log of what people did is kept."""
    desk_hold_s: Annotated[float, Ge(0), Le(60)] = 5
    """Seconds for which an agent's reply in a chat such as Slack is held back before it goes out
    to the customer, with a button to undo it."""
    desk_note_mark: Annotated[str, MinLen(1), MaxLen(8)] = "//"
    """What an agent in such a chat begins a private note with; nothing behind it ever goes out."""
    desk_present_minutes: Annotated[int, Ge(1), Le(1_440)] = 30
    """Minutes for which an agent who has a conversation is taken to be there after what they did
    last in its thread; then it goes back to the queue, unless they have the console open."""
    hooks_per_second: Annotated[float, Ge(0.01), Le(100_000)] = 20
    """Calls of trackers that one network address may make per second in the long run; then 429.
    For one connector it is four times as many, from all addresses."""
    hooks_burst: Annotated[int, Ge(1), Le(100_000)] = 200
    """Such calls that one network address may make at once before the rate counts."""
    oidc: tuple[Issuer, ...] = ()
    """Sign-ins of companies, by OpenID Connect, one entry each: name, issuer, client_id,
    client_secret, tenant, title, scopes, role_claim, roles, default_role, email_domains,
    trust_email, takes_over (see the runbook)."""

    def __post_init__(self) -> None:
        """Refuse two sign-ins of one name.

        Raises:
            ValueError: there are two.
        """
        names = [one.name for one in self.oidc]
        if len(set(names)) != len(names):
            raise ValueError("two issuers have the same name")
