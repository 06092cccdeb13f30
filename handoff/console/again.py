"""Sending a message again that a channel did not take, over HTTP."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import msgspec
from aiohttp import web

from core.domain.ids import ConversationId
from core.http.json import answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from handoff.console.acting import Nothing, person_of
from handoff.console.guard import Guard
from handoff.console.inbox import row_of
from handoff.console.views import Row
from handoff.people.account import Actor
from handoff.people.roles import Permission
from handoff.postgres.inbox import PostgresInbox
from handoff.postgres.marks import PostgresResending


class Place(msgspec.Struct, frozen=True):
    """Of a message."""

    id: UUID
    seq: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainRoutes:
    """The route of sending again."""

    guard: Guard
    inbox: PostgresInbox
    resending: PostgresResending

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give it its address."""
        path = "/console/api/conversations/{id}/messages/{seq}/again"
        router.add_post(path, self.guard.asks(Permission.ANSWER, self.again))

    @describes(
        Operation(
            summary="Send a message again that the channel did not take",
            tag="console",
            description="Only by the agent who has the conversation, and only what was given up "
            "with a reason that is known.",
            path=Place,
            body=Nothing,
            answers={200: Answer(says="It is on its way; the row.", media={JSON: Row})},
            fails=(400, 401, 403, 404, 409, 415, 422),
        )
    )
    async def again(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        await body_of(request, Nothing)
        place = parameters_of(request.match_info, Place)
        conversation = ConversationId(place.id)
        await self.resending.again(actor, person_of(actor), conversation, place.seq)
        return answer(await row_of(self.inbox, actor.tenant, conversation))
