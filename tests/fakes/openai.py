"""A stand-in for a server of chat completions: the wire that OpenAI defined, with faults."""

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.tgi import Answer, FakeTgi

TOO_LONG = json.dumps(
    {
        "error": {
            "message": "This model's maximum context length is 4096 tokens. However, ...",
            "type": "invalid_request_error",
            "param": "messages",
            "code": "context_length_exceeded",
        }
    }
).encode()


@dataclass(slots=True)
class FakeOpenAi(FakeTgi):
    """Says the answers as `chat.completion.chunk`s."""

    usage: bool = True
    """Whether the last chunk counts the tokens, as it was asked to."""
    done: bool = True
    """Whether `[DONE]` follows."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def is_prompt(self, request: str) -> bool:
        return request.startswith(("POST /v1/chat/completions ", "POST /v1/chat/completions?"))

    def events(self, answer: Answer) -> list[bytes]:
        if answer.error is not None:
            return [_event({"error": answer.error})]
        said = [_event(_chunk({"role": "assistant", "content": ""}))]
        said += [_event(_chunk({"content": token})) for token in answer.tokens]
        if answer.ends_after is not None:
            return said[: answer.ends_after]
        said.append(_event(_chunk({}, "stop")))
        if self.usage:
            tokens = len(answer.tokens)
            counted = {
                "prompt_tokens": 7,
                "completion_tokens": tokens,
                "total_tokens": 7 + tokens,
            }
            said.append(_event(_chunk(None) | {"usage": counted}))
        return [*said, b"data: [DONE]\n\n"] if self.done else said


def _chunk(delta: dict[str, str] | None, reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": "fake-1",
        "choices": [] if delta is None else [choice],
    }


def _event(said: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(said, ensure_ascii=False)}\n\n".encode()
