"""Accounts, tokens of programs, and the log of what everybody did: for admins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec
from aiohttp import web

from core.domain.ids import AgentId
from core.http.json import answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from core.ports import Clock
from handoff.console.bodies import (
    LinkBody,
    NewPerson,
    NewToken,
    PersonBody,
    PersonChange,
    TokenBody,
    entry_body,
    person,
    token_body,
)
from handoff.console.guard import Guard, sealed
from handoff.people.account import Account, Actor, Link, NewAccount
from handoff.people.account import NewToken as Wanted
from handoff.people.audit import AuditLog
from handoff.people.roles import Permission

_TAG = "console"
_SIGNED = (401, 403)


class _Id(msgspec.Struct, frozen=True):
    id: UUID


class _Page(msgspec.Struct, frozen=True):
    after: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRoutes:
    """The routes of who works here."""

    guard: Guard
    audit: AuditLog
    clock: Clock
    new_secret: Callable[[], str]

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        asks, people = self.guard.asks, Permission.PEOPLE
        router.add_get("/console/api/people", asks(people, self.everyone), allow_head=False)
        router.add_post("/console/api/people", asks(people, self.add))
        router.add_patch("/console/api/people/{id}", asks(people, self.change))
        router.add_post("/console/api/people/{id}/link", asks(people, self.link))
        router.add_get("/console/api/tokens", asks(people, self.tokens), allow_head=False)
        router.add_post("/console/api/tokens", asks(people, self.make_token))
        router.add_delete("/console/api/tokens/{id}", asks(people, self.revoke))
        log = asks(Permission.AUDIT, self.log)
        router.add_get("/console/api/audit", log, allow_head=False)

    @describes(
        Operation(
            summary="List accounts",
            tag=_TAG,
            answers={200: Answer(says="All accounts, by name.", media={JSON: None})},
            fails=_SIGNED,
        )
    )
    async def everyone(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        found = await self.guard.people.everyone(actor.tenant)
        return answer([person(one) for one in found])

    @describes(
        Operation(
            summary="Add an account",
            tag=_TAG,
            body=NewPerson,
            answers={201: Answer(says="It is there, with a link.", media={JSON: LinkBody})},
            fails=(400, *_SIGNED, 415, 422),
        )
    )
    async def add(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given = await body_of(request, NewPerson)
        new, link = NewAccount(email=given.email, name=given.name, role=given.role), self._link()
        account = await self.guard.people.add(actor, new, link)
        return answer(self._linked(request, account, link), status=201)

    @describes(
        Operation(
            summary="Change a role, or disable an account",
            tag=_TAG,
            path=_Id,
            body=PersonChange,
            answers={200: Answer(says="As it is now.", media={JSON: PersonBody})},
            fails=(400, *_SIGNED, 404, 415, 422),
        )
    )
    async def change(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted = parameters_of(request.match_info, _Id)
        given = await body_of(request, PersonChange)
        changed = await self.guard.people.change(
            actor, AgentId(wanted.id), role=given.role, disabled=given.disabled
        )
        return answer(person(changed))

    @describes(
        Operation(
            summary="Make a new link for an account",
            tag=_TAG,
            path=_Id,
            answers={201: Answer(says="The link; earlier ones end.", media={JSON: LinkBody})},
            fails=(*_SIGNED, 404, 422),
        )
    )
    async def link(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted, link = parameters_of(request.match_info, _Id), self._link()
        account = await self.guard.people.invite(actor, AgentId(wanted.id), link)
        return answer(self._linked(request, account, link), status=201)

    @describes(
        Operation(
            summary="List tokens of programs",
            tag=_TAG,
            answers={200: Answer(says="All that are worth something.", media={JSON: None})},
            fails=_SIGNED,
        )
    )
    async def tokens(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        found = await self.guard.tokens.tokens(actor.tenant)
        return answer([token_body(one) for one in found])

    @describes(
        Operation(
            summary="Make a token for a program",
            tag=_TAG,
            body=NewToken,
            answers={201: Answer(says="With its secret, this once.", media={JSON: TokenBody})},
            fails=(400, *_SIGNED, 415, 422),
        )
    )
    async def make_token(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, secret = await body_of(request, NewToken), self.new_secret()
        until = self.clock.now() + timedelta(days=given.days) if given.days else None
        wanted = Wanted(
            name=given.name,
            scopes=frozenset(given.scopes),
            expires_at=until,
            agent=None if given.agent is None else AgentId(given.agent),
        )
        made = await self.guard.tokens.make(actor, wanted, secret)
        return answer(token_body(made, sealed(actor.tenant, secret)), status=201)

    @describes(
        Operation(
            summary="Revoke a token",
            tag=_TAG,
            path=_Id,
            answers={204: Answer(says="It is worth nothing any more.")},
            fails=(*_SIGNED, 404, 422),
        )
    )
    async def revoke(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted = parameters_of(request.match_info, _Id)
        await self.guard.tokens.revoke(actor, wanted.id)
        return web.Response(status=204)

    @describes(
        Operation(
            summary="Read the audit log",
            tag=_TAG,
            query=_Page,
            answers={200: Answer(says="Entries behind `after`.", media={JSON: None})},
            fails=(*_SIGNED, 422),
        )
    )
    async def log(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        page = parameters_of(request.query, _Page)
        limit = max(1, min(page.limit, 1_000))
        found = await self.audit.entries(actor.tenant, page.after, limit)
        return answer([entry_body(one) for one in found])

    def _link(self) -> Link:
        return Link(self.new_secret(), timedelta(hours=self.guard.settings.link_hours))

    def _linked(self, request: web.Request, account: Account, link: Link) -> LinkBody:
        path = link_path(account, link)
        return LinkBody(person=person(account), link=f"{request.url.origin()}{path}")


def link_path(account: Account, link: Link) -> str:
    """Where a link leads: behind the `#`, so that no server writes the secret down."""
    return f"/console#/welcome/{account.tenant}/{account.email}/{link.secret}"
