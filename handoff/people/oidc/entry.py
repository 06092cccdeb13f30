"""Coming in by way of an issuer: to it, and back with an answer that is looked at from all sides.

A browser's answer must belong to a try of this very browser, with this very issuer, minutes ago,
and come once. Whoever mixes issuers up is held off twice: each has its own address to come back
to, and says its name where it can (RFC 9700, section 4.4.2; RFC 9207).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yarl import URL

from core.domain.errors import TenantNotFound
from core.domain.ids import TenantId
from core.ports import Clock
from core.sealing import Seal
from handoff.people.account import Account, Session, Vouched
from handoff.people.errors import AccountDisabled, AddressTaken
from handoff.people.oidc import flow, mapping
from handoff.people.oidc.claims import Expected, checked
from handoff.people.oidc.flow import Flow
from handoff.people.oidc.ports import Flows
from handoff.people.oidc.provider import Provider
from handoff.people.oidc.refused import EntryRefused, Why
from handoff.people.ports import People


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a browser brings back from an issuer."""

    state: str
    code: str = ""
    error: str = ""
    issuer: str = ""
    """Who says so, where it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Lets people in whom issuers vouch for."""

    providers: Sequence[Provider]
    people: People
    flows: Flows
    seal: Seal
    clock: Clock
    new_secret: Callable[[], str]
    default_tenant: TenantId

    def of(self, tenant: TenantId) -> Sequence[Provider]:
        """The issuers of a tenant."""
        return [one for one in self.providers if self.tenant_of(one) == tenant]

    def tenant_of(self, provider: Provider) -> TenantId:
        """Whose people an issuer knows."""
        return TenantId(provider.issuer.tenant or self.default_tenant)

    async def begin(self, name: str, back: str) -> tuple[URL, str]:
        """Where the browser goes to, and what it keeps meanwhile.

        Raises:
            EntryRefused: no such issuer, or it does not answer.
        """
        provider = self._named(name)
        endpoint = (await provider.configuration()).authorization_endpoint
        fresh = flow.begun(provider.issuer, back, self.clock.now(), self.new_secret)
        return flow.request(provider.issuer, endpoint, fresh), flow.closed(fresh, self.seal)

    async def finish(
        self, name: str, answer: Answer, kept: str, browser: str
    ) -> tuple[Session, str]:
        """A session and the secret of its cookie.

        Args:
            name: of the issuer whose address the browser came back to.
            answer: what it brought.
            kept: what `begin` let it keep.
            browser: what calls itself so; for the list of sessions.

        Raises:
            EntryRefused: for any reason.
        """
        provider = self._named(name)
        tenant = self.tenant_of(provider)
        begun = flow.opened(kept, self.seal, name, answer.state, self.clock.now())
        await self._use(tenant, begun)
        await _check_answer(provider, answer)
        claims = await self._claims(provider, answer.code, begun)
        account = await self._account(provider, tenant, claims)
        secret = self.new_secret()
        return await self.people.begin(account, secret, browser[:200]), secret

    async def _use(self, tenant: TenantId, begun: Flow) -> None:
        try:
            first = await self.flows.use(tenant, begun.state, begun.until)
        except TenantNotFound:
            raise EntryRefused(
                Why.UNKNOWN, "the settings name a tenant that is not there"
            ) from None
        if not first:
            raise EntryRefused(Why.LATE, "it came back before")

    async def _claims(self, provider: Provider, code: str, begun: Flow) -> Mapping[str, Any]:
        """What the issuer says of whoever came: the token's words before any others."""
        tokens = await provider.tokens(code, begun)
        expected = Expected(
            issuer=provider.issuer.issuer,
            client_id=provider.issuer.client_id,
            nonce=begun.nonce,
            access_token=tokens.access_token,
            now=self.clock.now(),
        )
        claims = checked(tokens.id_token, await provider.key(tokens.id_token), expected)
        if mapping.is_enough(provider.issuer, claims):
            return claims
        return {**await provider.more(tokens, claims), **claims}

    async def _account(
        self, provider: Provider, tenant: TenantId, claims: Mapping[str, Any]
    ) -> Account:
        by = Vouched(provider.issuer.issuer, claims["sub"])
        new = mapping.account_of(provider.issuer, claims)
        if provider.issuer.takes_over:
            await self.people.hand_over(tenant, by, new.email)
        try:
            return await self.people.vouched(tenant, by, new)
        except AddressTaken:
            raise EntryRefused(Why.TAKEN) from None
        except AccountDisabled:
            raise EntryRefused(Why.DISABLED) from None

    def _named(self, name: str) -> Provider:
        for one in self.providers:
            if one.issuer.name == name:
                return one
        raise EntryRefused(Why.UNKNOWN)


async def _check_answer(provider: Provider, answer: Answer) -> None:
    """Whether it is this issuer's, and has a code."""
    names_itself = (await provider.configuration()).authorization_response_iss_parameter_supported
    if answer.issuer != provider.issuer.issuer and (answer.issuer or names_itself):
        raise EntryRefused(Why.MISTRUSTED, "another issuer answers")
    if answer.error:
        raise EntryRefused(Why.CANCELLED, "the issuer answers with an error")
    if not answer.code:
        raise EntryRefused(Why.MISTRUSTED, "the issuer answers without a code")
