"""What operators and their machines ask a gateway: is it alive, is it ready, how is it doing."""

import msgspec
from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from channels.api.openapi import JSON, Answer, Operation, describes
from channels.http import Refused, answer
from channels.parts import GatewayParts


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """All is well."""

    status: str


class OperatingRoutes:
    """The handlers of /healthz, /readyz and /metrics."""

    def __init__(self, parts: GatewayParts) -> None:
        self._parts = parts
        self.draining = False
        """True from the wish to stop on: a load balancer should send nobody here."""

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
            description="The database can be reached and has all migrations.",
            answers={200: Answer(says="They can.", media={JSON: Status})},
            fails=(503,),
        )
    )
    async def readyz(self, request: web.Request) -> web.StreamResponse:
        """GET /readyz."""
        why = "The service is stopping." if self.draining else await self._parts.ready()
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
            body=generate_latest(self._parts.registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"},
        )
