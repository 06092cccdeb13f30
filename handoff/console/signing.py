"""Signing in and out, passwords by link, and where somebody is signed in."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from aiohttp import web

from core.domain.ids import TenantId
from core.http.json import Refused, answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from handoff.console.bodies import Me, NewPassword, SessionBody, SignIn, me, session_body
from handoff.console.guard import COOKIE, Guard, drop, keep, sealed
from handoff.people.account import Account, Actor
from handoff.people.doors import Doors
from handoff.people.roles import Permission

_TAG = "console"


class _Id(msgspec.Struct, frozen=True):
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRoutes:
    """The routes around being signed in."""

    guard: Guard
    doors: Doors
    tenant: TenantId
    """Whose accounts are meant where a request names none."""

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        guard, own = self.guard, Permission.OWN
        router.add_post("/console/api/sign-in", guard.public(self.sign_in))
        router.add_post("/console/api/password", guard.public(self.set_password))
        router.add_post("/console/api/sign-out", guard.asks(own, self.sign_out))
        router.add_get("/console/api/me", guard.asks(own, self.who), allow_head=False)
        router.add_get("/console/api/sessions", guard.asks(own, self.list_), allow_head=False)
        router.add_delete("/console/api/sessions/{id}", guard.asks(own, self.end))

    @describes(
        Operation(
            summary="Sign in",
            tag=_TAG,
            body=SignIn,
            answers={200: Answer(says="Signed in; the cookie is set.", media={JSON: Me})},
            fails=(400, 403, 415, 422, 429),
        )
    )
    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        given = await body_of(request, SignIn)
        tenant = TenantId(given.tenant or self.tenant)
        browser = request.headers.get("User-Agent", "")
        address = request.remote or ""
        session, secret = await self.doors.enter(
            tenant, given.email, given.password, address, browser
        )
        response = answer(me(session.account))
        keep(response, COOKIE, sealed(tenant, secret))
        return response

    @describes(
        Operation(
            summary="Set a password by a link",
            tag=_TAG,
            body=NewPassword,
            answers={204: Answer(says="It is set; every session of the account has ended.")},
            fails=(400, 403, 404, 415, 422),
        )
    )
    async def set_password(self, request: web.Request) -> web.StreamResponse:
        given = await body_of(request, NewPassword)
        tenant = TenantId(given.tenant or self.tenant)
        await self.doors.set_password(tenant, given.link, given.email, given.password)
        return web.Response(status=204)

    @describes(Operation(summary="Sign out", tag=_TAG, answers={204: Answer(says="Signed out.")}))
    async def sign_out(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        account = _account(actor)
        if actor.session is not None:
            await self.doors.people.end(account, actor.session)
        response = web.Response(status=204)
        drop(response, COOKIE)
        return response

    @describes(
        Operation(
            summary="Who is signed in",
            tag=_TAG,
            answers={200: Answer(says="The account.", media={JSON: Me})},
            fails=(401,),
        )
    )
    async def who(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        return answer(me(_account(actor)))

    @describes(
        Operation(
            summary="List where I am signed in",
            tag=_TAG,
            answers={200: Answer(says="Browsers, the latest first.", media={JSON: None})},
            fails=(401,),
        )
    )
    async def list_(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        found = await self.doors.people.sessions(_account(actor))
        listed: list[SessionBody] = [session_body(one, actor.session) for one in found]
        return answer(listed)

    @describes(
        Operation(
            summary="Sign a browser out",
            tag=_TAG,
            path=_Id,
            answers={204: Answer(says="It is signed out.")},
            fails=(401, 403, 404, 422),
        )
    )
    async def end(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted = parameters_of(request.match_info, _Id)
        if not await self.doors.people.end(_account(actor), wanted.id):
            raise Refused(404, "not_found", "There is no such session.")
        return web.Response(status=204)


def _account(actor: Actor) -> Account:
    if actor.account is None:
        raise Refused(403, "forbidden", "A program has no account.")
    return actor.account
