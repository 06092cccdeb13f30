"""Chat completions as OpenAI defined them and many servers speak them.

vLLM, SGLang, llama.cpp, Ollama, Azure, Qwen's compatible mode, Triton's and TGI's face. What
differs between them: usage comes in an event of its own or not at all, `[DONE]` may be missing,
errors within a stream are objects of several shapes. What holds for all: an answer without a
`finish_reason` is incomplete. https://platform.openai.com/docs/api-reference/chat-streaming
"""

from http import HTTPStatus

import msgspec

from core.domain.errors import ModelUnavailable, PromptRefused
from core.models.ports import Finished, Sampling
from core.models.refusals import Refusal
from core.models.served import Served, ServedModel
from core.models.streaming import Reading

_MOST_STOPS = 4
_DONE = b"[DONE]"


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


class OpenAiCompatibleModel(ServedModel):
    """One model behind one such address; the key is a header of the session."""

    path = "/chat/completions"

    def body(self, prompt: str, sampling: Sampling) -> bytes:
        return _body(self.served, prompt, sampling)

    def reading(self) -> Reading:
        return _Reading()


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
