"""Signing in with a password: slow to guess, and the same answer to whoever is wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from core.domain.ids import TenantId
from handoff.people import passwords
from handoff.people.account import Session
from handoff.people.errors import SignInRefused, TooManyTries
from handoff.people.ports import Failures, People


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Lets people in."""

    people: People
    failures: Failures
    new_secret: Callable[[], str]

    async def enter(
        self, tenant: TenantId, email: str, password: str, address: str, browser: str
    ) -> tuple[Session, str]:
        """A session and the secret of its cookie.

        Args:
            tenant: Where.
            email: Of the account, in any case.
            password: As it was typed.
            address: The network address that it comes from.
            browser: What calls itself so; for the list of sessions.

        Raises:
            SignInRefused: no such account, another password, or it is disabled.
            TooManyTries: whatever it is, it is not looked at now.
        """
        account_key = f"account:{email.strip().lower()}"
        keys = [account_key, f"address:{address}"]
        if wait := await self.failures.waits(tenant, keys):
            raise TooManyTries(wait)
        found = await self.people.by_email(tenant, email.strip().lower())
        account, kept = found or (None, None)
        if not await passwords.fits(password, kept) or account is None or kept is None:
            await self.failures.failed(tenant, keys)
            raise SignInRefused
        await self.failures.forget(tenant, account_key)
        if passwords.is_old(kept):
            await self.people.keep_password(account, await passwords.hashed(password))
        secret = self.new_secret()
        return await self.people.begin(account, secret, browser[:200]), secret

    async def set_password(self, tenant: TenantId, link: str, email: str, password: str) -> None:
        """By the secret of a link.

        Raises:
            PasswordRefused: too easy.
            AccountNotFound: the link is worth nothing any more.
        """
        plain = passwords.checked(password, email)
        await self.people.redeem(tenant, link, await passwords.hashed(plain))
