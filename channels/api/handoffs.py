"""/api/v1/conversations/{id}/handoff: the person who is awaited, or talks, and how that was."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from channels.api.answering import Asking
from channels.api.bodies import ConversationPath
from channels.api.customers import CustomerBody, Id, asker
from channels.api.guard import Guard
from channels.contract import printable, tenant_named
from channels.metrics import GatewayMetrics
from channels.parts import GatewayParts
from channels.ratings import TalkRating, Thumb
from core.domain.care import Awaited, ByPerson, Care, Later
from core.domain.conversation import Conversation
from core.domain.errors import ConversationNotFound, PersonHere
from core.domain.ids import ConversationId, HandoffId
from core.http.json import Refused, answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes

_Tenant = Annotated[str, Meta(max_length=63, description="Whose it is; without it the default.")]


class CareBody(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes care of the customer at this moment."""

    owner: Literal["bot", "queue", "agent"]
    position: Annotated[int, Meta(description="In the queue, from 1.")] | None = None
    wait_s: Annotated[int, Meta(description="How long it usually takes.")] | None = None
    agent: Annotated[str, Meta(description="Who talks, as customers read it.")] | None = None
    back_at: Annotated[datetime, Meta(description="When people are there again.")] | None = None


class HandoffParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose conversation it is."""

    tenant: _Tenant | None = None
    customer: Id | None = None


class TalkPath(msgspec.Struct, frozen=True, kw_only=True):
    """Which talk of which conversation; `handoff` stands at the message that asks."""

    id: UUID
    handoff: UUID


class TalkRatingRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a customer thinks of a talk with a person."""

    thumb: Literal["up", "down"]
    reason: (
        Annotated[str, Meta(max_length=50, description="slow, not_solved, unfriendly, other")]
        | None
    ) = None
    comment: Annotated[str, Meta(max_length=2000)] | None = None
    tenant: _Tenant | None = None
    customer: CustomerBody | None = None


class TalkRatingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict that stands now."""

    handoff: UUID
    thumb: Literal["up", "down"]


class HandoffRoutes:
    """The handlers."""

    def __init__(
        self, parts: GatewayParts, metrics: GatewayMetrics, asking: Asking, guard: Guard
    ) -> None:
        self._parts = parts
        self._metrics = metrics
        self._asking = asking
        self._guard = guard

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Serve them."""
        one = "/api/v1/conversations/{id}/handoff"
        router.add_get(one, self.get_care, allow_head=False)
        router.add_delete(one, self.take_back)
        router.add_put("/api/v1/conversations/{id}/handoffs/{handoff}/rating", self.put_rating)

    @describes(
        Operation(
            summary="See who takes care of a customer",
            tag="chat",
            path=ConversationPath,
            query=HandoffParameters,
            answers={200: Answer(says="How it stands.", media={JSON: CareBody})},
            fails=(404, 422, 429, 503),
        )
    )
    async def get_care(self, request: web.Request) -> web.StreamResponse:
        """GET /api/v1/conversations/{id}/handoff."""
        place = await self._place(request)
        return answer(care_body(await self._parts.people.care(place.tenant, place.id)))

    @describes(
        Operation(
            summary="Take a request for a person back",
            tag="chat",
            description="The bot answers again, and the customer reads so. Where nobody is"
            " awaited nothing happens; when somebody has taken it, 409 says so.",
            path=ConversationPath,
            query=HandoffParameters,
            answers={200: Answer(says="How it stands now.", media={JSON: CareBody})},
            fails=(404, 409, 422, 429, 503),
        )
    )
    async def take_back(self, request: web.Request) -> web.StreamResponse:
        """DELETE /api/v1/conversations/{id}/handoff."""
        place = await self._place(request)
        try:
            await self._parts.people.bot_instead(place.tenant, place.id)
        except PersonHere as here:
            raise Refused(409, "person_here", str(here)) from None
        return answer(care_body(await self._parts.people.care(place.tenant, place.id)))

    @describes(
        Operation(
            summary="Rate a talk with a person",
            tag="feedback",
            description="Where the customer was asked: the message with the choice how_was_it"
            " names the handoff. It can be changed for some days; the last rating stands.",
            path=TalkPath,
            body=TalkRatingRequest,
            answers={200: Answer(says="It is stored.", media={JSON: TalkRatingAnswer})},
            fails=(400, 403, 404, 413, 415, 422, 429, 503),
        )
    )
    async def put_rating(self, request: web.Request) -> web.StreamResponse:
        """PUT /api/v1/conversations/{id}/handoffs/{handoff}/rating."""
        self._guard.admit(request)
        path = parameters_of(request.match_info, TalkPath)
        said = await body_of(request, TalkRatingRequest)
        place = await self._of(request, path.id, said.tenant, said.customer)
        rating = TalkRating(
            handoff=HandoffId(path.handoff),
            thumb=Thumb(said.thumb),
            reason=_clean(said.reason),
            comment=_clean(said.comment),
        )
        await self._parts.feedback.rate_talk(place.tenant, place.id, rating)
        self._metrics.talk_ratings.labels(said.thumb).inc()
        return answer(TalkRatingAnswer(handoff=path.handoff, thumb=said.thumb))

    async def _place(self, request: web.Request) -> Conversation:
        self._guard.admit(request)
        path = parameters_of(request.match_info, ConversationPath)
        wanted = parameters_of(request.query, HandoffParameters)
        return await self._of(request, path.id, wanted.tenant, wanted.customer)

    async def _of(
        self,
        request: web.Request,
        conversation: UUID,
        tenant: str | None,
        named: CustomerBody | str | None,
    ) -> Conversation:
        """The conversation, unless it is another customer's."""
        whose = tenant_named(tenant or self._parts.settings.default_tenant)
        asks = await asker(request, whose, named, self._parts)
        found = await self._asking.existing(whose, ConversationId(conversation))
        if not asks.may_go_on(found.customer):
            raise ConversationNotFound
        return found


def care_body(care: Care) -> CareBody:
    """Who takes care, as a program reads it."""
    match care:
        case Awaited(position=position, wait_s=wait_s):
            wait = None if wait_s is None else round(wait_s)
            return CareBody(owner="queue", position=position, wait_s=wait)
        case ByPerson(name):
            return CareBody(owner="agent", agent=name or None)
        case Later(back_at):
            return CareBody(owner="bot", back_at=back_at)
        case _:
            return CareBody(owner="bot")


def _clean(text: str | None) -> str | None:
    return None if text is None else printable(text).strip() or None
