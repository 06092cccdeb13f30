"""Accounts, and what they come in with."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.domain.ids import AgentId, TenantId
from handoff.people.roles import MAY, Permission, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who works here."""

    id: AgentId
    tenant: TenantId
    email: str
    """Lower case; what is signed in with."""
    name: str
    """As customers read it."""
    role: Role
    disabled: bool = False
    has_password: bool = False
    issuer: str = ""
    """Who vouches for them; empty for whoever has a password, or is to set one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account before it is one."""

    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Link:
    """A link that sets a password, once."""

    secret: str
    good: timedelta


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom an issuer vouches for: its address, and what it calls them."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which somebody is signed in."""

    id: UUID
    """For lists and for ending it; it opens nothing."""
    account: Account
    made_at: datetime
    seen_at: datetime
    browser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a program comes in with."""

    id: UUID
    tenant: TenantId
    name: str
    scopes: frozenset[Permission]
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = None
    agent: Account | None = None
    """As whom it talks with customers; None for a program that does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token before it is one."""

    name: str
    scopes: frozenset[Permission]
    expires_at: datetime | None = None
    agent: AgentId | None = None
    """As whom it is to act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: a person or a program."""

    tenant: TenantId
    name: str
    """For the audit log: `person:ID` or `token:ID`."""
    may: frozenset[Permission]
    account: Account | None = None
    """None for a program that acts as nobody."""
    session: UUID | None = None


def as_person(session: Session) -> Actor:
    """The actor of a session."""
    account = session.account
    return Actor(
        tenant=account.tenant,
        name=f"person:{account.id}",
        may=MAY[account.role],
        account=account,
        session=session.id,
    )


def as_program(token: Token) -> Actor:
    """The actor of a token; one that acts as somebody may no more than they do."""
    may = token.scopes if token.agent is None else token.scopes & MAY[token.agent.role]
    return Actor(tenant=token.tenant, name=f"token:{token.id}", may=may, account=token.agent)


def digest(secret: str) -> bytes:
    """How a secret lies in the database.

    A plain hash is enough: 32 random bytes cannot be guessed, so there is nothing to slow.
    """
    return hashlib.sha256(secret.encode()).digest()
