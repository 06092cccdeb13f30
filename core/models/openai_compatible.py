"""Chat completions as OpenAI defined them and many servers speak them.

vLLM, SGLang, llama.cpp, Ollama, Azure, Qwen's compatible mode, Triton's and TGI's face. What
differs between them: usage comes in an event of its own or not at all, `[DONE]` may be missing,
errors within a stream are objects of several shapes. What holds for all: an answer without a
`finish_reason` is incomplete. https://platform.openai.com/docs/api-reference/chat-streaming
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
import msgspec

from core.domain.errors import ModelUnavailable, PromptRefused
from core.models.ports import Finished, LanguageModel, Sampling
from core.models.refusals import Refusal
from core.models.streaming import Call, Deadlines, Reading, told

_MOST_STOPS = 4
_THOUGHTS = 4_000
_DONE = b"[DONE]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A model as it is offered over HTTP."""

    url: str
    """Up to where `/chat/completions` follows, as `http://127.0.0.1:8000/v1`."""
    model: str
    max_prompt_tokens: int = 3_072
    query: Mapping[str, str] = field(default_factory=dict)
    """Added to the address; Azure wants `api-version` there."""
    reasons: bool = False
    """Whether it thinks before it answers: it gets room for thoughts, which count as written, and
    OpenAI's such models refuse what others want."""

    def longest(self, sampling: Sampling) -> int:
        """Tokens that it may write, thoughts and answer."""
        return sampling.max_tokens + (_THOUGHTS if self.reasons else 0)


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    completion_tokens: int = 0


class _Error(msgspec.Struct):
    message: str = ""
    type: str | None = None
    code: str | int | None = None
    http_status_code: int | None = None  # TGI's


class _Event(msgspec.Struct):
    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None
    error: _Error | str | None = None
    object: str = ""
    message: str = ""  # vLLM's errors before 0.10 have no object of their own
    code: str | int | None = None


class _Message(msgspec.Struct):
    role: str
    content: str


class _StreamOptions(msgspec.Struct):
    include_usage: bool


class _Request(msgspec.Struct):
    model: str
    messages: tuple[_Message, ...]
    stream: bool
    stream_options: _StreamOptions
    max_tokens: int | msgspec.UnsetType = msgspec.UNSET
    max_completion_tokens: int | msgspec.UnsetType = msgspec.UNSET
    temperature: float | msgspec.UnsetType = msgspec.UNSET
    stop: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


_decode = msgspec.json.Decoder(_Event).decode
_encode = msgspec.json.Encoder().encode


class OpenAiCompatibleModel(LanguageModel):
    """One model behind one such address; the key is a header of the session."""

    def __init__(
        self, served: Served, session: aiohttp.ClientSession, deadlines: Deadlines
    ) -> None:
        self._served = served
        self._url = served.url.rstrip("/") + "/chat/completions"
        self._session = session
        self._deadlines = deadlines

    @property
    def name(self) -> str:
        return self._served.model

    @property
    def max_prompt_tokens(self) -> int:
        return self._served.max_prompt_tokens

    def stream(self, prompt: str, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        call = Call(
            url=self._url, body=_body(self._served, prompt, sampling), query=self._served.query
        )
        return told(self._session, call, _Reading(), self._deadlines)


def _body(served: Served, prompt: str, sampling: Sampling) -> bytes:
    request = _Request(
        model=served.model,
        messages=(_Message(role="user", content=prompt),),
        stream=True,
        stream_options=_StreamOptions(include_usage=True),
    )
    if served.reasons:
        request.max_completion_tokens = served.longest(sampling)
    else:
        request.max_tokens = sampling.max_tokens
        request.temperature = sampling.temperature
        request.stop = sampling.stop[:_MOST_STOPS] or msgspec.UNSET
    return _encode(request)


class _Reading(Reading):
    def __init__(self) -> None:
        self._said: list[str] = []
        self._reason = ""
        self._tokens: int | None = None

    def take(self, events: list[bytes]) -> tuple[str, Finished | None]:
        before = len(self._said)
        for data in events:
            if data == _DONE:
                if self.ended() is None:
                    raise ModelUnavailable("the model server broke off its answer")
                return "".join(self._said[before:]), self.ended()
            self._hear(_event(data))
        text = "".join(self._said[before:])
        return text, self.ended() if self._tokens is not None else None

    def ended(self) -> Finished | None:
        if not self._reason:
            return None
        return Finished(
            text="".join(self._said),
            tokens=len(self._said) if self._tokens is None else self._tokens,
            cut=self._reason == "length",
        )

    def refused(self, status: int, body: bytes) -> Refusal:
        try:
            return _refusal(_decode(body), status)
        except msgspec.DecodeError:
            return Refusal(status=status)

    def _hear(self, event: _Event) -> None:
        if event.error is not None or event.object == "error":
            raise _refusal(event, HTTPStatus.OK).error()
        for choice in event.choices[:1]:
            if choice.delta.content:
                self._said.append(choice.delta.content)
            if choice.finish_reason == "content_filter":
                raise PromptRefused("the model server's filter took the answer back")
            self._reason = choice.finish_reason or self._reason
        if event.usage is not None and self._reason:
            self._tokens = event.usage.completion_tokens


def _event(data: bytes) -> _Event:
    try:
        return _decode(data)
    except msgspec.DecodeError as strange:
        raise ModelUnavailable("the model server sent what is no event") from strange


def _refusal(event: _Event, status: int) -> Refusal:
    if isinstance(event.error, _Error):
        error = event.error
    else:
        message = event.message if event.error is None else event.error
        error = _Error(message=message, code=event.code)
    said = error.http_status_code or error.code
    return Refusal(
        status=said if status == HTTPStatus.OK and isinstance(said, int) else status,
        kinds=frozenset(str(kind) for kind in (error.type, error.code) if kind is not None),
        message=error.message,
    )
