"""A lean load client of the widget socket, in a process of its own.

`python -m tests.bench.load URL CONVERSATIONS SECONDS` talks in so many conversations at once, each
saying the next thing when it has the answer to the last, and prints one line of JSON. A bare
asyncio protocol: what is measured should be the server.
"""

import argparse
import asyncio
import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec
import uvloop

QUESTIONS = (
    "How long does standard delivery to Canada take?",
    "What does express delivery to Canada cost?",
    "Can I return a tent that I have used?",
    "How do I cancel an order?",
    "Which payment methods do you accept?",
    "What does a gift card cost to send?",
    "How many points do I get for a review?",
    "Where can I pick up my order?",
)
_WARM_S = 1.5
_LOOK_S = 0.3
"""Nothing ends for so long, so that whoever reads the CPU times finds everybody alive."""
_PING, _TEXT = 0x9, 0x1


class _Frame(msgspec.Struct):
    type: str
    author: str = ""
    seq: int = 0


_decode = msgspec.json.Decoder(_Frame).decode


@dataclass(slots=True)
class Turns:
    """What was measured, in seconds since the message was sent."""

    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    errors: int = 0
    counting: bool = False


class Conversation(asyncio.Protocol):
    """One socket: says, hears, says again."""

    def __init__(self, host: str, turns: Turns) -> None:
        self._host = host
        self._turns = turns
        self._received = b""
        self._open = False
        self._said = 0
        self._sent_at = 0.0
        self._first = 0.0
        self._transport: Any = None
        self.welcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.stopping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self._transport.write(
            f"GET /ws HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat.v1\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._open:
            _, ended, rest = self._received.partition(b"\r\n\r\n")
            if not ended:
                return
            self._open, self._received = True, rest
            self._send({"type": "hello"})
        while (frame := self._next_frame()) is not None:
            self._take(*frame)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.stopping:
            self._turns.errors += 1
        if not self.welcome.done():
            self.welcome.set_exception(ConnectionError("closed before the welcome"))

    def say(self) -> None:
        """The next question."""
        text = QUESTIONS[self._said % len(QUESTIONS)]
        self._said += 1
        self._first = 0.0
        self._sent_at = time.perf_counter()
        self._send({"type": "say", "client_id": f"c{self._said}", "text": text})

    def close(self) -> None:
        self.stopping = True
        self._transport.abort()

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._write(0xA, payload)
            return
        if opcode != _TEXT:
            return
        frame = _decode(payload)
        if frame.type == "welcome":
            self.welcome.set_result(None)
        elif frame.type == "delta":
            self._first = self._first or time.perf_counter()
        elif frame.type == "message" and frame.author == "bot":
            self._finish(time.perf_counter())
        elif frame.type == "error":
            self._turns.errors += 1

    def _finish(self, now: float) -> None:
        if self._turns.counting:
            self._turns.first.append((self._first or now) - self._sent_at)
            self._turns.whole.append(now - self._sent_at)
        if not self.stopping:
            self.say()

    def _next_frame(self) -> tuple[int, bytes] | None:
        data = self._received
        if len(data) < 2:
            return None
        size, start = data[1] & 0x7F, 2
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(data) < 2 + width:
                return None
            size, start = int.from_bytes(data[2 : 2 + width], "big"), 2 + width
        if len(data) < start + size:
            return None
        self._received = data[start + size :]
        return data[0] & 0x0F, data[start : start + size]

    def _send(self, frame: dict[str, str]) -> None:
        self._write(_TEXT, json.dumps(frame).encode())

    def _write(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        head = bytes([0x80 | opcode])
        head += bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2, "big")
        self._transport.write(head + b"\0\0\0\0" + payload)  # a mask of zeros changes nothing


async def run(url: str, conversations: int, seconds: float) -> dict[str, float]:
    """Talk, and what was measured after the warm-up."""
    loop = asyncio.get_running_loop()
    address = urlsplit(url)
    turns = Turns()
    talking: list[Conversation] = []
    for _ in range(conversations):
        _, one = await loop.create_connection(
            lambda: Conversation(address.netloc, turns), address.hostname, address.port
        )
        talking.append(one)
    await asyncio.gather(*(one.welcome for one in talking))
    for one in talking:
        one.say()
    await asyncio.sleep(_WARM_S)
    print("counting", flush=True)
    turns.counting = True
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    turns.counting = False
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print("counted", flush=True)
    await asyncio.sleep(_LOOK_S)
    for one in talking:
        one.close()
    return {
        "turns": len(turns.whole),
        "seconds": took,
        "per_second": len(turns.whole) / took,
        "first_p50_ms": percentile(turns.first, 50),
        "first_p99_ms": percentile(turns.first, 99),
        "whole_p50_ms": percentile(turns.whole, 50),
        "whole_p99_ms": percentile(turns.whole, 99),
        "errors": turns.errors,
        "client_cpu_ms_per_turn": cpu * 1000 / max(len(turns.whole), 1),
    }


def percentile(values: list[float], per_cent: float) -> float:
    """In milliseconds; 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return 1000 * ordered[min(int(len(ordered) * per_cent / 100), len(ordered) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("conversations", type=int)
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    print(json.dumps(uvloop.run(run(asked.url, asked.conversations, asked.seconds))), flush=True)


if __name__ == "__main__":
    main()
