"""The other end of a socket: frames go out one at a time, and no longer than it reads them."""

import asyncio
from typing import ClassVar

from aiohttp import WSMsgType, web

from channels.web.protocol import ServerFrame, packed

_ROOM = 32 * 1024
"""Bytes that an empty buffer takes at once; it says no from 64 KiB on."""


class PeerLeft(Exception):
    """The conversation over this socket is over."""

    reason: ClassVar[str]


class PeerGone(PeerLeft):
    """The socket is closed; the client comes back and resumes."""

    reason = "gone"


class PeerStalled(PeerLeft):
    """The peer has stopped reading."""

    reason = "stalled"


class PeerFlooded(PeerLeft):
    """The peer sends far more than anybody could write."""

    reason = "flood"


class Peer:
    """Sends frames."""

    __slots__ = ("_patience_s", "_transport", "order", "socket")

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.WriteTransport,
        patience_s: float,
    ) -> None:
        self.socket = socket
        self._transport = transport
        self._patience_s = patience_s
        self.order = asyncio.Lock()
        """Held from accepting a message until its `accepted` is out, and for each `message`:
        so `accepted` comes first."""

    async def send(self, frame: ServerFrame) -> None:
        """Send one frame.

        Raises:
            PeerGone: nobody is there.
            PeerStalled: it could not be sent in time.
        """
        data = packed(frame)
        try:
            if len(data) <= _ROOM and not self._transport.get_write_buffer_size():
                await self.socket.send_frame(data, WSMsgType.TEXT)  # there is nothing to wait for
                return
            async with asyncio.timeout(self._patience_s):
                await self.socket.send_frame(data, WSMsgType.TEXT)
        except TimeoutError:
            raise PeerStalled from None
        except (ConnectionError, RuntimeError) as gone:  # RuntimeError: closing has begun
            raise PeerGone from gone
