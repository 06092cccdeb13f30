"""The other end of a socket: frames go out one at a time, and no longer than it reads them."""

import asyncio

from aiohttp import web

from channels.web.protocol import ServerFrame, encode


class PeerGone(Exception):
    """The socket is closed; the client comes back and resumes."""


class PeerStalled(Exception):
    """The peer has stopped reading."""


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
