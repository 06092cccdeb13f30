"""GET /console/api/live: one socket per page, from its upgrade to its end."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakSet

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from core.domain.errors import ConversationNotFound, StoreUnavailable
from core.domain.ids import AgentId, ConversationId, TenantId
from core.http.json import Refused, origin_of
from core.http.openapi import Answer, Operation, describes
from handoff.console.acting import person_of
from handoff.console.feed import Feed, Reader
from handoff.console.frames import (
    MAX_FRAME,
    SUBPROTOCOL,
    ClientFrame,
    Hello,
    Restart,
    SocketError,
    TypingHere,
    Unwatch,
    Watch,
    decode,
    packed,
)
from handoff.console.guard import Guard
from handoff.console.hub import Hub
from handoff.console.peer import Peer, PeerGone
from handoff.console.watching import Watcher, WatchParts
from handoff.people.account import Account, Actor
from handoff.people.roles import Permission
from handoff.postgres.attendance import PostgresAttendance

SIGN_IN = 4401
"""Close code: the session is over."""
TOO_LATE = 4408
"""Close code: no hello in time."""
_HELLO_S = 5.0
_CHECK_S = 30.0
_CLOSE_S = 2.0
_BACK_S = 5.0
_FRAMES = 50
"""A page may send so many in ten seconds."""
_PER_S = 10.0
_log = structlog.get_logger(__name__)


class _Ends(Exception):
    def __init__(self, code: int, frame: SocketError) -> None:
        super().__init__()
        self.code = code
        self.frame = frame


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRoutes:
    """The sockets of this process."""

    guard: Guard
    hub: Hub
    attendance: PostgresAttendance
    watching: WatchParts
    open: WeakSet[web.WebSocketResponse] = field(default_factory=WeakSet)

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Give the socket its address."""
        handler = self.guard.asks(Permission.READ, self.serve)
        router.add_get("/console/api/live", handler, allow_head=False)

    @describes(
        Operation(
            summary="Open the console's socket",
            tag="console",
            description="WebSocket, JSON text frames with `type`, subprotocol `console.v1`; "
            "`hello` comes first, within five seconds.",
            answers={101: Answer(says="The socket is open.")},
            fails=(401, 403, 426),
        )
    )
    async def serve(self, request: web.Request, actor: Actor) -> web.StreamResponse:
        account = person_of(actor)
        socket = web.WebSocketResponse(
            compress=False,
            heartbeat=20,
            max_msg_size=MAX_FRAME,
            writer_limit=64 * 1024,
            protocols=(SUBPROTOCOL,),
            timeout=_CLOSE_S,
        )
        if not socket.can_prepare(request).ok:
            raise web.HTTPUpgradeRequired
        await socket.prepare(request)
        self.open.add(socket)
        try:
            await self._talk(request, socket, account)
        except _Ends as ended:
            await _send_away(socket, packed(ended.frame), ended.code)
        except (PeerGone, StoreUnavailable):
            await _send_away(socket, b"", WSCloseCode.TRY_AGAIN_LATER)
        except Exception as failure:  # noqa: BLE001 - the outermost frame of a socket
            _log.error("console failed", **origin_of(failure))
            await _send_away(socket, b"", WSCloseCode.INTERNAL_ERROR)
        return socket

    async def close_all(self) -> None:
        """Send every page away, to come back to another process or the next one."""
        goodbye = packed(Restart(within_s=_BACK_S))
        async with asyncio.TaskGroup() as tasks:
            for socket in tuple(self.open):
                tasks.create_task(_send_away(socket, goodbye, WSCloseCode.SERVICE_RESTART))

    async def _talk(
        self, request: web.Request, socket: web.WebSocketResponse, account: Account
    ) -> None:
        hello = await _hello(socket)
        await self.attendance.enter(account)
        peer = Peer(socket)
        async with self.hub.join(account.tenant, account.id, hello.era, hello.since) as joined:
            feed, reader, first = joined
            await peer.send(first)
            page = Page(peer, self.watching, account.tenant, account.id)
            over: Exception | None = None
            try:
                async with asyncio.TaskGroup() as tasks:
                    writing = tasks.create_task(self._write(peer, account.tenant, feed, reader))
                    checking = tasks.create_task(self._check(request))
                    await page.read(tasks)
                    for task in (writing, checking, page.watching):
                        if task is not None:
                            task.cancel()
            except* (PeerGone, StoreUnavailable, _Ends) as ended:
                over = ended.exceptions[0]
            finally:  # whoever serves may cancel what serves a connection that is lost
                await page.left()
            if over is not None:  # raised inside `except*`, Python 3.11.2 would wrap it in a group
                raise over

    async def _write(self, peer: Peer, tenant: TenantId, feed: Feed, reader: Reader) -> None:
        while True:
            reader.news.clear()
            if not feed.has(feed.era, reader.since):  # too slow for the feed
                await peer.send(await self.hub.state(tenant, feed, reader))
            missed = feed.behind(reader.since)
            reader.since += len(missed)
            await peer.send(*missed)
            await reader.news.wait()

    async def _check(self, request: web.Request) -> None:
        """Whether somebody is still signed in is asked often; that keeps them so, too."""
        pause_s = min(_CHECK_S, self.guard.settings.session_idle_minutes)  # a sixtieth of it
        while True:
            await asyncio.sleep(pause_s)
            try:
                actor = await self.guard.actor(request)
            except Refused as over:
                raise _over(over.detail.message) from None
            if Permission.READ not in actor.may:
                raise _over("Your account may not do this any more.")


class Page:
    """What one page says."""

    def __init__(self, peer: Peer, parts: WatchParts, tenant: TenantId, agent: AgentId) -> None:
        self._peer = peer
        self._parts = parts
        self._tenant = tenant
        self._agent = agent
        self._id: UUID = parts.clock.new_id()
        self._watcher: Watcher | None = None
        self._frames: list[float] = []
        self.watching: asyncio.Task[None] | None = None

    async def read(self, tasks: asyncio.TaskGroup) -> None:
        """Take frames until the socket ends.

        Raises:
            PeerGone: the page sends too much.
        """
        async for frame in self._peer.socket:
            self._count()
            try:
                said = decode(frame.data) if frame.type is WSMsgType.TEXT else None
            except msgspec.MsgspecError:
                said = None
            await self._take(said, tasks)

    async def _take(self, said: ClientFrame | None, tasks: asyncio.TaskGroup) -> None:
        match said:
            case Watch(conversation=conversation, since=since):
                await self._unwatch()
                self._watcher = Watcher(
                    self._peer,
                    self._parts,
                    self._tenant,
                    ConversationId(conversation),
                    (self._id, self._agent),
                )
                self.watching = tasks.create_task(self._watch(self._watcher, since))
            case Unwatch():
                await self._unwatch()
            case TypingHere(conversation=conversation):
                if self._watcher is not None and self._watcher.conversation == conversation:
                    with suppress(ConversationNotFound):
                        await self._watcher.types()
            case _:
                await self._refuse("bad_frame", "This frame could not be understood.")

    async def _watch(self, watcher: Watcher, since: int) -> None:
        try:
            await watcher.follow(since)
        except ConversationNotFound as unknown:
            await self._refuse("not_found", str(unknown))

    async def _unwatch(self) -> None:
        if self.watching is not None:
            self.watching.cancel()
            await asyncio.wait([self.watching])
        await self.left()

    async def left(self) -> None:
        """Nothing is on the screen any more, and colleagues see it."""
        before, self.watching, self._watcher = self._watcher, None, None
        if before is not None:
            await before.leave()

    async def _refuse(self, code: str, text: str) -> None:
        await self._peer.send(packed(SocketError(code=code, text=text)))

    def _count(self) -> None:
        now = self._parts.clock.monotonic()
        self._frames = [at for at in self._frames if now - at < _PER_S] + [now]
        if len(self._frames) > _FRAMES:
            raise PeerGone


async def _hello(socket: web.WebSocketResponse) -> Hello:
    try:
        async with asyncio.timeout(_HELLO_S):
            first = await socket.receive()
        said = decode(first.data) if first.type is WSMsgType.TEXT else None
    except TimeoutError:
        late = SocketError(code="late", text="The first frame must be a hello; it came too late.")
        raise _Ends(TOO_LATE, late) from None
    except msgspec.MsgspecError:
        said = None
    if not isinstance(said, Hello):
        wrong = SocketError(code="bad_frame", text="The first frame must be a hello.")
        raise _Ends(WSCloseCode.POLICY_VIOLATION, wrong)
    return said


def _over(sentence: str) -> _Ends:
    return _Ends(SIGN_IN, SocketError(code="signed_out", text=sentence))


async def _send_away(socket: web.WebSocketResponse, frame: bytes, code: int) -> None:
    with suppress(TimeoutError, ConnectionError, RuntimeError):  # RuntimeError: it closes already
        async with asyncio.timeout(_CLOSE_S):
            if frame:
                await socket.send_frame(frame, WSMsgType.TEXT)
            await socket.close(code=code)
