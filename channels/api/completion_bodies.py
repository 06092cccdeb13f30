"""The shapes of OpenAI's chat completions, as far as a bot has a use for them.

Fields that are not here are ignored. Source: https://platform.openai.com/docs/api-reference/chat
"""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from channels.api.bodies import SourceBody
from channels.api.customers import CustomerBody

MODEL = "switchboard"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the request."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """Where the question belongs."""

    conversation: UUID | None = None
    tenant: Annotated[str, Meta(max_length=63)] | None = None


class StreamOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a stream brings beside the text."""

    include_usage: bool = False


class CompletionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request of an OpenAI client."""

    model: str
    messages: Annotated[list[ChatMessage], Meta(min_length=1, max_length=1000)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    n: Annotated[int, Meta(ge=1, le=1)] | None = None
    user: Annotated[str, Meta(max_length=200)] | None = None
    metadata: Metadata | None = None
    customer: CustomerBody | None = None
    """More than `user`, and in its place; an OpenAI client sends it in `extra_body`."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Estimated tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """What OpenAI's shape has no place for."""

    conversation: UUID
    turn: UUID
    decision: str
    confidence: float
    sources: list[SourceBody]


class AnswerMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """There is always one."""

    index: int = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Completion(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    switchboard: Grounds


class ChunkDelta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a chunk adds."""

    role: str | None = None
    content: str | None = None


class ChunkChoice(msgspec.Struct, frozen=True, kw_only=True):
    """There is always one, but in the chunk with the usage."""

    index: int = 0
    delta: ChunkDelta
    finish_reason: Literal["stop"] | None = None


class Chunk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of the answer."""

    id: str
    object: str
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None
    switchboard: Grounds | None = None


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """What can be named as `model`."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class Models(msgspec.Struct, frozen=True, kw_only=True):
    """All there are: one."""

    object: Literal["list"] = "list"
    data: list[Model]
