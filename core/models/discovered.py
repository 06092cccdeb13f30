"""A TGI server that need not be there yet: it is asked who it is when it is first needed."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import aiohttp

from core.domain.errors import ModelUnavailable
from core.models.ports import Finished, LanguageModel, Sampling
from core.models.streaming import Deadlines
from core.models.tgi import TgiModel


class DiscoveredTgi(LanguageModel):
    """Asks again after it was away, for another model may be served then."""

    def __init__(self, url: str, session: aiohttp.ClientSession, deadlines: Deadlines) -> None:
        self._url = url
        self._session = session
        self._deadlines = deadlines
        self._known = TgiModel(url, session, deadlines)
        self._is_known = False

    @property
    def name(self) -> str:
        return self._known.name

    @property
    def max_prompt_tokens(self) -> int:
        return self._known.max_prompt_tokens

    async def stream(
        self, prompt: str, sampling: Sampling
    ) -> AsyncGenerator[str | Finished, None]:
        try:
            if not self._is_known:
                self._known = await TgiModel.found(self._url, self._session, self._deadlines)
                self._is_known = True
            async with aclosing(self._known.stream(prompt, sampling)) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelUnavailable:
            self._is_known = False
            raise
