"""An answer as chunks of a chat completion, as OpenAI defined them and TGI says them, too."""

import json
from collections.abc import Sequence
from typing import Any


def event(said: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(said, ensure_ascii=False)}\n\n".encode()


def content(tokens: Sequence[str]) -> list[bytes]:
    return [event(chunk({"role": "assistant", "content": token})) for token in tokens]


def end(tokens: int, *, usage: bool = True, done: bool = True) -> list[bytes]:
    """What follows the last word."""
    said = [event(chunk({}, "stop"))]
    if usage:
        counted = {
            "prompt_tokens": 7,
            "completion_tokens": tokens,
            "total_tokens": 7 + tokens,
        }
        said.append(event(chunk(None) | {"usage": counted}))
    return [*said, b"data: [DONE]\n\n"] if done else said


def chunk(delta: dict[str, str] | None, reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_790_000_000,
        "model": "fake-1",
        "choices": [] if delta is None else [choice],
    }
