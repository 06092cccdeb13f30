"""GET /ws: who may open a widget socket, how it begins and how it ends."""

import asyncio
from collections.abc import Collection
from urllib.parse import urlsplit
from weakref import WeakSet

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from channels.api.openapi import Answer, Operation, describes
from channels.http import Refused, origin_of
from channels.metrics import GatewayMetrics
from channels.parts import GatewayParts
from channels.web.connection import Connection
from channels.web.peer import PeerGone, PeerStalled
from channels.web.protocol import (
    MAX_FRAME,
    SUBPROTOCOL,
    ErrorFrame,
    Hello,
    decode_client,
    encode,
)
from channels.web.visits import Unauthorized, Visit, enter
from core.domain.errors import TenantNotFound
from core.telemetry import traces

UNAUTHORIZED = 4401
"""Close code: no hello, or not the visitor's token; do not come back with it."""
TOO_LATE = 4408
"""Close code: no hello in time, which may be our own fault; come back."""
UNKNOWN_TENANT = 4404
"""Close code: no such tenant; do not come back."""
_CLOSE_S = 2.0
_log = structlog.get_logger(__name__)


def may_connect(origin: str | None, host: str, allowed: Collection[str]) -> bool:
    """Whether a page of this origin may open a socket to this host.

    Programs other than browsers send no origin; what they may do, the token decides.
    """
    if origin is None or "*" in allowed or origin in allowed:
        return True
    return urlsplit(origin).netloc.lower() == host.lower() != ""


class _HelloFailed(Exception):
    def __init__(self, close: int, frame: ErrorFrame) -> None:
        super().__init__()
        self.close = close
        self.frame = frame


class ChatSockets:
    """Every widget socket of this process."""

    def __init__(self, parts: GatewayParts, metrics: GatewayMetrics) -> None:
        self._parts = parts
        self._metrics = metrics
        self._open: WeakSet[web.WebSocketResponse] = WeakSet()
        self._draining = False

    @describes(
        Operation(
            summary="Open the widget socket",
            tag="chat",
            description="WebSocket, JSON text frames with `type`, subprotocol `chat.v1`: say "
            "`hello` within five seconds, then `say`; see the protocol in ARCHITECTURE.md.",
            answers={101: Answer(says="The socket is open.")},
            fails=(403, 426, 503),
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
        """Send every client away, to come back and resume; new sockets are refused from now."""
        self._draining = True
        async with asyncio.TaskGroup() as tasks:
            for socket in tuple(self._open):
                tasks.create_task(socket.close(code=code, message=b"restarting"))

    def _admit(self, request: web.Request) -> None:
        allowed = self._parts.settings.allowed_origins
        if not may_connect(request.headers.get("Origin"), request.host, allowed):
            raise Refused(403, "forbidden", "This page may not open a chat here.")
        if self._draining:
            raise Refused(503, "unavailable", "The service is restarting. Please try again.")
        if len(self._open) >= self._parts.settings.max_sockets:
            raise Refused(503, "unavailable", "Too many chats are open. Please try again later.")

    async def _talk(self, socket: web.WebSocketResponse, request: web.Request) -> str:
        """Serve the socket until it ends; why it did, in a word."""
        try:
            visit = await self._greeted(socket)
            trace = request.headers.get(traces.HEADER, "")
            await Connection(socket, visit, self._parts, self._metrics, trace).run()
        except _HelloFailed as failed:
            await _send_away(socket, failed)
            return failed.frame.code
        except PeerStalled:
            if request.transport is not None:
                request.transport.abort()  # a close frame would wait behind what is not read
            return "stalled"
        except PeerGone:
            return "gone"
        except Exception as failure:  # noqa: BLE001 - the outermost frame of a socket
            _log.error("socket failed", **origin_of(failure))
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
            return "failed"
        return "drained" if self._draining else "left"

    async def _greeted(self, socket: web.WebSocketResponse) -> Visit:
        try:
            async with asyncio.timeout(self._parts.settings.hello_s):
                first = await socket.receive()
        except TimeoutError:
            late = "The first frame must be a hello, and it came too late. Please try again."
            raise _HelloFailed(TOO_LATE, ErrorFrame(code="unavailable", text=late)) from None
        if first.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
            raise PeerGone
        try:
            hello = decode_client(first.data)
        except (msgspec.MsgspecError, TypeError):
            raise _refusal("The first frame must be a hello.") from None
        if not isinstance(hello, Hello):
            raise _refusal("The first frame must be a hello.")
        try:
            return await enter(hello, self._parts)
        except Unauthorized:
            raise _refusal("This token does not open this conversation.") from None
        except TenantNotFound as unknown:
            frame = ErrorFrame(code="not_found", text=str(unknown))
            raise _HelloFailed(UNKNOWN_TENANT, frame) from None


def _refusal(sentence: str) -> _HelloFailed:
    return _HelloFailed(UNAUTHORIZED, ErrorFrame(code="unauthorized", text=sentence))


async def _send_away(socket: web.WebSocketResponse, failed: _HelloFailed) -> None:
    try:
        async with asyncio.timeout(_CLOSE_S):
            await socket.send_str(encode(failed.frame))
    except (TimeoutError, ConnectionError):
        return
    await socket.close(code=failed.close, message=failed.frame.code.encode())
