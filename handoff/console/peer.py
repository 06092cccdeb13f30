"""The other end of a console's socket: frames go out no longer than somebody reads them."""

import asyncio

from aiohttp import WSMsgType, web

PATIENCE_S = 15.0


class PeerGone(Exception):
    """Nobody is there, or nobody reads; the page comes back and goes on."""


class Peer:
    """Sends frames."""

    __slots__ = ("socket",)

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket

    async def send(self, *frames: bytes) -> None:
        """Send them in order.

        Raises:
            PeerGone: they could not be sent, or not in time.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                for frame in frames:
                    await self.socket.send_frame(frame, WSMsgType.TEXT)
        except (TimeoutError, ConnectionError, RuntimeError) as gone:  # RuntimeError: it closes
            raise PeerGone from gone
