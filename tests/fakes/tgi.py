"""A stand-in for Text Generation Inference: its wire, scripted, recording, with faults.

A bare asyncio protocol, so that it costs next to nothing beside what is measured against it.
Run as a program it says the same for ever: `python -m tests.fakes.tgi PORT [--tokens N]`.
"""

import argparse
import asyncio
import contextlib
import json
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from tests.fakes.answers import Answer, chat_events, events_of

INFO = {
    "model_id": "fake/tiny",
    "version": "3.3.6",
    "max_input_tokens": 1000,
    "max_total_tokens": 2000,
    "max_concurrent_requests": 128,
    "max_stop_sequences": 4,
    "max_best_of": 2,
}
_CHAT = "POST /v1/chat/completions "
OVERLOADED = {"error": "Model is overloaded", "error_type": "overloaded"}
VALIDATION = {
    "error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2000",
    "error_type": "validation",
}


@dataclass(slots=True)
class FakeTgi:
    """The server. `answers` are given in order, the last one for ever; `prompts` are recorded."""

    answers: Sequence[Answer] = (Answer(),)
    key: str = ""
    template: Literal["whole", "no system", "none"] = "whole"
    """What the model's own template bears."""
    prompts: list[dict[str, Any]] = field(default_factory=list)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client went away before its answer was whole."""
    prompted: asyncio.Event = field(default_factory=asyncio.Event)
    told: int = 0
    """Tokens that left the server."""
    told_in_vain: int = 0
    """Those of answers whose client went away before they were whole."""
    connections: int = 0
    port: int = 0
    open: set[asyncio.Transport] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    """The first lines of what brought the prompts."""
    _script: deque[Answer] = field(default_factory=deque)
    _instants: dict[tuple[str, str], bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator[Self]:
        self._script = deque(self.answers)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for connection in list(self.open):
                connection.abort()
            await server.wait_closed()

    async def until_prompted(self, times: int) -> None:
        async with asyncio.timeout(20):
            while len(self.prompts) < times:
                self.prompted.clear()
                await self.prompted.wait()

    def info_body(self) -> dict[str, Any]:
        return INFO

    def is_prompt(self, request: str) -> bool:
        return request.startswith(("POST /generate_stream ", "POST / ", _CHAT))

    def refused(self, request: str, asked: dict[str, Any]) -> bytes | None:
        """What is said to a talk that the model's template cannot bear, with status 422."""
        if not request.startswith(_CHAT) or self.template == "whole":
            return None
        roles = {said["role"] for said in asked["messages"]}
        if self.template == "no system" and "system" not in roles:
            return None
        error = {"error": "Template error: no", "error_type": "template_error"}
        return json.dumps(error).encode()

    def permits(self, headers: dict[str, str]) -> bool:
        return not self.key or headers.get("authorization") == f"Bearer {self.key}"

    def instant(self, answer: Answer, request: str) -> bytes:
        """The whole stream of an answer that has no fault and takes no time."""
        known = answer.text, request
        if known not in self._instants:
            whole = b"".join(_chunk(event) for event in self.told_to(request, answer))
            self._instants[known] = whole + b"0\r\n\r\n"
        return self._instants[known]

    def told_to(self, request: str, answer: Answer) -> list[bytes]:
        return chat_events(answer) if request.startswith(_CHAT) else self.events(answer)

    def events(self, answer: Answer) -> list[bytes]:
        return events_of(answer)

    def next_answer(self) -> Answer:
        return self._script.popleft() if len(self._script) > 1 else self._script[0]


class _Connection(asyncio.Protocol):
    def __init__(self, server: FakeTgi) -> None:
        self._server = server
        self._received = b""
        self._telling: asyncio.Task[None] | None = None
        self._told = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections += 1
        self._server.open.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        assert self._transport is not None
        self._server.open.discard(self._transport)
        if self._telling and not self._telling.done():
            self._telling.cancel()
            self._server.cancelled.set()
            self._server.told_in_vain += self._told

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, complete, body = self._received.partition(b"\r\n\r\n")
        if not complete:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
        length = int(headers.get("content-length", 0))
        if len(body) < length:
            return
        self._received = body[length:]
        self._respond(lines[0], headers, body[:length])

    def _respond(self, request: str, headers: dict[str, str], body: bytes) -> None:
        if not self._server.permits(headers):
            self._whole(401, b"")
        elif request.startswith("GET /info "):
            self._whole(200, json.dumps(self._server.info_body()).encode())
        elif self._server.is_prompt(request):
            self._server.requests.append(request)
            asked = json.loads(body)
            if refused := self._server.refused(request, asked):
                self._whole(422, refused)
                return
            self._server.prompts.append(asked)
            self._server.prompted.set()
            answer = self._server.next_answer()
            if answer.status != 200:
                self._whole(answer.status, answer.body, answer.retry_after)
            elif answer == Answer(text=answer.text):
                self._write(_HEAD + self._server.instant(answer, request))
            else:
                self._telling = asyncio.get_running_loop().create_task(self._tell(answer, request))
        else:
            self._whole(404, b"")

    def _whole(self, status: int, body: bytes, retry_after: str = "") -> None:
        head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(body)}\r\n"
        head += f"retry-after: {retry_after}\r\n\r\n" if retry_after else "\r\n"
        self._write(head.encode() + body)

    def _write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)

    async def _tell(self, answer: Answer, request: str) -> None:
        self._write(_HEAD)
        self._told = 0
        assert self._transport is not None
        if answer.first_s:
            await asyncio.sleep(answer.first_s)
        garbage = [answer.garbage] if answer.garbage else None
        events = garbage or self._server.told_to(request, answer)
        for at, event in enumerate(events):
            if at == answer.cut_after:
                self._transport.abort()
                return
            if at == answer.hangs_at:
                await asyncio.Event().wait()
            if answer.keep_alives:
                self._write(_chunk(b":\n\n"))
            self._told += 1
            self._server.told += 1
            for piece in _pieces(event, answer):
                self._write(_chunk(piece))
                await asyncio.sleep(0)
            if answer.gap_s:
                await asyncio.sleep(answer.gap_s)
        self._write(b"0\r\n\r\n")


_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    b"cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _pieces(event: bytes, answer: Answer) -> list[bytes]:
    return [event[at : at + 1] for at in range(len(event))] if answer.split_bytes else [event]


async def _serve_for_ever(asked: argparse.Namespace) -> None:
    text = asked.text or " ".join(["word"] * (asked.tokens - 1)) + " end."
    fake = FakeTgi(answers=(Answer(text=text, gap_s=asked.gap_ms / 1000),))
    async with fake.serve(asked.port):
        print(fake.url, flush=True)
        while True:
            await asyncio.sleep(1)
            fake.prompts.clear()


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--tokens", type=int, default=20)
    parser.add_argument("--gap-ms", type=float, default=0.0)
    parser.add_argument("--text", default="")
    asyncio.run(_serve_for_ever(parser.parse_args()))


if __name__ == "__main__":
    _main()
