"""Tickets over HTTP, for the console and for programs with a token."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from aiohttp import web

from core.domain.ids import AgentId, ConversationId
from core.domain.tickets import OTHER
from core.http.json import Refused, answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from core.ports import Clock
from handoff.console.guard import Guard
from handoff.console.inbox import ASSIGNEE, NOBODY
from handoff.people.account import Actor
from handoff.people.roles import Permission
from handoff.postgres.links import PostgresLinks
from handoff.postgres.ticket_list import Wanted
from handoff.postgres.tickets import PostgresTickets
from handoff.tickets.bodies import (
    ALL,
    ChangesBody,
    CommentBody,
    DuplicateBody,
    LikelyBody,
    NewTicketBody,
    StateBody,
    Suggested,
    TicketBody,
    TicketRef,
    TicketsBody,
    TrackerBody,
    WholeTicket,
    comment_body,
    draft_of,
    listed_body,
    place_body,
    ref_body,
    said,
    ticket_body,
)
from handoff.tickets.opening import Opening
from handoff.tickets.ticket import Changes, Comment, NewTicket, State, Ticket, moves_of

_PATH = "/console/api/tickets"
_SIGNED = (401, 403)
_WRITTEN = (400, 401, 403, 404, 415, 422)


_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _Number(msgspec.Struct, frozen=True):
    number: Annotated[int, msgspec.Meta(ge=1, le=2**53)]


class _Talk(msgspec.Struct, frozen=True):
    id: UUID


class _Category(msgspec.Struct, frozen=True):
    category: str = OTHER


class _Page(msgspec.Struct, frozen=True):
    state: str = ""
    """Several with commas between them; none is all."""
    below: Annotated[int, msgspec.Meta(ge=1, le=2**53)] | None = None
    conversation: UUID | None = None
    assignee: Annotated[str, msgspec.Meta(pattern=ASSIGNEE)] | None = None
    """Somebody's id, or `none`."""
    connector: _Word | None = None
    search: _Word | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


def _now(says: str, status: int = 200, kind: Any = TicketBody) -> dict[int, Answer]:
    return {status: Answer(says=says, media={JSON: kind})}


def _writes(summary: str, body: type[msgspec.Struct]) -> Operation:
    return Operation(
        summary=summary,
        tag="tickets",
        path=_Number,
        body=body,
        answers=_now("As it is now."),
        fails=(*_WRITTEN, 409),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRoutes:
    """The routes of tickets."""

    guard: Guard
    tickets: PostgresTickets
    links: PostgresLinks
    opening: Opening
    clock: Clock

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        asks, reads, writes = self.guard.asks, Permission.READ, Permission.TICKETS
        one = f"{_PATH}/{{number}}"
        router.add_get(_PATH, asks(reads, self.page), allow_head=False)
        router.add_post(_PATH, asks(writes, self.open))
        router.add_get("/console/api/trackers", asks(reads, self.trackers), allow_head=False)
        router.add_get(one, asks(reads, self.show), allow_head=False)
        router.add_patch(one, asks(writes, self.change))
        router.add_post(f"{one}/state", asks(writes, self.move))
        router.add_post(f"{one}/comments", asks(writes, self.comment))
        router.add_post(f"{one}/duplicate", asks(writes, self.duplicate))
        router.add_post(f"{one}/trackers", asks(writes, self.send))
        talk = "/console/api/conversations/{id}/ticket-draft"
        router.add_get(talk, asks(writes, self.suggest), allow_head=False)

    @describes(
        Operation(
            summary="List tickets, newest first",
            tag="tickets",
            query=_Page,
            answers=_now("A page.", kind=TicketsBody),
            fails=(*_SIGNED, 422),
        )
    )
    async def page(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted = _wanted(parameters_of(request.query, _Page))
        page = await self.tickets.listed(actor.tenant, wanted)
        ids = [one.id for one in page.tickets]
        places = await self.links.places_of(actor.tenant, ids)
        shown = [listed_body(one, places.get(one.id, ())) for one in page.tickets]
        return answer(TicketsBody(tickets=shown, next=page.next, searched=page.searched))

    @describes(
        Operation(
            summary="Name the trackers that tickets can go to",
            tag="tickets",
            answers=_now("By name.", kind=list[str]),
            fails=_SIGNED,
        )
    )
    async def trackers(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        return answer(await self.tickets.trackers(actor.tenant))

    @describes(
        Operation(
            summary="Open a ticket",
            tag="tickets",
            body=NewTicketBody,
            answers=_now("It is there, from now on or from before under this key.", 201),
            fails=_WRITTEN,
        )
    )
    async def open(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given = await body_of(request, NewTicketBody)
        new = NewTicket(
            origin=f"{actor.name}:{given.key}",
            says=draft_of(given),
            conversation=ConversationId(given.conversation) if given.conversation else None,
            customer=given.customer,
            team=given.team,
            assignee=AgentId(given.assignee) if given.assignee else None,
        )
        return answer(ticket_body(await self.tickets.open(actor, new)), status=201)

    @describes(
        Operation(
            summary="Show a ticket with its comments, and where it is",
            tag="tickets",
            path=_Number,
            answers=_now("All of it.", kind=WholeTicket),
            fails=(*_SIGNED, 404, 422),
        )
    )
    async def show(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        ticket, tenant = await self._named(request, actor), actor.tenant
        comments = await self.tickets.comments(tenant, ticket.id)
        places = await self.links.places(tenant, ticket.id)
        of = ticket.duplicate_of
        same = await self.tickets.duplicates_of(tenant, ticket.id)
        return answer(
            WholeTicket(
                ticket=ticket_body(ticket),
                comments=[comment_body(one) for one in comments],
                places=[place_body(one) for one in places],
                moves=[each.value for each in moves_of(ticket.state)],
                original=ref_body(await self.tickets.get(tenant, of)) if of else None,
                duplicates=[
                    TicketRef(number=one.number, title=one.title, state=one.state.value)
                    for one in same
                ],
            )
        )

    @describes(_writes("Give fields other values", ChangesBody))
    async def change(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        ticket, given = await self._named(request, actor), await body_of(request, ChangesBody)
        changes = Changes(**msgspec.structs.asdict(given))
        return answer(ticket_body(await self.tickets.change(actor, ticket.id, changes)))

    @describes(_writes("Bring a ticket into a state", StateBody))
    async def move(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        ticket, given = await self._named(request, actor), await body_of(request, StateBody)
        return answer(ticket_body(await self.tickets.move(actor, ticket.id, State(given.state))))

    @describes(_writes("Say something about a ticket", CommentBody))
    async def comment(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        ticket, given = await self._named(request, actor), await body_of(request, CommentBody)
        comment = Comment(
            id=given.id,
            author=actor.name,
            text=given.text,
            public=given.public,
            at=self.clock.now(),
        )
        await self.tickets.comment(actor, ticket.id, comment)
        return answer(ticket_body(await self.tickets.get(actor.tenant, ticket.id)))

    @describes(_writes("Note that an older ticket is about the same", DuplicateBody))
    async def duplicate(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        ticket, given = await self._named(request, actor), await body_of(request, DuplicateBody)
        older = await self.tickets.numbered(actor.tenant, given.of)
        return answer(ticket_body(await self.tickets.duplicate(actor, ticket.id, older.id)))

    @describes(_writes("Have one more tracker told of a ticket", TrackerBody))
    async def send(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        ticket, given = await self._named(request, actor), await body_of(request, TrackerBody)
        if not await self.tickets.send(actor, ticket.id, given.connector):
            sentence = "The ticket is there already, or there is no such tracker."
            raise Refused(409, "refused", sentence)
        return answer(ticket_body(await self.tickets.get(actor.tenant, ticket.id)))

    @describes(
        Operation(
            summary="Draft a ticket for a conversation, with likely duplicates",
            tag="tickets",
            path=_Talk,
            query=_Category,
            answers=_now("Nothing is opened yet.", kind=Suggested),
            fails=(*_SIGNED, 404, 422),
        )
    )
    async def suggest(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        talk = ConversationId(parameters_of(request.match_info, _Talk).id)
        category = parameters_of(request.query, _Category).category
        draft = await self.opening.draft(actor.tenant, talk, category)
        alike = await self.opening.duplicates(actor.tenant, talk, draft)
        shown = [
            LikelyBody(
                number=one.ticket.number,
                title=one.ticket.says.title,
                likeness=round(one.likeness, 2),
            )
            for one in alike
        ]
        return answer(Suggested(draft=said(draft), likely=shown))

    async def _named(self, request: web.Request, actor: Actor) -> Ticket:
        number = parameters_of(request.match_info, _Number).number
        return await self.tickets.numbered(actor.tenant, number)


def _wanted(asked: _Page) -> Wanted:
    names = asked.state.split(",") if asked.state else ALL
    if not {*names} <= {*ALL}:
        raise Refused(422, "invalid", f"A state is one of {', '.join(ALL)}.")
    named = asked.assignee if asked.assignee != NOBODY else None
    return Wanted(
        states=frozenset(map(State, names)),
        below=asked.below,
        conversation=ConversationId(asked.conversation) if asked.conversation else None,
        assignee=AgentId(UUID(named)) if named else None,
        unassigned=asked.assignee == NOBODY,
        connector=asked.connector,
        search=asked.search,
        limit=asked.limit,
    )
