"""GET /ws: who may open a widget socket, how it begins and how it ends."""

import asyncio
from weakref import WeakSet

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from channels.limits import Buckets, Rate
from channels.metrics import GatewayMetrics
from channels.parts import GatewayParts
from channels.web.connection import Connection
from channels.web.peer import Peer, PeerFlooded, PeerGone, PeerLeft, PeerStalled
from channels.web.protocol import (
    MAX_FRAME,
    SUBPROTOCOL,
    ErrorFrame,
    Hello,
    Restart,
    ServerFrame,
    decode_client,
    encode,
)
from channels.web.sites import Sites
from channels.web.visits import Forbidden, Page, Unauthorized, Visit, enter, page_of
from core.domain.errors import TenantNotFound
from core.http.json import Refused, origin_of, too_many
from core.http.openapi import Answer, Operation, describes
from core.telemetry import traces

UNAUTHORIZED = 4401
"""Close code: no hello, or not the visitor's token; do not come back with it."""
TOO_LATE = 4408
"""Close code: no hello in time, which may be our own fault; come back."""
FORBIDDEN = 4403
"""Close code: this page may not open this tenant's chat; do not come back."""
UNKNOWN_TENANT = 4404
"""Close code: no such tenant; do not come back."""
_CLOSE_S = 2.0
_RETURNS_PER_S = 400
"""Sockets that are asked to come back per second when a process ends."""
_LONGEST_AWAY_S = 30.0
_log = structlog.get_logger(__name__)


class _SentAway(Exception):
    def __init__(self, reason: str, close: int, frame: ErrorFrame) -> None:
        super().__init__()
        self.reason = reason
        self.close = close
        self.frame = frame


class ChatSockets:
    """Every widget socket of this process."""

    def __init__(self, parts: GatewayParts, metrics: GatewayMetrics) -> None:
        self._parts = parts
        self._metrics = metrics
        self._sites = Sites(parts.settings, parts.clock)
        settings = parts.settings
        rate = Rate(per_second=settings.sockets_per_second, burst=settings.sockets_burst)
        self._rates = Buckets(rate)
        self._open: WeakSet[web.WebSocketResponse] = WeakSet()
        self._draining = False

    @describes(
        Operation(
            summary="Open the widget socket",
            tag="chat",
            description="WebSocket, JSON text frames with `type`, subprotocol `chat.v1`: say "
            "`hello` within five seconds, then `say`; see the protocol in ARCHITECTURE.md.",
            answers={101: Answer(says="The socket is open.")},
            fails=(403, 426, 429, 503),
        )
    )
    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One socket, from its upgrade to its end."""
        self._admit(request)
        socket = web.WebSocketResponse(
            compress=False,  # with it a connection costs 118 to 203 KB instead of 17
            heartbeat=25,  # proxies cut silent connections after 60 s
            max_msg_size=MAX_FRAME,
            writer_limit=64 * 1024,
            protocols=(SUBPROTOCOL,),
            timeout=_CLOSE_S,
        )
        if not socket.can_prepare(request).ok:
            raise web.HTTPUpgradeRequired
        await socket.prepare(request)
        self._open.add(socket)
        with self._metrics.sockets.track_inprogress():
            reason = await self._talk(socket, request)
        self._metrics.closes.labels(reason).inc()
        return socket

    async def close_all(self, code: int = WSCloseCode.SERVICE_RESTART) -> None:
        """Send every client away, to come back and resume; new sockets are refused from now.

        They are told within which time to come back: the more there are, the longer.
        """
        self._draining = True
        there = tuple(self._open)
        goodbye = Restart(within_s=spread_s(len(there)))
        async with asyncio.TaskGroup() as tasks:
            for socket in there:
                tasks.create_task(_send_away(socket, goodbye, code))

    def _admit(self, request: web.Request) -> None:
        if not self._sites.may_connect(request.headers.get("Origin"), request.host):
            raise Refused(403, "forbidden", "This page may not open a chat here.")
        if self._draining:
            raise Refused(503, "unavailable", "The service is restarting. Please try again.")
        if len(self._open) >= self._parts.settings.max_sockets:
            raise Refused(503, "unavailable", "Too many chats are open. Please try again later.")
        wait_s = self._rates.take(request.remote or "", self._parts.clock.monotonic())
        if wait_s > 0:
            raise too_many(wait_s)

    async def _talk(self, socket: web.WebSocketResponse, request: web.Request) -> str:
        """Serve the socket until it ends; why it did, in a word."""
        try:
            await self._converse(socket, request)
        except _SentAway as refused:
            await _send_away(socket, refused.frame, refused.close)
            return refused.reason
        except PeerLeft as left:
            if isinstance(left, PeerStalled) and request.transport is not None:
                request.transport.abort()  # a close frame would wait behind what is not read
            if isinstance(left, PeerFlooded):
                await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"flood")
            return left.reason
        except Exception as failure:  # noqa: BLE001 - the outermost frame of a socket
            _log.error("socket failed", **origin_of(failure))
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
            return "failed"
        return "drained" if self._draining else "left"

    async def _converse(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        page = page_of(request)
        visit = await self._greeted(socket, page)
        trace = request.headers.get(traces.HEADER, "")
        if request.transport is None:
            raise PeerGone
        peer = Peer(socket, request.transport, self._parts.settings.send_s)
        connection = Connection(peer, visit, self._parts, self._metrics, trace)
        if visit.until is None:
            await connection.run()
            return
        word = asyncio.timeout((visit.until - self._parts.clock.now()).total_seconds())
        try:
            async with word:
                await connection.run()
        except TimeoutError:
            if not word.expired():
                raise
            raise _refusal("The site's word for you has ended.", "expired") from None

    async def _greeted(self, socket: web.WebSocketResponse, page: Page) -> Visit:
        hello = await self._hello(socket)
        try:
            return await enter(hello, page, self._parts, self._sites)
        except Unauthorized:
            raise _refusal("This token does not open this conversation.") from None
        except Forbidden:
            sentence = "This page may not open this chat."
            frame = ErrorFrame(code="forbidden", text=sentence)
            raise _SentAway("forbidden", FORBIDDEN, frame) from None
        except TenantNotFound as unknown:
            frame = ErrorFrame(code="not_found", text=str(unknown))
            raise _SentAway("not_found", UNKNOWN_TENANT, frame) from None

    async def _hello(self, socket: web.WebSocketResponse) -> Hello:
        try:
            async with asyncio.timeout(self._parts.settings.hello_s):
                first = await socket.receive()
        except TimeoutError:
            late = "The first frame must be a hello, and it came too late. Please try again."
            frame = ErrorFrame(code="unavailable", text=late)
            raise _SentAway("late", TOO_LATE, frame) from None
        if first.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
            raise PeerGone
        try:
            hello = decode_client(first.data)
        except (msgspec.MsgspecError, TypeError):
            raise _refusal("The first frame must be a hello.") from None
        if not isinstance(hello, Hello):
            raise _refusal("The first frame must be a hello.")
        return hello


def spread_s(sockets: int) -> float:
    """Within how many seconds so many should come back."""
    return min(max(1.0, sockets / _RETURNS_PER_S), _LONGEST_AWAY_S)


def _refusal(sentence: str, reason: str = "unauthorized") -> _SentAway:
    return _SentAway(reason, UNAUTHORIZED, ErrorFrame(code="unauthorized", text=sentence))


async def _send_away(socket: web.WebSocketResponse, frame: ServerFrame, code: int) -> None:
    """Tell it why, and close; whoever does not read is left to the end of the connection."""
    try:
        async with asyncio.timeout(_CLOSE_S):
            await socket.send_str(encode(frame))
    except (TimeoutError, ConnectionError, RuntimeError):  # RuntimeError: closing has begun
        return
    await socket.close(code=code)
