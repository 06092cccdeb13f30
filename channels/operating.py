"""What operators and their machines ask a process: is it alive, is it ready, how is it doing."""

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from channels.parts import Probe
from core.http.json import Refused, answer, errors
from core.http.openapi import JSON, Answer, Operation, describes

PATHS = ("/healthz", "/readyz", "/metrics")
"""Where they ask."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """All is well."""

    status: str


class OperatingRoutes:
    """The handlers of /healthz, /readyz and /metrics."""

    def __init__(self, ready: Probe, registry: CollectorRegistry) -> None:
        self._ready = ready
        self._registry = registry
        self.draining = False
        """True from the wish to stop on: a load balancer should send nobody here."""

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Serve them."""
        for path, handler in zip(PATHS, (self.healthz, self.readyz, self.metrics), strict=True):
            router.add_get(path, handler)

    @describes(
        Operation(
            summary="Tell whether the process lives",
            tag="operating",
            answers={200: Answer(says="It does.", media={JSON: Status})},
        )
    )
    async def healthz(self, request: web.Request) -> web.StreamResponse:
        """GET /healthz."""
        return answer(Status(status="alive"))

    @describes(
        Operation(
            summary="Tell whether requests can be served",
            tag="operating",
            description="The database can be reached and has all migrations; what else the roles"
            " of the process need can be reached, too; it is not stopping.",
            answers={200: Answer(says="They can.", media={JSON: Status})},
            fails=(503,),
        )
    )
    async def readyz(self, request: web.Request) -> web.StreamResponse:
        """GET /readyz."""
        why = "The service is stopping." if self.draining else await self._ready()
        if why is not None:
            raise Refused(503, "unavailable", why)
        return answer(Status(status="ready"))

    @describes(
        Operation(
            summary="Read the metrics",
            tag="operating",
            answers={200: Answer(says="Prometheus's text format.", media={"text/plain": None})},
        )
    )
    async def metrics(self, request: web.Request) -> web.StreamResponse:
        """GET /metrics."""
        return web.Response(
            body=generate_latest(self._registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )


def application(ready: Probe, registry: CollectorRegistry) -> web.Application:
    """These alone, for a process without a gateway."""
    app = web.Application(middlewares=[errors])
    OperatingRoutes(ready, registry).add_to(app.router)
    return app
