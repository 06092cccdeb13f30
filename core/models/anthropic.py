"""Anthropic's Messages API, streamed.

https://docs.anthropic.com/en/api/messages-streaming
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.domain.errors import ModelUnavailable, PromptRefused
from core.models.ports import Finished, Sampling, Talk
from core.models.refusals import Refusal
from core.models.served import ServedModel
from core.models.streaming import Reading
from core.models.talk import alternating, rules

VERSION = {"anthropic-version": "2026-10-21"}
"""The header without which no request is taken."""
_CUT = frozenset({"max_tokens", "model_context_window_exceeded"})


class _Delta(msgspec.Struct):
    type: str = ""
    text: str = ""
    stop_reason: str | None = None


class _Usage(msgspec.Struct):
    output_tokens: int = 0


class _Error(msgspec.Struct):
    type: str = ""
    message: str = ""


class _Event(msgspec.Struct):
    type: str
    delta: _Delta | None = None
    usage: _Usage | None = None
    error: _Error | None = None


class _Message(msgspec.Struct):
    role: str
    content: str


class _Request(msgspec.Struct):
    model: str
    messages: tuple[_Message, ...]
    max_tokens: int
    stream: bool
    system: str | msgspec.UnsetType = msgspec.UNSET
    output_config: Mapping[str, Any] | msgspec.UnsetType = msgspec.UNSET
    stop_sequences: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


_decode = msgspec.json.Decoder(_Event).decode
_encode = msgspec.json.Encoder().encode


class AnthropicModel(ServedModel):
    """One model behind this API; key and version are headers of the session.

    Models there choose by themselves how freely they write: the API takes no temperature.
    """

    path = "/v1/messages"

    def body(self, talk: Talk, sampling: Sampling) -> bytes:
        said = tuple(_Message(role=part.role, content=part.text) for part in alternating(talk))
        return _encode(
            _Request(
                model=self.served.model,
                messages=said,
                system=rules(talk) or msgspec.UNSET,
                output_config=_guided(sampling.schema),
                max_tokens=self.served.longest(sampling),
                stop_sequences=sampling.stop or msgspec.UNSET,
                stream=True,
            )
        )

    def reading(self) -> Reading:
        return _Reading()


def _guided(schema: Mapping[str, object] | None) -> Mapping[str, Any] | msgspec.UnsetType:
    """https://platform.claude.com/docs/en/build-with-claude/structured-outputs."""
    if schema is None:
        return msgspec.UNSET
    return {"format": {"type": "json_schema", "schema": schema}}


class _Reading(Reading):
    def __init__(self) -> None:
        self._said: list[str] = []
        self._reason = ""
        self._tokens = 0

    def take(self, events: list[bytes]) -> tuple[str, Finished | None]:
        before = len(self._said)
        stopped = False
        for data in events:
            try:
                event = _decode(data)
            except msgspec.DecodeError as strange:
                raise ModelUnavailable("the model server sent what is no event") from strange
            self._hear(event)
            stopped = stopped or event.type == "message_stop"
        if stopped and not self._reason:
            raise ModelUnavailable("the model server broke off its answer")
        return "".join(self._said[before:]), self.ended() if stopped else None

    def ended(self) -> Finished | None:
        if not self._reason:
            return None
        return Finished(text="".join(self._said), tokens=self._tokens, cut=self._reason in _CUT)

    def refused(self, status: int, body: bytes) -> Refusal:
        try:
            error = _decode(body).error or _Error()
        except msgspec.DecodeError:
            return Refusal(status=status)
        return Refusal(status=status, kinds=frozenset({error.type}), message=error.message)

    def _hear(self, event: _Event) -> None:
        if event.error is not None:
            kinds = frozenset({event.error.type})
            raise Refusal(kinds=kinds, message=event.error.message).error()
        if event.usage is not None:
            self._tokens = event.usage.output_tokens
        if event.delta is None:
            return
        if event.delta.type == "text_delta" and event.delta.text:
            self._said.append(event.delta.text)
        if event.delta.stop_reason == "refusal":
            raise PromptRefused("the model declined to answer")
        self._reason = event.delta.stop_reason or self._reason
