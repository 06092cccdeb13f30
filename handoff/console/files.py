"""Files of a conversation: agents read what came, and add what goes with their words."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec
from aiohttp import web
from msgspec import Meta

from core.domain.files import MAX_FILE, TAKEN, FileRefused, NewFile, NoRoom, received
from core.domain.ids import ConversationId
from core.http.json import Refused, answer, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes
from handoff.console.acting import person_of
from handoff.console.guard import Guard
from handoff.console.inbox import Id, agent_of, row_of
from handoff.console.views import FileView
from handoff.people.account import Actor
from handoff.people.roles import Permission
from handoff.postgres.files import PostgresTalkFiles
from handoff.postgres.inbox import PostgresInbox

_TAG = "console"
_BYTES = "application/octet-stream"
_AT = "/console/api/conversations/{id}/files"


class FileOf(msgspec.Struct, frozen=True, kw_only=True):
    """Which file of which conversation."""

    id: UUID
    file: UUID


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """How the file is called."""

    name: Annotated[str, Meta(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRoutes:
    """The routes of files."""

    guard: Guard
    files: PostgresTalkFiles
    inbox: PostgresInbox

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give every route its address."""
        asks, one = self.guard.asks, f"{_AT}/{{file}}"
        router.add_post(_AT, asks(Permission.ANSWER, self.add))
        router.add_get(one, asks(Permission.READ, self.read), allow_head=False)
        router.add_delete(one, asks(Permission.ANSWER, self.remove))

    @describes(
        Operation(
            summary="Add a file",
            tag=_TAG,
            description="Its bytes are the body: a picture, PDF, plain text or a recording of at "
            "most 10 MB. Only who added it sees it, until a reply or a note names it in `files`.",
            path=Id,
            query=Named,
            answers={201: Answer(says="It is kept for a day.", media={JSON: FileView})},
            fails=(401, 403, 404, 413, 415, 422),
        )
    )
    async def add(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        agent, named = person_of(actor), parameters_of(request.query, Named)
        conversation = ConversationId(parameters_of(request.match_info, Id).id)
        row = await row_of(self.inbox, actor.tenant, conversation)
        if row.channel == "api":
            sentence = "Programs on the API get words only; files cannot be sent there."
            raise Refused(422, "no_files", sentence)
        file = _taken(named.name, await _bounded(request))
        try:
            kept = await self.files.add(actor.tenant, conversation, agent.id, file)
        except NoRoom:
            sentence = "This conversation has no room for more files."
            raise Refused(413, "no_room", sentence) from None
        return answer(kept, status=201)

    @describes(
        Operation(
            summary="Take away a file that is not sent yet",
            tag=_TAG,
            path=FileOf,
            answers={204: Answer(says="It is gone.")},
            fails=(401, 403, 404, 422),
        )
    )
    async def remove(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        agent, wanted = person_of(actor), parameters_of(request.match_info, FileOf)
        conversation = ConversationId(wanted.id)
        if not await self.files.remove(actor.tenant, conversation, agent.id, wanted.file):
            raise _nowhere()
        return web.Response(status=204)

    @describes(
        Operation(
            summary="Read a file",
            tag=_TAG,
            description="Opened by itself it is saved; a page of this service may show a picture.",
            path=FileOf,
            answers={200: Answer(says="Its bytes.", media={_BYTES: None})},
            fails=(401, 403, 404, 422),
        )
    )
    async def read(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        wanted, agent = parameters_of(request.match_info, FileOf), agent_of(actor)
        conversation = ConversationId(wanted.id)
        found = await self.files.read(actor.tenant, conversation, agent, wanted.file)
        if found is None:
            raise _nowhere()
        file, data = found
        return web.Response(body=data, headers=_headers(file))


def _taken(name: str, data: bytes) -> NewFile:
    try:
        return received(name, data)
    except FileRefused:
        raise Refused(415, "unsupported_media_type", TAKEN) from None


async def _bounded(request: web.Request) -> bytes:
    data = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > MAX_FILE:
            raise Refused(413, "too_large", "A file may have 10 MB at most.")
    return bytes(data)


def _headers(file: FileView) -> dict[str, str]:
    """Opened by itself it is saved and never a page of ours; nobody keeps it on the way."""
    return {
        "Content-Type": file.media_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


def _nowhere() -> Refused:
    return Refused(404, "not_found", "There is no such file in this conversation.")
