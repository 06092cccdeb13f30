"""The widget socket as a careful client holds it: comes back, resumes, says each thing once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from itertools import count
from uuid import UUID, uuid4

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from channels.web.protocol import (
    SUBPROTOCOL,
    AcceptedFrame,
    ClientFrame,
    ErrorFrame,
    Hello,
    MessageFrame,
    Rate,
    Say,
    ServerFrame,
    Thumb,
    Welcome,
    decode_server,
    encode,
)
from core.domain.errors import RetryableError, SetupError

Hear = Callable[[ServerFrame], None]
_GONE = (OSError, ConnectionClosed, InvalidHandshake, TimeoutError, EOFError)
_OPEN_S = 10
_REFUSED = range(4400, 4500)


class Line:
    """One conversation over as many connections as it takes.

    Args:
        url: of the service, `http://host:port`.
        tenant: whose bot; None for the service's default.
        hear: told of every frame, in order.
    """

    def __init__(self, url: str, tenant: str | None, hear: Hear) -> None:
        scheme, _, rest = url.rstrip("/").partition("://")
        self._address = f"{scheme.replace('http', 'ws', 1)}://{rest}/ws"
        self._url = url
        self._tenant = tenant
        self._hear = hear
        self._token: str | None = None
        self._conversation: UUID | None = None
        self._seen = 0
        self._numbers = count(1)
        self._name = uuid4().hex[:8]
        self._unaccepted: dict[str, ClientFrame] = {}
        self._sent: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._socket: ClientConnection | None = None
        self._ready = asyncio.Event()

    async def hold(self) -> None:
        """Be connected until cancelled; after a lost connection come back and catch up.

        Raises:
            SetupError: there is nobody at the address, at the first attempt; or the service
                sends this client away for good.
        """
        pauses = self._pauses()
        while True:
            try:
                await self._one_connection()
            except (InvalidURI, ValueError) as wrong:
                raise SetupError(f"{self._url} is not an address to chat at") from wrong
            except _GONE as gone:
                self._give_up_if_hopeless(gone)
            self._ready.clear()
            await asyncio.sleep(await anext(pauses))

    async def say(self, text: str) -> None:
        """Send it, now or after the next reconnect."""
        client_id = f"{self._name}-{next(self._numbers)}"
        self._unaccepted[client_id] = Say(client_id=client_id, text=text)
        if self._ready.is_set():
            with suppress(ConnectionClosed):
                await self._send_unsent()

    async def rate(self, turn: UUID, thumb: Thumb) -> None:
        """Rate an answer; lost when the connection breaks at this moment.

        Raises:
            RetryableError: there is no connection.
        """
        if self._socket is None or not self._ready.is_set():
            raise RetryableError("not connected; rate it again in a moment")
        await self._socket.send(encode(Rate(turn=turn, thumb=thumb)))

    async def _send_unsent(self) -> None:
        """Everything that this connection has not taken yet, in the order it was said."""
        async with self._one_at_a_time:
            for client_id, frame in tuple(self._unaccepted.items()):
                if self._socket is not None and client_id not in self._sent:
                    self._sent.add(client_id)
                    await self._socket.send(encode(frame))

    async def _one_connection(self) -> None:
        async with connect(
            self._address,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # a NewType of str
            open_timeout=_OPEN_S,
            max_size=2**22,
            proxy=None,
        ) as socket:
            self._socket = socket
            self._sent.clear()
            hello = Hello(
                tenant=self._tenant,
                token=self._token,
                conversation=self._conversation,
                since=self._seen if self._conversation else None,
            )
            await socket.send(encode(hello))
            async for said in socket:
                try:
                    frame = decode_server(str(said))
                except msgspec.MsgspecError:
                    continue  # of a later version
                await self._take(frame)

    async def _take(self, frame: ServerFrame) -> None:
        match frame:
            case Welcome(conversation=conversation, token=token):
                self._conversation, self._token = conversation, token
                self._ready.set()
                await self._send_unsent()
            case AcceptedFrame(client_id=client_id):
                self._unaccepted.pop(client_id, None)
            case ErrorFrame(client_id=str(client_id), code=code) if code != "slow_down":
                self._unaccepted.pop(client_id, None)
            case MessageFrame(seq=seq):
                if seq <= self._seen:
                    return
                self._seen = seq
            case _:
                pass
        self._hear(frame)

    def _give_up_if_hopeless(self, gone: BaseException) -> None:
        if isinstance(gone, ConnectionClosed) and gone.rcvd and gone.rcvd.code in _REFUSED:
            raise SetupError(f"{self._url} sends us away: {gone.rcvd.reason}") from gone
        if self._conversation is None:
            raise SetupError(
                f"nobody answers at {self._url}; is `switchboard up` running?"
            ) from gone

    async def _pauses(self) -> AsyncIterator[float]:
        """Seconds between attempts: growing while there is nobody, short after a success."""
        pause_s = 0.2
        while True:
            if self._ready.is_set():
                pause_s = 0.2
            yield pause_s
            pause_s = min(pause_s * 2, 5)
