"""Canned replies, and what somebody says about being there."""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from core.domain.ids import ConversationId
from core.http.json import Refused, answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from handoff.canned import fill, wording
from handoff.console.acting import MAX_TEXT, person_of
from handoff.console.canned_views import CannedView, Filled, Gap
from handoff.console.guard import Guard
from handoff.console.inbox import Id, row_of
from handoff.console.views import AgentView, Row
from handoff.people.account import Account, Actor
from handoff.people.roles import Permission
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.canned import PostgresCanned, Wording
from handoff.postgres.inbox import PostgresInbox

_TAG = "console"
_SIGNED = (401, 403)
_FAILS = (400, *_SIGNED, 404, 415, 422)
_Language = Annotated[str, Meta(max_length=20)]
_Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class NewCanned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reply to lie ready."""

    shortcut: Annotated[str, Meta(pattern=r"^[^\s/]{1,40}$")]
    title: Annotated[str, Meta(max_length=200)] = ""
    texts: Annotated[dict[_Language, _Text], Meta(min_length=1, max_length=50)]
    scope: Literal["team", "personal"] = "team"


class FillFor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose names are filled."""

    conversation: UUID


class NewPresence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is absent stays."""

    away: bool | None = None
    draining: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRoutes:
    """The routes of canned replies and of presence."""

    guard: Guard
    canned: PostgresCanned
    inbox: PostgresInbox
    attendance: PostgresAttendance

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        asks, may = self.guard.asks, Permission.ANSWER
        router.add_get("/console/api/canned", asks(may, self.list_), allow_head=False)
        router.add_post("/console/api/canned", asks(may, self.add))
        router.add_put("/console/api/canned/{id}", asks(may, self.change))
        router.add_delete("/console/api/canned/{id}", asks(may, self.remove))
        router.add_post("/console/api/canned/{id}/fill", asks(may, self.fill))
        router.add_put("/console/api/presence", asks(may, self.presence))

    @describes(
        Operation(
            summary="List canned replies",
            tag=_TAG,
            answers={200: Answer(says="The team's and my own.", media={JSON: list[CannedView]})},
            fails=_SIGNED,
        )
    )
    async def list_(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        return answer(await self.canned.list_(actor))

    @describes(
        Operation(
            summary="Add a canned reply",
            tag=_TAG,
            body=NewCanned,
            answers={201: Answer(says="It is there.", media={JSON: CannedView})},
            fails=(400, *_SIGNED, 415, 422),
        )
    )
    async def add(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given = await _given(request, actor)
        return answer(await self.canned.add(actor, given), status=201)

    @describes(
        Operation(
            summary="Change a canned reply",
            tag=_TAG,
            path=Id,
            body=NewCanned,
            answers={200: Answer(says="As it is now.", media={JSON: CannedView})},
            fails=_FAILS,
        )
    )
    async def change(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted, given = parameters_of(request.match_info, Id), await _given(request, actor)
        changed = await self.canned.change(actor, wanted.id, given)
        if changed is None:
            raise _unknown()
        return answer(changed)

    @describes(
        Operation(
            summary="Remove a canned reply",
            tag=_TAG,
            path=Id,
            answers={204: Answer(says="It is gone.")},
            fails=(*_SIGNED, 404, 422),
        )
    )
    async def remove(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted = parameters_of(request.match_info, Id)
        if not await self.canned.remove(actor, wanted.id):
            raise _unknown()
        return web.Response(status=204)

    @describes(
        Operation(
            summary="Fill a canned reply for a conversation",
            tag=_TAG,
            description="In the customer's language where there is such a wording. Names: "
            "`customer.name`, `customer.first_name`, `agent.name`, `agent.first_name`, "
            "`conversation.channel`; what is not known stays, and is told as a gap.",
            path=Id,
            body=FillFor,
            answers={200: Answer(says="To be read before it is sent.", media={JSON: Filled})},
            fails=_FAILS,
        )
    )
    async def fill(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted, given = parameters_of(request.match_info, Id), await body_of(request, FillFor)
        row = await row_of(self.inbox, actor.tenant, ConversationId(given.conversation))
        texts = await self.canned.use(actor, wanted.id)
        if texts is None:
            raise _unknown()
        language, text = wording(texts, row.language)
        filled = fill(text, _known(row, actor.account))
        gaps = [Gap(name=one.name, start=one.start, end=one.end) for one in filled.holes]
        return answer(Filled(text=filled.text, language=language, gaps=gaps))

    @describes(
        Operation(
            summary="Say whether I want to be asked",
            tag=_TAG,
            body=NewPresence,
            answers={200: Answer(says="As it is now.", media={JSON: AgentView})},
            fails=(400, *_SIGNED, 404, 415, 422),
        )
    )
    async def presence(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, account = await body_of(request, NewPresence), person_of(actor)
        await self.attendance.enter(account)
        await self.attendance.set(actor, account.id, away=given.away, draining=given.draining)
        everyone = await self.attendance.everyone(actor.tenant)
        return answer(next(one for one in everyone if one.id == account.id))


async def _given(request: web.Request, actor: Actor) -> Wording:
    given = await body_of(request, NewCanned)
    personal = given.scope == "personal"
    if personal:
        person_of(actor)
    return Wording(
        shortcut=given.shortcut, title=given.title, texts=given.texts, personal=personal
    )


def _known(row: Row, account: Account | None) -> dict[str, str]:
    name = row.customer_name
    known = {
        "conversation.channel": row.channel,
        "customer.name": name,
        "customer.first_name": name.partition(" ")[0],
    }
    if account is not None:
        known["agent.name"] = account.name
        known["agent.first_name"] = account.name.partition(" ")[0]
    return known


def _unknown() -> Refused:
    return Refused(404, "not_found", "There is no such canned reply.")
