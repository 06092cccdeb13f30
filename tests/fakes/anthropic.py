"""A stand-in for Anthropic's Messages API: its wire, with faults."""

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.tgi import Answer, FakeTgi


def refused(kind: str, message: str = "no") -> bytes:
    error = {"type": kind, "message": message}
    return json.dumps({"type": "error", "error": error, "request_id": "req_1"}).encode()


@dataclass(slots=True)
class FakeAnthropic(FakeTgi):
    """Says the answers as the events of one message."""

    pings: bool = False
    """Whether a ping stands before every event."""
    stop_reason: str = "end_turn"

    def is_prompt(self, request: str) -> bool:
        return request.startswith("POST /v1/messages ")

    def permits(self, headers: dict[str, str]) -> bool:
        keyed = not self.key or headers.get("authorization") == f"Bearer {self.key}"
        return keyed and headers.get("anthropic-version") == "2026-10-21"

    def events(self, answer: Answer) -> list[bytes]:
        if answer.error is not None:
            return [_event({"type": "error", "error": answer.error})]
        message = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "content": [],
            "model": "fake-claude",
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 7, "output_tokens": 1},
        }
        block = {"type": "text", "text": ""}
        said: list[dict[str, Any]] = [
            {"type": "message_start", "message": message},
            {"type": "content_block_start", "index": 0, "content_block": block},
        ]
        for token in answer.tokens:
            delta = {"type": "text_delta", "text": token}
            said.append({"type": "content_block_delta", "index": 0, "delta": delta})
        if answer.ends_after is None:
            stopped = {"stop_reason": self.stop_reason, "stop_sequence": None}
            usage = {"output_tokens": len(answer.tokens)}
            said += [
                {"type": "content_block_stop", "index": 0},
                {"type": "message_delta", "delta": stopped, "usage": usage},
                {"type": "message_stop"},
            ]
        else:
            said = said[: answer.ends_after + 2]
        if self.pings:
            said = [event for each in said for event in ({"type": "ping"}, each)]
        return [_event(event) for event in said]


def _event(said: dict[str, Any]) -> bytes:
    return f"event: {said['type']}\ndata: {json.dumps(said, ensure_ascii=False)}\n\n".encode()
