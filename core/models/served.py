"""A model that is offered over HTTP, whatever is said there."""

from abc import abstractmethod
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import aiohttp

from core.models.counting import tokens
from core.models.ports import Count, Finished, LanguageModel, Sampling, Talk
from core.models.streaming import Call, Deadlines, Reading, told

_THOUGHTS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A model as it is offered over HTTP."""

    url: str
    """Up to where the path of the API follows, as `http://127.0.0.1:8000/v1`."""
    model: str
    max_prompt_tokens: int = 3_072
    """The answer is not in it."""
    count: Count = tokens
    query: Mapping[str, str] = field(default_factory=dict)
    """Added to the address; Azure wants `api-version` there."""
    reasons: bool = False
    """Whether it thinks before it answers: it gets room for thoughts, which count as written, and
    OpenAI's such models refuse what others want."""

    def longest(self, sampling: Sampling) -> int:
        """Tokens that it may write, thoughts and answer."""
        return sampling.max_tokens + (_THOUGHTS if self.reasons else 0)


class ServedModel(LanguageModel):
    """What adapters share; each says where it asks, with what body, and how answers are read."""

    path: ClassVar[str]

    def __init__(
        self, served: Served, session: aiohttp.ClientSession, deadlines: Deadlines
    ) -> None:
        self.served = served
        self._url = served.url.rstrip("/") + self.path
        self._session = session
        self._deadlines = deadlines

    @property
    def name(self) -> str:
        return self.served.model

    @property
    def guides(self) -> bool:
        return True

    @property
    def count(self) -> Count:
        return self.served.count

    @property
    def at_once(self) -> int | None:
        return None

    def room(self, sampling: Sampling) -> int:
        return self.served.max_prompt_tokens

    def stream(self, talk: Talk, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        call = Call(url=self._url, body=self.body(talk, sampling), query=self.served.query)
        return told(self._session, call, self.reading(), self._deadlines)

    @abstractmethod
    def body(self, talk: Talk, sampling: Sampling) -> bytes:
        """The question."""

    @abstractmethod
    def reading(self) -> Reading:
        """What reads one answer."""
