"""Slack's way of telling events over HTTP: again, until 200 is said, and then no more."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

RETRIES_S = (0.0, 60.0, 300.0)


class Post(Protocol):
    """Sends one signed request."""

    def __call__(self, payload: Mapping[str, Any], **headers: str) -> Awaitable[int]:
        """Its status."""
        ...


class Delivery:
    """Tells events, with the retries of the real one in scaled time."""

    def __init__(self, post: Post, scale: float = 1.0) -> None:
        self._post = post
        self._scale = scale

    async def tell(self, payload: Mapping[str, Any]) -> list[int]:
        """The status of each attempt."""
        statuses = [await self._post(payload)]
        for number, pause in enumerate(RETRIES_S, start=1):
            if statuses[-1] == 200:
                break
            await asyncio.sleep(pause * self._scale)
            reason = "http_timeout" if statuses[-1] == 504 else "http_error"
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
            statuses.append(await self._post(payload, **headers))
        return statuses
