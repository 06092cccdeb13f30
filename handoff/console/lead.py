"""The lead's view of the desk: what is so now, a day in numbers, and what a lead does."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from core.domain.ids import AgentId, ConversationId
from core.http.json import Refused, answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from handoff.console.guard import Guard
from handoff.console.inbox import Id, row_of
from handoff.console.lead_views import Behind, Day, OverviewView, Slice
from handoff.console.ready import NewPresence
from handoff.console.views import AgentView, Row
from handoff.leading import HIGHEST
from handoff.people.account import Actor
from handoff.people.roles import Permission
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.inbox import PostgresInbox
from handoff.postgres.leading import PostgresLeading
from handoff.postgres.overview import PostgresOverview

_TAG = "console"
_SIGNED = (401, 403)
_FAILS = (400, *_SIGNED, 404, 409, 415, 422)


class _Day(msgspec.Struct, frozen=True, kw_only=True):
    """Of which day; today without it."""

    day: date | None = None


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the requests behind a number."""

    day: date | None = None
    after: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class _Slice(msgspec.Struct, frozen=True):
    slice: Slice


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    at: Annotated[datetime, Meta(tz=True)]
    id: UUID


class AssignBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To an agent, or to a team."""

    agent: UUID | None = None
    team: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class PriorityBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A higher one is served first."""

    priority: Annotated[int, Meta(ge=0, le=HIGHEST)]


def _act(summary: str, body: type[msgspec.Struct]) -> Operation:
    row = {200: Answer(says="The row as it is now.", media={JSON: Row})}
    return Operation(summary=summary, tag=_TAG, path=Id, body=body, answers=row, fails=_FAILS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRoutes:
    """The routes of who oversees the desk."""

    guard: Guard
    overview: PostgresOverview
    leading: PostgresLeading
    attendance: PostgresAttendance
    inbox: PostgresInbox

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        asks, sees, gives = self.guard.asks, Permission.OVERSEE, Permission.ASSIGN
        at = "/console/api/desk"
        router.add_get(at, asks(sees, self.now), allow_head=False)
        router.add_get(f"{at}/numbers", asks(sees, self.numbers), allow_head=False)
        router.add_get(f"{at}/numbers/{{slice}}", asks(sees, self.behind), allow_head=False)
        router.add_put(f"{at}/agents/{{id}}/presence", asks(sees, self.presence))
        router.add_post(f"{at}/conversations/{{id}}/assign", asks(gives, self.assign))
        router.add_post(f"{at}/conversations/{{id}}/priority", asks(gives, self.prioritise))

    @describes(
        Operation(
            summary="See the desk",
            tag=_TAG,
            description="Who waits, who is there, which targets are near or missed, and today's "
            "numbers.",
            answers={200: Answer(says="As it is now.", media={JSON: OverviewView})},
            fails=_SIGNED,
        )
    )
    async def now(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        return answer(await self.overview.now(actor.tenant))

    @describes(
        Operation(
            summary="Read a day's numbers",
            tag=_TAG,
            description="Of the requests for a person that were made on that day.",
            query=_Day,
            answers={200: Answer(says="In numbers.", media={JSON: Day})},
            fails=(*_SIGNED, 422),
        )
    )
    async def numbers(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted = parameters_of(request.query, _Day)
        return answer(await self.overview.day(actor.tenant, wanted.day))

    @describes(
        Operation(
            summary="Read what is behind a number",
            tag=_TAG,
            description="The requests that it counts, the latest first.",
            path=_Slice,
            query=_Page,
            answers={200: Answer(says="A page of them.", media={JSON: Behind})},
            fails=(*_SIGNED, 422),
        )
    )
    async def behind(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted = parameters_of(request.match_info, _Slice).slice
        page = parameters_of(request.query, _Page)
        after = _place(page.after) if page.after else None
        found, last = await self.overview.behind(actor.tenant, wanted, page.day, after, page.limit)
        return answer(msgspec.structs.replace(found, next=_cursor(last) if last else None))

    @describes(
        Operation(
            summary="Say whether an agent is asked",
            tag=_TAG,
            description="Away, or finishing what is begun; what is absent stays.",
            path=Id,
            body=NewPresence,
            answers={200: Answer(says="As they are now.", media={JSON: AgentView})},
            fails=_FAILS,
        )
    )
    async def presence(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given = await body_of(request, NewPresence)
        agent = AgentId(parameters_of(request.match_info, Id).id)
        await self.attendance.set(actor, agent, away=given.away, draining=given.draining)
        everyone = await self.attendance.everyone(actor.tenant)
        found = [one for one in everyone if one.id == agent]
        if not found:
            raise Refused(404, "not_found", "There is no such agent.")
        return answer(found[0])

    @describes(_act("Give a conversation to somebody else", AssignBody))
    async def assign(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, AssignBody), _wanted(request)
        match given:
            case AssignBody(agent=UUID() as to, team=None):
                await self.leading.to_agent(actor, conversation, AgentId(to))
            case AssignBody(agent=None, team=str(team)):
                await self.leading.to_team(actor, conversation, team)
            case _:
                raise Refused(422, "invalid", "Name an agent or a team.")
        return answer(await row_of(self.inbox, actor.tenant, conversation))

    @describes(_act("Give a request another priority", PriorityBody))
    async def prioritise(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, PriorityBody), _wanted(request)
        await self.leading.prioritise(actor, conversation, given.priority)
        return answer(await row_of(self.inbox, actor.tenant, conversation))


def _wanted(request: web.Request) -> ConversationId:
    return ConversationId(parameters_of(request.match_info, Id).id)


def _cursor(last: tuple[datetime, UUID]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(_Cursor(*last))).decode()


def _place(cursor: str) -> tuple[datetime, UUID]:
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=_Cursor)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        raise Refused(422, "invalid", "`after` is not a place of this list.") from None
    return found.at, found.id
