"""What an issuer is asked: where its addresses are, its keys, and a token for a code.

Source: OpenID Connect Discovery 1.0; RFC 6749, sections 2.3.1 and 4.1.3.
"""

from base64 import b64encode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_plus

import msgspec

from core.ports import Clock
from handoff.people.oidc.addresses import is_safe
from handoff.people.oidc.calls import Answered, Calls
from handoff.people.oidc.claims import Key, keys_of, pick, signed_with
from handoff.people.oidc.flow import Flow
from handoff.people.oidc.kept import Kept
from handoff.people.oidc.refused import EntryRefused, Why
from handoff.settings import Issuer

_WELL_KNOWN = "/.well-known/openid-configuration"
_GOOD_S = 3_600
"""For how long what an issuer says of itself holds."""
_KEYS_REST_S = 30
"""Keys are asked for again when a token is signed with another one, but no sooner."""


class Configuration(msgspec.Struct, frozen=True):
    """What an issuer says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool | None = None


class Tokens(msgspec.Struct, frozen=True):
    """What a code was exchanged for."""

    id_token: str
    access_token: str = ""


class Provider:
    """One issuer."""

    def __init__(self, issuer: Issuer, clock: Clock, calls: Calls) -> None:
        self.issuer = issuer
        self._calls = calls
        self._configuration = Kept(self._discover, clock, _GOOD_S)
        self._keys = Kept(self._ask_for_keys, clock, _GOOD_S)

    async def configuration(self) -> Configuration:
        """What it says of itself, of this hour.

        Raises:
            EntryRefused: it says nothing, or what cannot be.
        """
        return await self._configuration.get()

    async def keys(self) -> tuple[Key, ...]:
        """What it signs with, of this hour; raises what `configuration` does."""
        return await self._keys.get()

    async def key(self, token: str) -> Key:
        """The key that a token is signed with; keys that are new are asked for.

        Raises:
            EntryRefused: it has no such key, or does not answer.
        """
        signed = signed_with(token)
        found = pick(await self.keys(), signed)
        if found is None:
            found = pick(await self._keys.newer_than(_KEYS_REST_S), signed)
        if found is None:
            raise EntryRefused(Why.MISTRUSTED, "the token is signed with a key nobody knows")
        return found

    async def tokens(self, code: str, flow: Flow) -> Tokens:
        """What the code is good for, once.

        Raises:
            EntryRefused: nothing; or the issuer does not answer, or does not know us.
        """
        configuration = await self.configuration()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": flow.back,
            "code_verifier": flow.verifier,
        }
        proof, headers = self._proof(configuration)
        answered = await self._calls.post(configuration.token_endpoint, {**form, **proof}, headers)
        return _tokens(answered)

    async def more(self, tokens: Tokens, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """What else it says of the same person, where it does.

        Raises:
            EntryRefused: it speaks of somebody else, or does not answer.
        """
        address = (await self.configuration()).userinfo_endpoint
        if address is None or not tokens.access_token:
            return {}
        headers = {"Authorization": f"Bearer {tokens.access_token}"}
        said = await self._calls.json(address, headers)
        if not isinstance(said, dict) or said.get("sub") != claims["sub"]:
            raise EntryRefused(Why.MISTRUSTED, "the issuer tells of somebody else")
        return said

    def _proof(self, configuration: Configuration) -> tuple[dict[str, str], dict[str, str]]:
        """What tells the issuer who we are: fields of the form, and headers."""
        client, secret = self.issuer.client_id, self.issuer.client_secret.get_secret_value()
        if not secret:
            return {"client_id": client}, {}
        methods = configuration.token_endpoint_auth_methods_supported
        if methods is not None and "client_secret_basic" not in methods:
            return {"client_id": client, "client_secret": secret}, {}
        pair = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
        return {}, {"Authorization": f"Basic {b64encode(pair).decode()}"}

    async def _discover(self) -> Configuration:
        said = await self._calls.json(self.issuer.issuer.rstrip("/") + _WELL_KNOWN)
        try:
            found = msgspec.convert(said, Configuration)
        except msgspec.ValidationError:
            raise EntryRefused(Why.UNAVAILABLE, "its configuration lacks addresses") from None
        if found.issuer != self.issuer.issuer:
            raise EntryRefused(Why.UNAVAILABLE, "it calls itself otherwise than the settings do")
        if not all(self._is_safe(one) for one in _endpoints(found)):
            raise EntryRefused(Why.UNAVAILABLE, "its configuration has an address without https")
        return found

    async def _ask_for_keys(self) -> tuple[Key, ...]:
        configuration = await self.configuration()
        found = keys_of(await self._calls.json(configuration.jwks_uri))
        if not found:
            raise EntryRefused(Why.UNAVAILABLE, "it has no key for RS256 or ES256")
        return found

    def _is_safe(self, address: str) -> bool:
        """Only an issuer that is itself on this machine leads to addresses without https."""
        plain = self.issuer.issuer.startswith("http://")
        return is_safe(address) and (plain or address.startswith("https://"))


def _endpoints(found: Configuration) -> list[str]:
    needed = [found.authorization_endpoint, found.token_endpoint, found.jwks_uri]
    return [*needed, found.userinfo_endpoint] if found.userinfo_endpoint else needed


def _tokens(answered: Answered) -> Tokens:
    body = answered.body
    if answered.status == HTTPStatus.OK:
        try:
            return msgspec.convert(body, Tokens)
        except msgspec.ValidationError:
            raise EntryRefused(Why.MISTRUSTED, "the issuer gave no identity token") from None
    error = body.get("error") if isinstance(body, dict) else None
    if answered.status == HTTPStatus.UNAUTHORIZED or error == "invalid_client":
        raise EntryRefused(Why.UNAVAILABLE, "the issuer refuses client_id or client_secret")
    if error == "invalid_grant":
        raise EntryRefused(Why.LATE, "the issuer refuses the code")
    raise EntryRefused(Why.UNAVAILABLE, f"the issuer answers {answered.status}")
