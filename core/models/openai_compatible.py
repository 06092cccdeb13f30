"""Chat completions as OpenAI defined them and many servers speak them.

vLLM, SGLang, llama.cpp, Ollama, Azure, Qwen's compatible mode, Triton's and TGI's face. What
differs between them: usage comes in an event of its own or not at all, `[DONE]` may be missing,
errors within a stream are objects of several shapes. What holds for all: an answer without a
`finish_reason` is incomplete. https://platform.openai.com/docs/api-reference/chat-streaming
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from core.domain.errors import ModelUnavailable, PromptRefused
from core.models.ports import Finished, Sampling, Talk
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


class Error(msgspec.Struct):
    """What went wrong."""

    message: str = ""
    type: str | None = None
    code: str | int | None = None
    http_status_code: int | None = None  # TGI's


class Event(msgspec.Struct):
    """A chunk, or an error in its place."""

    choices: tuple[_Choice, ...] = ()
    usage: _Usage | None = None
    error: Error | str | None = None
    error_type: str = ""  # TGI's, beside an error that is a text
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
    response_format: Mapping[str, Any] | msgspec.UnsetType = msgspec.UNSET


_decode = msgspec.json.Decoder(Event).decode
_encode = msgspec.json.Encoder().encode


class OpenAiCompatibleModel(ServedModel):
    """One model behind one such address; the key is a header of the session."""

    path = "/chat/completions"

    def body(self, talk: Talk, sampling: Sampling) -> bytes:
        return body(self.served, talk, sampling, guided(sampling.schema))

    def reading(self) -> Reading:
        return ChunkReading()


def guided(schema: Mapping[str, object] | None) -> Mapping[str, Any] | msgspec.UnsetType:
    """How an answer is held to a schema; strictly, where the schema is of the kind that is.

    https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
    """
    if schema is None:
        return msgspec.UNSET
    said = {"name": "answer", "schema": schema, "strict": _is_strict(schema)}
    return {"type": "json_schema", "json_schema": said}


def _is_strict(schema: object) -> bool:
    """Whether every object in it names all of its fields as required, and allows no others."""
    if isinstance(schema, list | tuple):
        return all(_is_strict(part) for part in schema)
    if not isinstance(schema, Mapping):
        return True
    if schema.get("type") == "object":
        closed = schema.get("additionalProperties") is False
        if not closed or set(schema.get("required", ())) != set(schema.get("properties", ())):
            return False
    return all(_is_strict(part) for part in schema.values())


def body(
    served: Served,
    talk: Talk,
    sampling: Sampling,
    response_format: Mapping[str, Any] | msgspec.UnsetType,
) -> bytes:
    """The request, with this way of holding the answer to a schema."""
    request = _Request(
        model=served.model,
        messages=tuple(_Message(role=said.role, content=said.text) for said in talk),
        stream=True,
        stream_options=_StreamOptions(include_usage=True),
        response_format=response_format,
    )
    if served.reasons:
        request.max_completion_tokens = served.longest(sampling)
    else:
        request.max_tokens = sampling.max_tokens
        request.temperature = sampling.temperature
        request.stop = sampling.stop[:_MOST_STOPS] or msgspec.UNSET
    return _encode(request)


class ChunkReading(Reading):
    """Reads one answer that comes as chunks."""

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
            return self.refusal(_decode(body), status)
        except msgspec.DecodeError:
            return Refusal(status=status)

    def refusal(self, event: Event, status: int) -> Refusal:
        """What an event says that is an error."""
        return _refusal(event, status)

    def _hear(self, event: Event) -> None:
        if event.error is not None or event.object == "error":
            raise self.refusal(event, HTTPStatus.OK).error()
        for choice in event.choices[:1]:
            if choice.delta.content:
                self._said.append(choice.delta.content)
            if choice.finish_reason == "content_filter":
                raise PromptRefused("the model server's filter took the answer back")
            self._reason = choice.finish_reason or self._reason
        if event.usage is not None and self._reason:
            self._tokens = event.usage.completion_tokens


def _event(data: bytes) -> Event:
    try:
        return _decode(data)
    except msgspec.DecodeError as strange:
        raise ModelUnavailable("the model server sent what is no event") from strange


def _refusal(event: Event, status: int) -> Refusal:
    if isinstance(event.error, Error):
        error = event.error
    else:
        message = event.message if event.error is None else event.error
        error = Error(message=message, code=event.code, type=event.error_type or None)
    said = error.http_status_code or error.code
    return Refusal(
        status=said if status == HTTPStatus.OK and isinstance(said, int) else status,
        kinds=frozenset(str(kind) for kind in (error.type, error.code) if kind is not None),
        message=error.message,
    )
