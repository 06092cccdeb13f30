"""Takes what Slack tells over sockets that we open: for installations that nobody can reach.

An envelope is acknowledged when it is stored; one that is not comes again. Those of one channel
are stored one by one, the earliest of what came over either socket first; others do not wait.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from channels.slack.app import SlackApp
from channels.slack.calls import quiet, quiet_client
from channels.slack.failures import code_of
from channels.slack.lanes import Lanes
from channels.slack.payloads import Payload, identity, part, parts, stamp, text
from channels.slack.taking import Taking
from core.clock import chance
from core.domain.errors import RetryableError, SetupError
from core.ports import Clock
from core.telemetry import traces

SOCKETS = 2
"""While one of them is exchanged, the other one hears."""
_PATIENCE_S = 10.0
_OPEN_S = 15.0
_MOST_DOUBLINGS = 5
_SHORT_S = 20.0
_MAX_FRAME = 4 * 1024 * 1024
_log = structlog.get_logger(__name__)
Sleep = Callable[[float], Awaitable[None]]


class SocketMode:
    """The sockets of one app, until it is asked to stop."""

    def __init__(
        self,
        app: SlackApp,
        taking: Taking,
        clock: Clock,
        session: aiohttp.ClientSession,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Join its parts; nothing is connected before `run`."""
        self._taking = taking
        self._clock = clock
        self._client = quiet_client(app.app_token, session, app.api_url)
        self._sleep = sleep
        self._lanes = Lanes()
        self._stop = asyncio.Event()
        self._open: list[ClientConnection] = []

    def stop(self) -> None:
        """Take nothing more. Twice is a no-op."""
        self._stop.set()

    async def run(self) -> None:
        """Hear until `stop`, and store what is in hand.

        Raises:
            SetupError: Slack does not know the app's token.
        """
        hearing = [asyncio.create_task(self._hear()) for _ in range(SOCKETS)]
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([*hearing, stopping], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*hearing, stopping):
                task.cancel()
            ended = await asyncio.gather(*hearing, return_exceptions=True)
            try:
                if self._stop.is_set():
                    await self._lanes.close()
            finally:
                self._lanes.cancel()
                for socket in self._open:
                    socket.transport.abort()
        for failed in ended:
            if isinstance(failed, Exception):
                raise failed

    async def _hear(self) -> None:
        """One socket after the other, each with a ticket of its own: Slack takes each once."""
        failed = 0
        while True:
            began = self._clock.monotonic()
            try:
                socket = await self._connected()
            except (aiohttp.ClientError, SlackClientError, OSError, WebSocketException) as away:
                _refuse_wrong_token(away)
                _log.warning("socket not opened", why=type(away).__name__, tries=failed + 1)
            else:
                await self._read(socket)
            # one that ends as soon as it is open is no better than none
            failed = failed + 1 if self._clock.monotonic() - began < _SHORT_S else 0
            if failed:
                await self._sleep(2.0 ** min(failed, _MOST_DOUBLINGS) * (0.5 + chance() / 2))

    async def _connected(self) -> ClientConnection:
        async with asyncio.timeout(_OPEN_S):
            answer = await self._client.apps_connections_open(app_token=self._client.token or "")
            address = str(answer.get("url", ""))
            return await connect(
                address, max_size=_MAX_FRAME, ping_interval=10, proxy=None, logger=quiet
            )

    async def _read(self, socket: ClientConnection) -> None:
        """Until it ends, or Slack wants it exchanged."""
        self._open.append(socket)
        try:
            async for frame in socket:
                envelope = _envelope(frame)
                if text(envelope, "type") == "disconnect":
                    return
                if text(envelope, "envelope_id"):
                    at = _happened(envelope) or self._clock.now().timestamp()
                    self._lanes.add(_lane(envelope), at, partial(self._taken, socket, envelope))
        except WebSocketException:
            return
        finally:
            self._lanes.after_all(partial(self._let_go, socket))

    async def _let_go(self, socket: ClientConnection) -> None:
        """Close it when what came over it is acknowledged."""
        self._open.remove(socket)
        await socket.close()

    async def _taken(self, socket: ClientConnection, envelope: Payload) -> None:
        """Store it, then say so."""
        trace = traces.traceparent("", self._clock.new_id())
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._taking.take(part(envelope, "payload"), trace)
        except (RetryableError, TimeoutError):
            return  # Slack tells it again
        with suppress(WebSocketException):
            await socket.send(json.dumps({"envelope_id": text(envelope, "envelope_id")}))


def _refuse_wrong_token(failed: Exception) -> None:
    """Raises SetupError when trying again cannot help."""
    error = code_of(failed)
    if error in ("invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked"):
        raise SetupError(
            f"Slack refuses the app's token ({error}): make one with the scope connections:write"
            " and set it anew"
        ) from None


def _envelope(frame: str | bytes) -> Payload:
    try:
        found = json.loads(frame)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _lane(envelope: Payload) -> str:
    """What keeps its order: all of one channel."""
    payload = part(envelope, "payload")
    event = part(payload, "event")
    channel = identity(event, "channel") or identity(part(payload, "channel"), "id")
    return channel or text(envelope, "envelope_id")


def _happened(envelope: Payload) -> float:
    """When, in seconds as Slack counts them; 0 when it does not say."""
    payload = part(envelope, "payload")
    event = part(payload, "event")
    pressed = [stamp(action, "action_ts") for action in parts(payload, "actions")[:1]]
    return float(stamp(event, "event_ts") or stamp(event, "ts") or "".join(pressed) or 0)
