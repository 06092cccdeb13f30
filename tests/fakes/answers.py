"""What a fake model server says to one prompt, and how it says that as TGI."""

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes import chunks


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says to one prompt, and what goes wrong with it."""

    text: str = "It takes three days. [1]"
    pieces: tuple[str, ...] = ()
    """The tokens of the text; empty cuts it at its spaces."""
    first_s: float = 0.0
    """Before the first token."""
    gap_s: float = 0.0
    """Between tokens."""
    status: int = 200
    body: bytes = b""
    """Sent when the status is not 200."""
    error: dict[str, str] | None = None
    """Sent as the first event, with status 200."""
    cut_after: int | None = None
    """Tokens after which the connection is closed, without a last event."""
    ends_after: int | None = None
    """Tokens after which the stream ends properly, but without a last event."""
    split_bytes: bool = False
    """Every byte of the events in a packet of its own."""
    keep_alives: bool = False
    """A comment line before every event."""
    silent: bool = False
    """Nothing is ever sent after the headers."""
    hangs_after: int | None = None
    """Events after which nothing more comes, and nothing ends."""
    spaced: bool = False
    """`data: {` instead of `data:{`."""
    garbage: bytes = b""
    """Sent in the place of events."""
    retry_after: str = ""
    """A header of an answer whose status is not 200."""

    @property
    def hangs_at(self) -> int | None:
        return 0 if self.silent else self.hangs_after

    @property
    def tokens(self) -> list[str]:
        if self.pieces:
            return list(self.pieces)
        words = self.text.split(" ")
        return [word if at == 0 else f" {word}" for at, word in enumerate(words)]


def events_of(answer: Answer) -> list[bytes]:
    if answer.error is not None:
        return [_event(answer.error, answer)]
    tokens = answer.tokens
    events = []
    for at, token in enumerate(tokens):
        last = at == len(tokens) - 1
        said: dict[str, Any] = {
            "index": at + 1,
            "token": {"id": at, "text": token, "logprob": -0.5, "special": False},
            "generated_text": answer.text if last else None,
            "details": None,
        }
        if last:
            said["details"] = {
                "finish_reason": "eos_token",
                "generated_tokens": len(tokens),
                "seed": None,
                "input_length": 10,
            }
        events.append(_event(said, answer))
    return events if answer.ends_after is None else events[: answer.ends_after]


def chat_events(answer: Answer) -> list[bytes]:
    if answer.error is not None:
        message = answer.error.get("error", "")
        error = chunks.event({"error": {"message": message, "http_status_code": 422}})
        return [error, b"data: [DONE]\n\n"]
    said = chunks.content(answer.tokens)
    if answer.ends_after is not None:
        return said[: answer.ends_after]
    return said + chunks.end(len(answer.tokens))


def _event(said: dict[str, Any], answer: Answer) -> bytes:
    text = json.dumps(said, ensure_ascii=False)
    return f"data:{' ' if answer.spaced else ''}{text}\n\n".encode()
