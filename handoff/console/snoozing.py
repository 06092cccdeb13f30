"""Put a talk away for a time, and have it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from core.domain.ids import ConversationId
from core.http.json import answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from core.ports import Clock
from handoff.console.acting import person_of
from handoff.console.guard import Guard
from handoff.console.inbox import Id, row_of
from handoff.console.views import Row
from handoff.people.account import Actor
from handoff.people.roles import Permission
from handoff.postgres.inbox import PostgresInbox
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.snoozes import PostgresSnoozes
from handoff.snooze import usual

_TAG = "console"
_AT = "/console/api/conversations/{id}/snooze"
_ROW = {200: Answer(says="The row as it is now.", media={JSON: Row})}


class Snooze(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when."""

    until: Annotated[datetime, Meta(tz=True)]


class SnoozeTimes(msgspec.Struct, frozen=True, kw_only=True):
    """What people choose most, by the tenant's clocks."""

    zone: str
    hour: datetime
    tomorrow: datetime
    monday: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SnoozeRoutes:
    """The routes of talks that are put away."""

    guard: Guard
    clock: Clock
    snoozes: PostgresSnoozes
    practices: PostgresPractices
    inbox: PostgresInbox

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        asks, may = self.guard.asks, Permission.ANSWER
        router.add_post(_AT, asks(may, self.put_away))
        router.add_delete(_AT, asks(may, self.bring_back))
        times = asks(may, self.times)
        router.add_get("/console/api/snooze", times, allow_head=False)

    @describes(
        Operation(
            summary="Put a conversation away for a time",
            tag=_TAG,
            description="It comes back then, or when the customer writes, whichever is first. "
            "Meanwhile it takes none of its agent's slots.",
            path=Id,
            body=Snooze,
            answers=_ROW,
            fails=(400, 401, 403, 404, 409, 415, 422),
        )
    )
    async def put_away(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, Snooze), _wanted(request)
        await self.snoozes.put_away(actor, person_of(actor), conversation, given.until)
        return answer(await row_of(self.inbox, actor.tenant, conversation))

    @describes(
        Operation(
            summary="Have a conversation back that was put away",
            tag=_TAG,
            path=Id,
            answers=_ROW,
            fails=(401, 403, 404, 409, 422),
        )
    )
    async def bring_back(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        conversation = _wanted(request)
        await self.snoozes.bring_back(actor, person_of(actor), conversation)
        return answer(await row_of(self.inbox, actor.tenant, conversation))

    @describes(
        Operation(
            summary="Read until when people put conversations away",
            tag=_TAG,
            answers={200: Answer(says="From now.", media={JSON: SnoozeTimes})},
            fails=(401, 403),
        )
    )
    async def times(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        zone = (await self.practices.of(actor.tenant)).zone
        found = usual(self.clock.now(), zone)
        return answer(SnoozeTimes(zone=str(zone), **found))


def _wanted(request: web.Request) -> ConversationId:
    return ConversationId(parameters_of(request.match_info, Id).id)
