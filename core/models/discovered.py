"""A TGI server that need not be there yet: it is asked who it is when it is first needed."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import aiohttp

from core.domain.errors import ModelUnavailable
from core.models.counting import tokens
from core.models.ports import Count, Finished, LanguageModel, Sampling, Talk
from core.models.streaming import Deadlines
from core.models.tgi import TgiModel, found


class DiscoveredTgi(LanguageModel):
    """Asks again after it was away, for another model may be served then."""

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        deadlines: Deadlines,
        count: Count = tokens,
    ) -> None:
        self._url = url
        self._session = session
        self._deadlines = deadlines
        self._known = TgiModel(url, session, deadlines, count=count)
        self._is_known = False

    @property
    def name(self) -> str:
        return self._known.name

    @property
    def guides(self) -> bool:
        return self._known.guides

    @property
    def count(self) -> Count:
        return self._known.count

    @property
    def at_once(self) -> int | None:
        return self._known.at_once

    def room(self, sampling: Sampling) -> int:
        return self._known.room(sampling)

    async def stream(self, talk: Talk, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        try:
            if not self._is_known:
                await self._discover()
            async with aclosing(self._known.stream(talk, sampling)) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelUnavailable:
            self._is_known = False
            raise

    async def _discover(self) -> None:
        info = await found(self._url, self._session, self._deadlines)
        self._known = TgiModel(
            self._url, self._session, self._deadlines, info=info, count=self.count
        )
        self._is_known = True
