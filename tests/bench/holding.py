"""Clients that hold widget sockets and count what comes: `python -m tests.bench.holding URL N`.

Prints `holding`; each line on the input is answered with what came since the last one, as JSON:
`deltas` and, of those that said when they left, `ms`, the time they took.
"""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

import uvloop

from tests.bench.load import Conversation, Turns

_AT_ONCE = 100
_MARK = b'"at '


@dataclass
class Heard:
    """What all sockets together have heard since it was last asked for."""

    deltas: int = 0
    ms: list[float] = field(default_factory=list)


class Held(Conversation):
    """One socket that only listens."""

    def __init__(self, host: str, turns: Turns, heard: Heard) -> None:
        super().__init__(host, turns)
        self._heard = heard

    def _take(self, opcode: int, payload: bytes) -> None:
        if not payload.startswith(b'{"type":"delta"'):
            super()._take(opcode, payload)
            return
        self._heard.deltas += 1
        at = payload.find(_MARK)
        if at > 0:
            left = int(payload[at + len(_MARK) :].split()[0])
            self._heard.ms.append((time.monotonic_ns() - left) / 1e6)


async def hold(url: str, count: int) -> None:
    """All of them, until the input ends."""
    loop = asyncio.get_running_loop()
    address, turns, heard = urlsplit(url), Turns(), Heard()
    held: list[Held] = []
    for start in range(0, count, _AT_ONCE):
        made = [
            loop.create_connection(
                lambda: Held(address.netloc, turns, heard), address.hostname, address.port
            )
            for _ in range(start, min(start + _AT_ONCE, count))
        ]
        fresh = [one for _, one in await asyncio.gather(*made)]
        await asyncio.gather(*(one.welcome for one in fresh))
        held += fresh
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print("holding", flush=True)
    while await reader.readline():
        print(json.dumps({**asdict(heard), "lost": turns.errors}), flush=True)
        heard.deltas, heard.ms = 0, []
    for one in held:
        one.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("count", type=int)
    asked = parser.parse_args()
    uvloop.run(hold(asked.url, asked.count))


if __name__ == "__main__":
    main()
