"""What stands before every route of the console: who calls, and whether they may.

A person comes with a cookie, a program with a bearer token; both name their tenant. A cookie alone
changes nothing: the request must also come from a page of this service, as its Origin says.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web
from yarl import URL

from core.domain.ids import TenantId
from core.http.json import Handler, Refused
from handoff.console.problems import as_refusal
from handoff.people.account import Actor, as_person, as_program
from handoff.people.ports import People, Tokens
from handoff.people.roles import Permission
from handoff.settings import HandoffSettings

COOKIE = "__Host-switchboard"
_MARK = "permission"
_SAFE = frozenset({"GET", "HEAD"})
Serve = Callable[[web.Request, Actor], Awaitable[web.StreamResponse]]


def permission_of(handler: Any) -> Permission | None:
    """What a route's handler asks for; None for one that nothing stands before."""
    found = getattr(handler, _MARK, None)
    return found if isinstance(found, Permission) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Stands before routes."""

    people: People
    tokens: Tokens
    settings: HandoffSettings

    def public(self, serve: Handler) -> Handler:
        """The handler of a route for everybody."""

        async def served(request: web.Request) -> web.StreamResponse:
            with as_refusal():
                check_origin(request)
                return await serve(request)

        return _marked(served, serve, Permission.PUBLIC)

    def asks(self, permission: Permission, serve: Serve) -> Handler:
        """The handler of a route for whoever has this permission."""

        async def served(request: web.Request) -> web.StreamResponse:
            with as_refusal():
                actor = await self.actor(request)
                if permission not in actor.may:
                    raise Refused(403, "forbidden", "Your account may not do this.")
                return await serve(request, actor)

        return _marked(served, serve, permission)

    async def actor(self, request: web.Request) -> Actor:
        """Who sends the request.

        Raises:
            Refused: nobody who is known, or a page of somebody else's.
        """
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return await self._program(bearer.strip())
        check_origin(request)
        tenant, secret = _parts(request.cookies.get(COOKIE, ""))
        idle = timedelta(minutes=self.settings.session_idle_minutes)
        longest = timedelta(hours=self.settings.session_hours)
        session = await self.people.session(tenant, secret, idle, longest)
        if session is None:
            raise Refused(401, "signed_out", "Please sign in.")
        return as_person(session)

    async def _program(self, bearer: str) -> Actor:
        tenant, secret = _parts(bearer)
        token = await self.tokens.token(tenant, secret)
        if token is None:
            raise Refused(401, "bad_token", "The token is unknown, revoked or too old.")
        return as_program(token)


def sealed(tenant: TenantId, secret: str) -> str:
    """A secret with its tenant, as cookies and tokens carry it."""
    return f"{tenant}.{secret}"


def keep(response: web.StreamResponse, name: str, value: str, max_age: int | None = None) -> None:
    """Let the browser keep a secret that no script reads and no other host gets.

    Args:
        response: that says so.
        name: of the cookie, with the prefix `__Host-`.
        value: of the cookie.
        max_age: seconds; without it until the browser ends.
    """
    response.set_cookie(
        name, value, path="/", secure=True, httponly=True, samesite="Lax", max_age=max_age
    )


def drop(response: web.StreamResponse, name: str) -> None:
    """The counterpart of `keep`."""
    response.del_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")


def check_origin(request: web.Request) -> None:
    """Let in what changes something only from a page of this service.

    Raises:
        Refused: it comes from elsewhere, or does not say where from.
    """
    if request.method in _SAFE and "Upgrade" not in request.headers:
        return
    origin = request.headers.get("Origin", "")
    try:
        own = URL(origin).authority == request.host
    except ValueError:
        own = False
    if not own:
        raise Refused(403, "foreign_page", "Only pages of this service may do this.")


def _parts(sealed_secret: str) -> tuple[TenantId, str]:
    tenant, _, secret = sealed_secret.partition(".")
    return TenantId(tenant), secret


def _marked(served: Handler, serve: Any, permission: Permission) -> Handler:
    """The handler with its permission, and with what describes the one behind it."""
    for name, value in getattr(serve, "__dict__", {}).items():
        setattr(served, name, value)
    function = getattr(serve, "__func__", serve)
    for name, value in vars(function).items():
        setattr(served, name, value)
    setattr(served, _MARK, permission)
    return served
