"""/api/v1/files: a visitor sends a file into their conversation, and gets it back."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

import msgspec
from aiohttp import BodyPartReader, web
from msgspec import Meta

from channels.api.guard import Guard
from channels.contract import tenant_named
from channels.metrics import GatewayMetrics
from channels.parts import GatewayParts
from channels.web.protocol import ClientId, Hello
from channels.web.sites import Sites
from channels.web.visits import Forbidden, Unauthorized, Visit, enter, page_of
from core.domain.events import Stored
from core.domain.files import MAX_FILE, TAKEN, FileRefused, NewFile, NoRoom, received, words_for
from core.domain.ids import EventId
from core.domain.messages import Accepted, Channel, InboundMessage
from core.http.json import Refused, answer, parameters_of
from core.http.openapi import JSON, Answer, Operation, describes

_LONGEST_FIELD = 5000
_MOST_FIELDS = 8
_FORM = "multipart/form-data"
_READABLE = {"Access-Control-Allow-Origin": "*"}
"""The form itself holds what proves who asks, so there is nothing that a page could borrow."""


class FileFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands before the file: whose message in which conversation it is."""

    conversation: UUID
    client_id: ClientId
    """Of the message: the same one is stored and said once."""
    tenant: str | None = None
    token: Annotated[str, Meta(max_length=200)] | None = None
    identity: Annotated[str, Meta(max_length=4096)] | None = None


class FileForm(FileFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form; the file comes last."""

    file: Annotated[str, Meta(extra_json_schema={"contentMediaType": "application/octet-stream"})]


class FileAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The file is stored, and the message that names it is this `seq`."""

    id: UUID
    seq: int
    name: str
    media_type: str
    size: int


class FilePath(msgspec.Struct, frozen=True, kw_only=True):
    """Which file."""

    id: UUID


class FileQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Whose it is; without, the default tenant's."""

    tenant: str | None = None


class FileRoutes:
    """The handlers of files."""

    def __init__(self, parts: GatewayParts, metrics: GatewayMetrics, guard: Guard) -> None:
        self._parts = parts
        self._metrics = metrics
        self._guard = guard
        self._sites = Sites(parts.settings, parts.clock)

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give them their addresses."""
        router.add_post("/api/v1/files", self.post)
        router.add_get("/api/v1/files/{id}", self.get, allow_head=False)
        router.add_options("/api/v1/files/{id}", self.ask)

    @describes(
        Operation(
            summary="Send a file into a conversation on the web",
            tag="chat",
            description="With the visitor's `token` or `identity`; behind all other fields the "
            "`file`: a picture, PDF, plain text or a recording of at most 10 MB. What it is, its "
            "bytes decide. A message names it.",
            body=FileForm,
            media=_FORM,
            answers={201: Answer(says="It is stored and said.", media={JSON: FileAnswer})},
            fails=(400, 401, 403, 404, 413, 415, 422, 429, 503),
        )
    )
    async def post(self, request: web.Request) -> web.StreamResponse:
        """POST /api/v1/files; pages of other origins may read what became of it."""
        try:
            self._guard.admit(request)
            body = await self._take(request)
        except Refused as refused:
            refused.headers = {**refused.headers, **_READABLE}
            raise
        return answer(body, status=201, headers=_READABLE)

    @describes(
        Operation(
            summary="Read a file of one's own conversation",
            tag="chat",
            description="With `Authorization: Bearer` and the visitor's token or identity.",
            path=FilePath,
            query=FileQuery,
            answers={200: Answer(says="Its bytes.", media={"application/octet-stream": None})},
            fails=(401, 403, 404, 422, 429, 503),
        )
    )
    async def get(self, request: web.Request) -> web.StreamResponse:
        """GET /api/v1/files/{id}; what is not theirs is not there."""
        self._guard.admit(request)
        try:
            return await self._given(request)
        except Refused as refused:
            refused.headers = {**refused.headers, **_READABLE}
            raise

    @describes(
        Operation(
            summary="Ask whether a page of another origin may read a file",
            tag="chat",
            path=FilePath,
            answers={204: Answer(says="It may, with `Authorization`.")},
            fails=(422, 429),
        )
    )
    async def ask(self, request: web.Request) -> web.StreamResponse:
        """OPTIONS /api/v1/files/{id}: what a browser asks before it sends who asks."""
        self._guard.admit(request)
        parameters_of(request.match_info, FilePath)
        allowed = {
            "Access-Control-Allow-Headers": "Authorization",
            "Access-Control-Allow-Methods": "GET",
            "Access-Control-Max-Age": "86400",
        }
        return web.Response(status=204, headers={**_READABLE, **allowed})

    async def _given(self, request: web.Request) -> web.StreamResponse:
        wanted = parameters_of(request.match_info, FilePath)
        scheme, _, proof = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not proof:
            raise Refused(401, "unauthorized", "Say who you are with Authorization: Bearer.")
        asked = parameters_of(request.query, FileQuery)
        tenant = tenant_named(asked.tenant or self._parts.settings.default_tenant)
        found = await self._parts.files.read(tenant, wanted.id)
        if found is None:
            raise _nowhere()
        kept, data = found
        signed = proof.count(".") == 2  # noqa: PLR2004 - a JWT has three parts, a token of ours one
        hello = Hello(
            tenant=tenant,
            conversation=kept.conversation,
            identity=proof if signed else None,
            token=None if signed else proof,
        )
        try:
            await enter(hello, page_of(request), self._parts, self._sites)
        except Unauthorized:
            raise _nowhere() from None
        except Forbidden:
            raise _forbidden() from None
        return web.Response(body=data, headers=_headers(kept.name, kept.media_type))

    async def _take(self, request: web.Request) -> FileAnswer:
        fields, visit, file = await self._received(request)
        event = EventId(fields.client_id)
        try:
            (kept,) = await self._parts.files.keep(
                visit.tenant, visit.conversation.id, event, [file]
            )
        except NoRoom:
            sentence = "This conversation has no room for more files."
            raise Refused(413, "no_room", sentence) from None
        accepted = await self._say(visit, event, words_for([file.name]))
        return FileAnswer(
            id=kept.id,
            seq=accepted.seq,
            name=kept.name,
            media_type=kept.media_type,
            size=kept.size,
        )

    async def _received(self, request: web.Request) -> tuple[FileFields, Visit, NewFile]:
        """Who sends what; nothing of the file is read before it is known who does."""
        if request.content_type != _FORM:
            raise Refused(415, "unsupported_media_type", f"The body must be {_FORM}.")
        said: dict[str, str] = {}
        try:
            reader = await request.multipart()
            while isinstance(part := await reader.next(), BodyPartReader):
                if part.name == "file":
                    fields = parameters_of(said, FileFields)
                    visit = await self._visit(request, fields)
                    return fields, visit, await _file(part)
                if len(said) >= _MOST_FIELDS:
                    break
                said[part.name or ""] = (await _bounded(part, _LONGEST_FIELD)).decode()
        except ValueError:  # UnicodeDecodeError too
            raise Refused(400, "bad_form", "The form could not be read.") from None
        raise Refused(422, "invalid", "The form has no file behind its other fields.")

    async def _visit(self, request: web.Request, fields: FileFields) -> Visit:
        hello = Hello(
            tenant=fields.tenant,
            token=fields.token,
            identity=fields.identity,
            conversation=fields.conversation,
        )
        try:
            return await enter(hello, page_of(request), self._parts, self._sites)
        except Unauthorized:
            sentence = "This does not open this conversation."
            raise Refused(401, "unauthorized", sentence) from None
        except Forbidden:
            raise _forbidden() from None

    async def _say(self, visit: Visit, event: EventId, text: str) -> Accepted:
        conversation = visit.conversation.id
        message = InboundMessage(
            tenant=visit.tenant,
            channel=Channel.WEB,
            conversation=conversation,
            event=event,
            text=text,
            sent_at=self._parts.clock.now(),
        )
        accepted = await self._parts.inbox.accept(message)
        if accepted.fresh:
            self._metrics.accepted.labels(Channel.WEB.value).inc()
            self._parts.live.tell(Stored(conversation=conversation, seq=accepted.seq))
        return accepted


def _nowhere() -> Refused:
    return Refused(404, "not_found", "There is no such file in a conversation of yours.")


def _forbidden() -> Refused:
    return Refused(403, "forbidden", "This page may not open this chat.")


async def _file(part: BodyPartReader) -> NewFile:
    data = await _bounded(part, MAX_FILE)
    try:
        return received(part.filename or "", data)
    except FileRefused:
        raise Refused(415, "unsupported_media_type", TAKEN) from None


async def _bounded(part: BodyPartReader, most: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        data += chunk
        if len(data) > most:
            raise Refused(413, "too_large", f"At most {most} bytes are taken here.")
    return bytes(data)


def _headers(name: str, media_type: str) -> dict[str, str]:
    """It is saved, never shown as a page of ours, and kept by nobody on the way."""
    return {
        "Content-Type": media_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        **_READABLE,
    }
