"""What people need of a store, as Protocols."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from core.domain.ids import AgentId, TenantId
from handoff.people.account import (
    Account,
    Actor,
    Link,
    NewAccount,
    NewToken,
    Session,
    Token,
    Vouched,
)
from handoff.people.roles import Role


class People(Protocol):
    """Accounts with their sessions and links; what is changed is noted in the same transaction."""

    async def add(self, actor: Actor, new: NewAccount, link: Link) -> Account:
        """A new account, with a link that sets its password.

        Raises:
            AccountRefused: the address is taken, or is none.
        """
        ...

    async def invite(self, actor: Actor, person: AgentId, link: Link) -> Account:
        """Another link for an account; earlier ones are worth nothing from now on.

        Raises:
            AccountNotFound: no such account.
            AccountRefused: an issuer vouches for it, and a password would go around that.
        """
        ...

    async def change(
        self, actor: Actor, person: AgentId, *, role: Role | None, disabled: bool | None
    ) -> Account:
        """What is not None is changed. Whoever is disabled is signed out everywhere.

        Raises:
            AccountNotFound: no such account.
            AccountRefused: nobody could add people any more.
        """
        ...

    async def everyone(self, tenant: TenantId) -> Sequence[Account]:
        """All accounts, by name."""
        ...

    async def by_email(self, tenant: TenantId, email: str) -> tuple[Account, str | None] | None:
        """An account with what is kept of its password; None where there is none, or disabled."""
        ...

    async def vouched(self, tenant: TenantId, by: Vouched, new: NewAccount) -> Account:
        """The account that an issuer vouches for, made or brought up to date.

        Raises:
            AccountDisabled: nobody comes in by it.
            AddressTaken: by another account, which stays as it is.
        """
        ...

    async def hand_over(self, tenant: TenantId, by: Vouched, email: str) -> bool:
        """Make the account of this address, if no issuer vouches for it yet, this issuer's.

        Its password, links and sessions end. Whom the issuer has brought already, and whoever is
        disabled, stays as they are.

        Returns:
            Whether there was one.
        """
        ...

    async def redeem(self, tenant: TenantId, invitation: str, password: str) -> Account:
        """Set the password by a link, once; every session of the account ends.

        Raises:
            AccountNotFound: the link is used, too old, or none of ours.
        """
        ...

    async def keep_password(self, person: Account, password: str) -> None:
        """Keep the same password hashed anew."""
        ...

    async def begin(self, account: Account, secret: str, browser: str) -> Session:
        """Sign in a browser."""
        ...

    async def session(
        self, tenant: TenantId, secret: str, idle: timedelta, longest: timedelta
    ) -> Session | None:
        """The session of a cookie, seen now; None where it is none, ended, or too old."""
        ...

    async def sessions(self, account: Account) -> Sequence[Session]:
        """Where somebody is signed in, the latest first."""
        ...

    async def end(self, account: Account, session: UUID) -> bool:
        """Sign a browser out; whether it was signed in."""
        ...


class Tokens(Protocol):
    """Tokens of programs."""

    async def make(self, actor: Actor, new: NewToken, secret: str) -> Token:
        """A new one.

        Raises:
            AccountNotFound: nobody works here as whom it is to act.
            AccountRefused: a scope that no token may have, or that the actor lacks.
        """
        ...

    async def token(self, tenant: TenantId, secret: str) -> Token | None:
        """The token of a secret; None where it is none, revoked, too old, or its agent disabled.

        Whom it acts as is taken to be there for a while.
        """
        ...

    async def tokens(self, tenant: TenantId) -> Sequence[Token]:
        """All that are worth something, by name."""
        ...

    async def revoke(self, actor: Actor, token: UUID) -> None:
        """End it.

        Raises:
            AccountNotFound: no such token.
        """
        ...


class Failures(Protocol):
    """How often a password was wrong lately."""

    async def failed(self, tenant: TenantId, keys: Sequence[str]) -> None:
        """One more for each key: an account, an address."""
        ...

    async def waits(self, tenant: TenantId, keys: Sequence[str]) -> float:
        """Seconds until the next try; 0 when it may be now."""
        ...

    async def forget(self, tenant: TenantId, key: str) -> None:
        """The right password came."""
        ...
