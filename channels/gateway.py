"""Assembles the HTTP application: every address that customers, programs and machines touch."""

import asyncio
import logging

from aiohttp import web

from channels.api.answering import Asking
from channels.api.completions import CompletionRoutes
from channels.api.guard import Guard
from channels.api.handoffs import HandoffRoutes
from channels.api.routes import ApiRoutes
from channels.contract import MAX_TEXT
from channels.intake import Intake
from channels.metrics import GatewayMetrics, counting
from channels.operating import PATHS, OperatingRoutes
from channels.parts import GatewayParts
from channels.receiving import Receive, Receiver, ReceiverParts
from channels.web.bundle import Bundle
from channels.web.files import FileRoutes
from channels.web.pages import PageRoutes
from channels.web.socket import ChatSockets
from core.http.json import MAX_BODY, answer, errors
from core.http.openapi import JSON, Answer, Operation, describes, document

__all__ = ["GATEWAY", "Gateway", "GatewayParts", "build", "runner"]

_MAX_LINE = 12 * MAX_TEXT + 4096
"""Bytes of a request's first line: the longest question, percent-encoded, and the rest."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Gateway:
    """The running parts of an application that its owner may need to stop."""

    def __init__(
        self, sockets: ChatSockets, operating: OperatingRoutes, intake: Intake, receive: Receive
    ) -> None:
        self._sockets = sockets
        self._operating = operating
        self._intake = intake
        self.receive = receive
        """Takes what platforms told, for those that are asked instead of telling."""

    async def drain(self, within_s: float = 0) -> None:
        """Say not ready, take nothing more, send the sockets away, and answer what is in hand.

        Operators are still told how it is. Twice is fine; the application does so itself when it
        shuts down.
        """
        self._operating.draining = True
        self._intake.close()
        await self._sockets.close_all()
        await self._intake.finish(within_s)


GATEWAY = web.AppKey("gateway", Gateway)


def build(parts: GatewayParts) -> web.Application:
    """The application with all its routes; nothing is connected by building it."""
    metrics = GatewayMetrics(parts.registry)
    intake = Intake(always=PATHS)
    app = web.Application(
        middlewares=[counting(metrics), errors, intake.middleware()], client_max_size=MAX_BODY
    )
    sockets = ChatSockets(parts, metrics)
    operating = OperatingRoutes(parts.ready, parts.registry)
    asking, guard = Asking(parts, metrics), Guard(parts)
    api = ApiRoutes(parts, metrics, asking, guard)
    completions = CompletionRoutes(parts, asking, guard)
    add = app.router
    operating.add_to(add)
    add.add_post("/api/v1/chat", api.post_chat)
    add.add_get("/api/v1/chat", api.get_chat, allow_head=False)
    add.add_post("/api/v1/feedback", api.post_feedback)
    add.add_get("/api/v1/conversations/{id}/messages", api.get_messages)
    add.add_post("/v1/chat/completions", completions.post_completions)
    add.add_get("/v1/models", completions.get_models)
    add.add_get("/ws", sockets.serve, allow_head=False)
    HandoffRoutes(parts, metrics, asking, guard).add_to(add)
    FileRoutes(parts, metrics, guard).add_to(add)
    PageRoutes(parts.settings, Bundle()).add_to(add)
    receive = _receiver(parts, metrics)
    for routes in (*parts.platforms(receive), *parts.others):
        routes.add_to(add)
    _add_document(app, parts.version)
    app[GATEWAY] = Gateway(sockets, operating, intake, receive)
    app.on_response_prepare.append(_guarded)
    app.on_shutdown.append(_drained)
    return app


def _receiver(parts: GatewayParts, metrics: GatewayMetrics) -> Receiver:
    return Receiver(
        ReceiverParts(
            inbox=parts.inbox,
            transcript=parts.transcript,
            places=parts.places,
            wanted=parts.wanted,
            feedback=parts.feedback,
            people=parts.people,
            live=parts.live,
            clock=parts.clock,
            metrics=metrics,
        )
    )


def runner(app: web.Application, *, shutdown_s: float = 10) -> web.AppRunner:
    """What serves the application, with limits that fit and a log without customers' words."""
    logger = logging.getLogger("switchboard.http")
    if not any(isinstance(one, _WithoutWords) for one in logger.filters):
        logger.addFilter(_WithoutWords())
    return web.AppRunner(
        app,
        access_log=None,  # an address may hold a question
        logger=logger,
        max_line_size=_MAX_LINE,
        shutdown_timeout=shutdown_s,
    )


class _WithoutWords(logging.Filter):
    """Keeps the kind of a failure, not its text, which quotes what could not be parsed."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"request not served: {record.exc_info[0].__name__}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def _add_document(app: web.Application, version: str) -> None:
    @describes(
        Operation(
            summary="Read this description",
            tag="operating",
            answers={200: Answer(says="OpenAPI 3.1.", media={JSON: None})},
        )
    )
    async def describe(request: web.Request) -> web.StreamResponse:
        return answer(described)

    app.router.add_get("/api/openapi.json", describe)
    described = document(app, version=version)


async def _guarded(request: web.Request, response: web.StreamResponse) -> None:
    if isinstance(response, web.WebSocketResponse):
        return  # nothing to guard, and each socket would keep them
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


async def _drained(app: web.Application) -> None:
    async with asyncio.timeout(10):
        await app[GATEWAY].drain()
