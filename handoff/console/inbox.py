"""The list of conversations, and what is read of one."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from core.domain.errors import ConversationNotFound
from core.domain.ids import AgentId, ConversationId, TenantId
from core.http.json import Refused, answer, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from core.ports import Clock
from handoff.console.guard import Guard
from handoff.console.views import (
    AgentView,
    ConversationView,
    Counts,
    CustomerView,
    InboxView,
    MessagesView,
    OwnerKind,
    Row,
)
from handoff.people.account import Actor
from handoff.people.roles import Permission
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.briefs import PostgresBriefs
from handoff.postgres.inbox import Filter, Place, PostgresInbox
from handoff.postgres.talks import PostgresTalks

_TAG = "console"
_SIGNED = (401, 403)
_Text = Annotated[str, Meta(min_length=1, max_length=200)]
NOBODY = "none"
"""In the place of an assignee's id: nobody."""
ASSIGNEE = r"^(none|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"
_Limit = Annotated[int, Meta(ge=1, le=200)]


class Id(msgspec.Struct, frozen=True):
    """Of a conversation."""

    id: UUID


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the list."""

    tab: Literal["mine", "waiting", "snoozed", "all"] = "all"
    channel: _Text | None = None
    language: _Text | None = None
    owner: OwnerKind | None = None
    assignee: Annotated[str, Meta(pattern=ASSIGNEE)] | None = None
    search: _Text | None = None
    after: _Text | None = None
    limit: _Limit = 50


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages: those before one, or behind one; without both the latest."""

    before: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    after: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    limit: _Limit = 50


class _Cursor(msgspec.Struct, array_like=True, frozen=True):
    bots: bool
    taken: bool
    at: Annotated[datetime, Meta(tz=True)]
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRoutes:
    """The routes that change nothing."""

    guard: Guard
    clock: Clock
    inbox: PostgresInbox
    talks: PostgresTalks
    briefs: PostgresBriefs
    attendance: PostgresAttendance

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        for path, serve in (
            ("inbox", self.list_),
            ("inbox/counts", self.counts),
            ("conversations/{id}", self.conversation),
            ("conversations/{id}/messages", self.messages),
            ("conversations/{id}/customer", self.customer),
            ("agents", self.agents),
        ):
            handler = self.guard.asks(Permission.READ, serve)
            router.add_get(f"/console/api/{path}", handler, allow_head=False)

    @describes(
        Operation(
            summary="List conversations",
            tag=_TAG,
            description="What waits for a person, the longest first; then what agents talk in; "
            "then the rest, the last active first.",
            query=Wanted,
            answers={200: Answer(says="A page.", media={JSON: InboxView})},
            fails=(*_SIGNED, 422),
        )
    )
    async def list_(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted, agent = parameters_of(request.query, Wanted), agent_of(actor)
        after = _place(wanted.after) if wanted.after else None
        page = await self.inbox.page(actor.tenant, _filter(wanted, agent), after, wanted.limit)
        return answer(
            InboxView(
                rows=await self.inbox.rows(actor.tenant, page.ids),
                next=_cursor(page.next) if page.next else None,
                counts=await self.inbox.counts(actor.tenant, agent),
                searched=page.searched,
            )
        )

    @describes(
        Operation(
            summary="Count what waits",
            tag=_TAG,
            answers={200: Answer(says="What stands on the tabs.", media={JSON: Counts})},
            fails=_SIGNED,
        )
    )
    async def counts(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        return answer(await self.inbox.counts(actor.tenant, agent_of(actor)))

    @describes(
        Operation(
            summary="Read a conversation",
            tag=_TAG,
            description="Who has it, why a person is wanted, what the bot tried, how the customer "
            "feels, and words to begin with. Its messages are read by themselves.",
            path=Id,
            answers={200: Answer(says="As it is now.", media={JSON: ConversationView})},
            fails=(*_SIGNED, 404, 422),
        )
    )
    async def conversation(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        row = await self._row(request, actor)
        tenant, conversation, agent = actor.tenant, ConversationId(row.id), agent_of(actor)
        brief = await self.briefs.of(tenant, row, self.clock.now())
        draft = await self.talks.draft(tenant, conversation, agent) if agent else None
        return answer(
            ConversationView(
                row=row,
                card=brief.card,
                mood=brief.mood,
                suggestion=brief.suggestion,
                draft=draft,
                viewers=await self.talks.viewers(tenant, conversation),
            )
        )

    @describes(
        Operation(
            summary="Read messages and notes",
            tag=_TAG,
            path=Id,
            query=Span,
            answers={200: Answer(says="In their order.", media={JSON: MessagesView})},
            fails=(*_SIGNED, 404, 422),
        )
    )
    async def messages(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        span, row = parameters_of(request.query, Span), await self._row(request, actor)
        tenant, conversation = actor.tenant, ConversationId(row.id)
        if span.after is None:
            before = await self.talks.before(tenant, conversation, span.before, span.limit)
            return answer(before)
        found = await self.talks.after(tenant, conversation, span.after, span.limit + 1)
        notes = await self.talks.notes(tenant, conversation, 0, span.after)
        return answer(
            MessagesView(
                messages=found[: span.limit],
                notes=[note for _, note in notes],
                more=len(found) > span.limit,
            )
        )

    @describes(
        Operation(
            summary="Read what a customer had to do with us",
            tag=_TAG,
            path=Id,
            answers={200: Answer(says="On all channels.", media={JSON: CustomerView})},
            fails=(*_SIGNED, 404, 422),
        )
    )
    async def customer(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        row = await self._row(request, actor)
        conversation = ConversationId(row.id)
        found = await self.talks.customer(actor.tenant, row.customer, row.channel, conversation)
        return answer(found)

    @describes(
        Operation(
            summary="List agents",
            tag=_TAG,
            answers={200: Answer(says="By name.", media={JSON: list[AgentView]})},
            fails=_SIGNED,
        )
    )
    async def agents(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        return answer(await self.attendance.everyone(actor.tenant))

    async def _row(self, request: web.Request, actor: Actor) -> Row:
        wanted = parameters_of(request.match_info, Id)
        return await row_of(self.inbox, actor.tenant, ConversationId(wanted.id))


async def row_of(inbox: PostgresInbox, tenant: TenantId, conversation: ConversationId) -> Row:
    """A conversation as the list shows it.

    Raises:
        ConversationNotFound: unknown, or of another tenant.
    """
    found = await inbox.rows(tenant, [conversation])
    if not found:
        raise ConversationNotFound
    return found[0]


def agent_of(actor: Actor) -> AgentId | None:
    """The actor as an agent; None for a program."""
    return actor.account.id if actor.account else None


def _filter(wanted: Wanted, agent: AgentId | None) -> Filter:
    mine = wanted.tab in {"mine", "snoozed"}
    if mine and agent is None:
        raise Refused(422, "invalid", "A program has no conversations of its own.")
    named = wanted.assignee if wanted.assignee != NOBODY else None
    return Filter(
        mine=agent if mine else None,
        snoozed=wanted.tab == "snoozed" if mine else None,
        owner="queue" if wanted.tab == "waiting" else wanted.owner,
        channel=wanted.channel,
        language=wanted.language,
        assignee=AgentId(UUID(named)) if named else None,
        unassigned=wanted.assignee == NOBODY,
        search=wanted.search,
    )


def _cursor(place: Place) -> str:
    cursor = _Cursor(place.bots, place.taken, place.at, place.id)
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode()


def _place(cursor: str) -> Place:
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=_Cursor)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        raise Refused(422, "invalid", "`after` is not a place of this list.") from None
    return Place(bots=found.bots, taken=found.taken, at=found.at, id=found.id)
