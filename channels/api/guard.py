"""What stands before every question: the sender's allowance."""

from aiohttp import web

from channels.limits import Buckets, Rate
from channels.parts import GatewayParts
from core.http.json import too_many


class Guard:
    """One allowance per network address."""

    def __init__(self, parts: GatewayParts) -> None:
        settings = parts.settings
        rate = Rate(per_second=settings.requests_per_second, burst=settings.requests_burst)
        self._buckets = Buckets(rate)
        self._clock = parts.clock

    def admit(self, request: web.Request) -> None:
        """Let the request in.

        Raises:
            Refused: its sender is over the allowance.
        """
        wait_s = self._buckets.take(request.remote or "", self._clock.monotonic())
        if wait_s > 0:
            raise too_many(wait_s)
