"""What agents do with a conversation, over HTTP; each act answers the row as it is then."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from core.domain.files import MAX_FILES
from core.domain.ids import AgentId, ConversationId
from core.http.json import Refused, answer, body_of, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from core.ports import Clock
from handoff.console.guard import Guard, Serve
from handoff.console.inbox import Id, row_of
from handoff.console.views import DraftKind, DraftView, NoteView, Row
from handoff.people.account import Account, Actor
from handoff.people.roles import Permission
from handoff.postgres.acts import PostgresActs, Saying
from handoff.postgres.inbox import PostgresInbox
from handoff.postgres.talks import PostgresTalks

_TAG = "console"
_FAILS = (400, 401, 403, 404, 409, 415, 422)
MAX_TEXT = 16_000
_ClientId = Annotated[str, Meta(min_length=1, max_length=100)]
_Words = Annotated[str, Meta(max_length=MAX_TEXT)]
_Files = Annotated[tuple[UUID, ...], Meta(max_length=MAX_FILES)]
_Epoch = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Take(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Under which epoch it was seen."""

    epoch: _Epoch


class Nothing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act that needs no more."""


class ReplyBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words for the customer."""

    client_id: _ClientId
    text: _Words
    epoch: _Epoch
    files: _Files = ()
    """Added before; with some, there need be no words."""


class Replied(msgspec.Struct, frozen=True):
    """Where they stand."""

    seq: int


class NewNote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words for colleagues."""

    client_id: _ClientId
    text: _Words
    files: _Files = ()


class CloseBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is done; kept as a private note."""

    reason: Annotated[str, Meta(max_length=500)] = ""


class Transfer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To a colleague, or to a team."""

    agent: UUID | None = None
    team: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class NewDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is being written; nothing of it forgets it."""

    kind: DraftKind
    text: Annotated[str, Meta(max_length=MAX_TEXT)]


def _act(summary: str, body: type[msgspec.Struct]) -> Operation:
    row = {200: Answer(says="The row as it is now.", media={JSON: Row})}
    return Operation(summary=summary, tag=_TAG, path=Id, body=body, answers=row, fails=_FAILS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRoutes:
    """The routes of acts."""

    guard: Guard
    clock: Clock
    acts: PostgresActs
    inbox: PostgresInbox
    talks: PostgresTalks

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        acts: dict[str, Serve] = {
            "take": self.take,
            "decline": self.decline,
            "reply": self.reply,
            "notes": self.note,
            "return": self.give_back,
            "close": self.close,
            "transfer": self.transfer,
        }
        for name, serve in acts.items():
            path = f"/console/api/conversations/{{id}}/{name}"
            router.add_post(path, self.guard.asks(Permission.ANSWER, serve))
        draft = self.guard.asks(Permission.ANSWER, self.draft)
        router.add_put("/console/api/conversations/{id}/draft", draft)

    @describes(_act("Take a conversation", Take))
    async def take(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, Take), _wanted(request)
        await self.acts.take(actor, person_of(actor), conversation, given.epoch)
        return await self._row(actor, conversation)

    @describes(_act("Leave what is on offer to another", Nothing))
    async def decline(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        await body_of(request, Nothing)
        conversation = _wanted(request)
        await self.acts.decline(actor, person_of(actor), conversation)
        return await self._row(actor, conversation)

    @describes(
        Operation(
            summary="Say something to the customer",
            tag=_TAG,
            description="Under one `client_id` it is said once, however often it is sent.",
            path=Id,
            body=ReplyBody,
            answers={200: Answer(says="It is stored, and on its way.", media={JSON: Replied})},
            fails=_FAILS,
        )
    )
    async def reply(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, ReplyBody), _wanted(request)
        agent = person_of(actor)
        seq = await self.acts.reply(actor, agent, conversation, _said(given), given.epoch)
        return answer(Replied(seq))

    @describes(
        Operation(
            summary="Write a private note",
            tag=_TAG,
            path=Id,
            body=NewNote,
            answers={200: Answer(says="No customer reads it.", media={JSON: NoteView})},
            fails=_FAILS,
        )
    )
    async def note(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, NewNote), _wanted(request)
        if not given.text.strip():
            raise _empty()
        return answer(await self.acts.note(actor, conversation, _said(given)))

    @describes(_act("Give a conversation back to the bot", Nothing))
    async def give_back(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        await body_of(request, Nothing)
        conversation = _wanted(request)
        await self.acts.give_back(actor, person_of(actor), conversation)
        return await self._row(actor, conversation)

    @describes(_act("Close a conversation", CloseBody))
    async def close(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, CloseBody), _wanted(request)
        await self.acts.close(actor, person_of(actor), conversation, given.reason.strip())
        return await self._row(actor, conversation)

    @describes(_act("Pass a conversation on", Transfer))
    async def transfer(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, Transfer), _wanted(request)
        match given:
            case Transfer(agent=UUID() as to, team=None):
                await self.acts.to_agent(actor, person_of(actor), conversation, AgentId(to))
            case Transfer(agent=None, team=str(team)):
                await self.acts.to_team(actor, person_of(actor), conversation, team)
            case _:
                raise Refused(422, "invalid", "Name a colleague or a team.")
        return await self._row(actor, conversation)

    @describes(
        Operation(
            summary="Keep what I am writing",
            tag=_TAG,
            path=Id,
            body=NewDraft,
            answers={204: Answer(says="It is kept.")},
            fails=_FAILS,
        )
    )
    async def draft(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        given, conversation = await body_of(request, NewDraft), _wanted(request)
        draft = DraftView(kind=given.kind, text=given.text, at=self.clock.now())
        agent = person_of(actor).id
        await self.talks.keep_draft(actor.tenant, conversation, agent, draft)
        return web.Response(status=204)

    async def _row(self, actor: Actor, conversation: ConversationId) -> web.Response:
        return answer(await row_of(self.inbox, actor.tenant, conversation))


def person_of(actor: Actor) -> Account:
    """Whoever acts, if it is a person.

    Raises:
        Refused: it is a program.
    """
    if actor.account is None:
        raise Refused(403, "forbidden", "Only people talk with customers here.")
    return actor.account


def _wanted(request: web.Request) -> ConversationId:
    return ConversationId(parameters_of(request.match_info, Id).id)


def _said(given: ReplyBody | NewNote) -> Saying:
    clean = given.text.replace("\0", "").strip()
    if not clean and not given.files:
        raise _empty()
    files = tuple(dict.fromkeys(given.files))
    return Saying(client_id=given.client_id, text=clean, files=files)


def _empty() -> Refused:
    return Refused(422, "invalid", "There is nothing to say in it.")
