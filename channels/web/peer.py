"""The other end of a socket: frames go out one at a time, and no longer than it reads them."""

import asyncio
from typing import ClassVar

from aiohttp import web

from channels.web.protocol import ServerFrame, encode


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

    def __init__(self, socket: web.WebSocketResponse, patience_s: float) -> None:
        self._socket = socket
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
        try:
            async with asyncio.timeout(self._patience_s):
                await self._socket.send_str(encode(frame))
        except TimeoutError:
            raise PeerStalled from None
        except (ConnectionError, RuntimeError) as gone:  # RuntimeError: closing has begun
            raise PeerGone from gone
