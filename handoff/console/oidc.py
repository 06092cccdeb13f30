"""Signing in with the company's own sign-in: to it, back from it, and which there are.

Whoever comes back is sent to our own page and nowhere else; what went wrong stands there as a code
of ours (`handoff/people/oidc/refused.py`), so that nobody else's words are ever shown.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec
import structlog
from aiohttp import web
from msgspec import Meta

from core.domain.ids import TenantId
from core.http.json import Refused, answer, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from handoff.console.bodies import Short
from handoff.console.guard import COOKIE, Guard, drop, keep, sealed
from handoff.people.errors import TooManyTries
from handoff.people.oidc.entry import Answer as Brought
from handoff.people.oidc.entry import Entry
from handoff.people.oidc.flow import GOOD_FOR
from handoff.people.oidc.provider import Provider
from handoff.people.oidc.refused import SENTENCES, EntryRefused, Why
from handoff.people.ports import Failures

_log = structlog.get_logger(__name__)
_TAG = "console"
_KEPT = "__Host-switchboard-oidc"
_HOME = "/console"
_NOT_THEIRS = frozenset({Why.CANCELLED, Why.UNAVAILABLE})
"""Refusals that nobody is held off for: whoever comes back so has tried nothing."""
_Long = Annotated[str, Meta(max_length=4_096)]


class Wanted(msgspec.Struct, frozen=True):
    """Whose sign-ins are asked for."""

    tenant: Short | None = None


class Back(msgspec.Struct, frozen=True):
    """What an issuer sends a browser back with."""

    state: _Long = ""
    code: _Long = ""
    error: _Long = ""
    iss: _Long = ""


class _Name(msgspec.Struct, frozen=True):
    name: Short


class IssuerBody(msgspec.Struct, frozen=True, kw_only=True):
    """A button of the sign-in page."""

    name: str
    title: str
    begin: str
    """Where it leads."""


class IssuersBody(msgspec.Struct, frozen=True, kw_only=True):
    """What the sign-in page shows."""

    issuers: list[IssuerBody]
    reasons: dict[str, str]
    """A sentence for each `why` with which somebody is sent back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcRoutes:
    """The routes of sign-ins by issuers."""

    guard: Guard
    entry: Entry
    failures: Failures
    public_url: str
    """Where browsers reach this service; empty means where they just did."""

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        public, here = self.guard.public, "/console/api/oidc"
        router.add_get(here, public(self.list_), allow_head=False)
        router.add_get(f"{here}/{{name}}/begin", public(self.begin), allow_head=False)
        router.add_get(f"{here}/{{name}}/callback", public(self.finish), allow_head=False)

    @describes(
        Operation(
            summary="List the company's sign-ins",
            tag=_TAG,
            query=Wanted,
            answers={200: Answer(says="For the sign-in page.", media={JSON: IssuersBody})},
            fails=(422,),
        )
    )
    async def list_(self, request: web.Request) -> web.StreamResponse:
        wanted = parameters_of(request.query, Wanted)
        tenant = TenantId(wanted.tenant or self.entry.default_tenant)
        reasons = {why.value: sentence for why, sentence in SENTENCES.items()}
        issuers = [_button(one) for one in self.entry.of(tenant)]
        return answer(IssuersBody(issuers=issuers, reasons=reasons))

    @describes(
        Operation(
            summary="Go to the company's sign-in",
            tag=_TAG,
            path=_Name,
            answers={303: Answer(says="To the issuer, or back to the sign-in page.")},
            fails=(422,),
        )
    )
    async def begin(self, request: web.Request) -> web.StreamResponse:
        name = parameters_of(request.match_info, _Name).name
        origin = self.public_url.rstrip("/") or str(request.url.origin())
        try:
            there, kept = await self.entry.begin(name, f"{origin}{_callback(name)}")
        except EntryRefused as refused:
            return _sent_back(refused, name)
        response = _redirect(str(there))
        keep(response, _KEPT, kept, int(GOOD_FOR.total_seconds()))
        return response

    @describes(
        Operation(
            summary="Come back from the company's sign-in",
            tag=_TAG,
            path=_Name,
            query=Back,
            answers={303: Answer(says="To the console, signed in, or to the sign-in page.")},
            fails=(422, 429),
        )
    )
    async def finish(self, request: web.Request) -> web.StreamResponse:
        name = parameters_of(request.match_info, _Name).name
        tenant, address = self.entry.default_tenant, [f"oidc:{request.remote}"]
        if wait_s := await self.failures.waits(tenant, address):
            raise TooManyTries(wait_s)
        try:
            session, secret = await self.entry.finish(
                name,
                _brought(request),
                request.cookies.get(_KEPT, ""),
                request.headers.get("User-Agent", ""),
            )
        except EntryRefused as refused:
            if refused.why not in _NOT_THEIRS:
                await self.failures.failed(tenant, address)
            response = _sent_back(refused, name)
        else:
            response = _redirect(f"{_HOME}#/signed-in")
            keep(response, COOKIE, sealed(session.account.tenant, secret))
        drop(response, _KEPT)
        return response


def _callback(name: str) -> str:
    return f"/console/api/oidc/{name}/callback"


def _button(provider: Provider) -> IssuerBody:
    name = provider.issuer.name
    return IssuerBody(
        name=name,
        title=provider.issuer.title or name,
        begin=f"/console/api/oidc/{name}/begin",
    )


def _brought(request: web.Request) -> Brought:
    """What the issuer sent; a parameter that is there twice is a trick.

    Raises:
        EntryRefused: it does not look like an answer.
    """
    try:
        back = parameters_of(request.query, Back)
    except Refused:
        raise EntryRefused(Why.MISTRUSTED, "the answer's parameters are odd") from None
    if any(len(request.query.getall(key)) > 1 for key in request.query):
        raise EntryRefused(Why.MISTRUSTED, "the answer's parameters are odd")
    return Brought(state=back.state, code=back.code, error=back.error, issuer=back.iss)


def _sent_back(refused: EntryRefused, name: str) -> web.Response:
    known = "" if refused.why is Why.UNKNOWN else name
    _log.warning("not signed in", issuer=known, why=refused.why.value, detail=refused.detail)
    return _redirect(f"{_HOME}#/signed-out?why={refused.why.value}")


def _redirect(there: str) -> web.Response:
    return web.Response(status=303, headers={"Location": there, "Cache-Control": "no-store"})
