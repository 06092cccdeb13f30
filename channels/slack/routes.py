"""Where Slack sends to: verify, read, store, and only then 200.

Nothing here asks Slack or a model. What cannot be stored now is answered with 503, and Slack tells
it again: at once, after a minute, after five.
"""

import asyncio

from aiohttp import web

from channels.slack.app import SlackApp
from channels.slack.manifest import ACTIONS, EVENTS
from channels.slack.payloads import Payload, read, text
from channels.slack.taking import Count, Taking
from channels.slack.verify import genuine
from core.domain.errors import StoreUnavailable
from core.http.json import Refused, answer
from core.http.openapi import JSON, Answer, Operation, describes
from core.ports import Clock
from core.telemetry import traces

PATHS = (EVENTS, ACTIONS)
"""Events of the app, and what people press; either is taken at both."""
_PATIENCE_S = 2.5  # of the three seconds that Slack waits
_TAKEN = b""


class SlackRoutes:
    """The handlers of Slack's requests, for all workspaces of one app."""

    def __init__(
        self,
        app: SlackApp,
        taking: Taking,
        clock: Clock,
        count: Count = lambda outcome: None,
    ) -> None:
        self._app = app
        self._taking = taking
        self._clock = clock
        self._count = count

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Serve them."""
        router.add_post(PATHS[0], self.events)
        router.add_post(PATHS[1], self.actions)

    @describes(
        Operation(
            summary="Take an event of Slack",
            tag="channels",
            description="Signed by Slack; 200 means that it is stored, 503 asks to tell it again.",
            answers={200: Answer(says="It is stored, or not for us.", media={JSON: None})},
            fails=(401, 503),
        )
    )
    async def events(self, request: web.Request) -> web.StreamResponse:
        """POST /slack/events."""
        payload = await self._genuine(request)
        if text(payload, "type") == "url_verification":
            return answer({"challenge": text(payload, "challenge")})
        return await self._take(request, payload)

    @describes(
        Operation(
            summary="Take a pressed button of Slack",
            tag="channels",
            description="Signed by Slack; a form with the JSON in its field `payload`.",
            answers={200: Answer(says="It is stored, or not for us.", media={JSON: None})},
            fails=(401, 503),
        )
    )
    async def actions(self, request: web.Request) -> web.StreamResponse:
        """POST /slack/actions."""
        return await self._take(request, await self._genuine(request))

    async def _genuine(self, request: web.Request) -> Payload:
        body = await request.read()
        if not genuine(request.headers, body, self._app.signing_secret, self._clock.now()):
            self._count("forged")
            raise Refused(401, "unauthorized", "The request is not signed by Slack.")
        return read(body)

    async def _take(self, request: web.Request, payload: Payload) -> web.StreamResponse:
        if not payload:
            self._count("unread")
            return web.Response(body=_TAKEN)
        trace = traces.traceparent(request.headers.get(traces.HEADER, ""), self._clock.new_id())
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._taking.take(payload, trace)
        except TimeoutError as late:
            raise StoreUnavailable from late
        return web.Response(body=_TAKEN)
