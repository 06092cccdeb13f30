"""A stand-in for a server of chat completions: the wire that OpenAI defined, with faults."""

import json
from dataclasses import dataclass

from tests.fakes import chunks
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

    def told_to(self, request: str, answer: Answer) -> list[bytes]:
        return self.events(answer)

    def events(self, answer: Answer) -> list[bytes]:
        if answer.error is not None:
            return [chunks.event({"error": answer.error})]
        begun = chunks.event(chunks.chunk({"role": "assistant", "content": ""}))
        said = [begun, *chunks.content(answer.tokens)]
        if answer.ends_after is not None:
            return said[: answer.ends_after]
        return said + chunks.end(len(answer.tokens), usage=self.usage, done=self.done)
