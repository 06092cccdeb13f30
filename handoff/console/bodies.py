"""What the console's API takes and gives, apart from conversations."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from handoff.people.account import Account, Session, Token
from handoff.people.audit import Entry
from handoff.people.roles import MAY, Permission, Role

Short = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A try to sign in."""

    email: Short
    password: Annotated[str, Meta(min_length=1, max_length=1_000)]
    tenant: Short | None = None


class NewPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A password, set by a link."""

    link: Short
    email: Short
    password: Annotated[str, Meta(min_length=1, max_length=1_000)]
    tenant: Short | None = None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, and what they may do."""

    id: UUID
    tenant: str
    email: str
    name: str
    role: Role
    may: list[Permission]


class PersonBody(msgspec.Struct, frozen=True, kw_only=True):
    """An account."""

    id: UUID
    email: str
    name: str
    role: Role
    disabled: bool
    invited: bool
    """Has not set a password yet."""


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to be."""

    email: Short
    name: Short
    role: Role = Role.AGENT


class PersonChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of an account is to be other; what is absent stays."""

    role: Role | None = None
    disabled: bool | None = None


class LinkBody(msgspec.Struct, frozen=True, kw_only=True):
    """A link that sets a password, once; it is shown this once."""

    person: PersonBody
    link: str


class SessionBody(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which somebody is signed in."""

    id: UUID
    browser: str
    made_at: str
    seen_at: str
    this: bool


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A token to be."""

    name: Short
    scopes: Annotated[set[Permission], Meta(min_length=1)]
    days: Annotated[int, Meta(ge=1, le=3_650)] | None = None
    agent: UUID | None = None
    """As whom it takes conversations and talks with customers; without one it does neither."""


class TokenBody(msgspec.Struct, frozen=True, kw_only=True):
    """A program's token, without its secret."""

    id: UUID
    name: str
    scopes: list[Permission]
    made_at: str
    expires_at: str | None
    used_at: str | None
    agent: UUID | None = None
    secret: str | None = None
    """Shown once, in the answer to the request that made it."""


class EntryBody(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit log."""

    seq: int
    at: str
    actor: str
    act: str
    object: str
    detail: dict[str, str | int | bool | None]


def me(account: Account) -> Me:
    """Of an account."""
    return Me(
        id=account.id,
        tenant=account.tenant,
        email=account.email,
        name=account.name,
        role=account.role,
        may=sorted(MAY[account.role]),
    )


def person(account: Account) -> PersonBody:
    """Of an account."""
    return PersonBody(
        id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        disabled=account.disabled,
        invited=not account.has_password and not account.issuer,
    )


def session_body(session: Session, this: UUID | None) -> SessionBody:
    """Of a session; `this` is the one that asks."""
    return SessionBody(
        id=session.id,
        browser=session.browser,
        made_at=session.made_at.isoformat(),
        seen_at=session.seen_at.isoformat(),
        this=session.id == this,
    )


def token_body(token: Token, secret: str | None = None) -> TokenBody:
    """Of a token."""
    return TokenBody(
        id=token.id,
        name=token.name,
        scopes=sorted(token.scopes),
        made_at=token.made_at.isoformat(),
        expires_at=token.expires_at.isoformat() if token.expires_at else None,
        used_at=token.used_at.isoformat() if token.used_at else None,
        agent=None if token.agent is None else token.agent.id,
        secret=secret,
    )


def entry_body(entry: Entry) -> EntryBody:
    """Of an entry."""
    return EntryBody(
        seq=entry.seq,
        at=entry.at.isoformat(),
        actor=entry.actor,
        act=entry.act.act,
        object=entry.act.object,
        detail=dict(entry.act.detail),
    )
