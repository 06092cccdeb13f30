"""A customer with a bad line: says things over the widget socket, whatever happens to it."""

import asyncio
import json
import random

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.chaos.history import Said, Shown, Talk

_LOST_LINE = (OSError, WebSocketException, TimeoutError, EOFError)


class Customer:
    """Says `texts` in order, in bursts of up to three, until each is accepted.

    As a careful client does: what was not accepted is said again with the same client id after
    a reconnect, and reading goes on behind the last message it was shown.
    """

    def __init__(self, url: str, texts: list[str], dice: random.Random) -> None:
        self.talk = Talk("")
        self._url = url.replace("http", "ws", 1) + "/ws"
        self._unsaid = list(enumerate(texts))
        self._accepted: dict[str, int] = {}
        self._texts = {str(n): text for n, text in self._unsaid}
        self._dice = dice
        self._token = ""
        self._seen = 0

    @property
    def done(self) -> bool:
        """Everything was said and accepted."""
        return len(self._accepted) == len(self._texts)

    async def talk_until_accepted(self) -> None:
        """Come back after every lost line until all has been accepted."""
        while not self.done:
            try:
                async with asyncio.timeout(20), connect(self._url, open_timeout=5) as line:
                    await self._hello(line)
                    await self._say_everything(line)
            except _LOST_LINE:
                await asyncio.sleep(self._dice.uniform(0.05, 0.3))
        self.talk.said = [
            Said(client_id, text, self._accepted.get(client_id))
            for client_id, text in self._texts.items()
        ]

    async def read_transcript(self, patience_s: float) -> None:
        """Read on until `patience_s` brought nothing new, then all of it once more, afresh."""
        for since, into in ((self._seen, self.talk.shown), (0, self.talk.transcript)):
            self._seen = since
            async with connect(self._url, open_timeout=5) as line:
                await self._hello(line)
                while frame := await _next(line, patience_s):
                    self._take(frame, into)

    async def _hello(self, line: ClientConnection) -> None:
        hello: dict[str, object] = {"type": "hello", "since": self._seen}
        if self._token:
            hello |= {"token": self._token, "conversation": self.talk.conversation}
        await line.send(json.dumps(hello))
        welcome = json.loads(await line.recv())
        assert welcome["type"] == "welcome", welcome
        self._token, self.talk.conversation = welcome["token"], welcome["conversation"]

    async def _say_everything(self, line: ClientConnection) -> None:
        waiting = [client_id for client_id in self._texts if client_id not in self._accepted]
        while waiting:
            burst, waiting = _split(waiting, self._dice.randint(1, 3))
            for client_id in burst:
                say = {"type": "say", "client_id": client_id, "text": self._texts[client_id]}
                await line.send(json.dumps(say))
            while any(client_id not in self._accepted for client_id in burst):
                self._take(json.loads(await line.recv()), self.talk.shown)

    def _take(self, frame: dict[str, object], into: list[Shown]) -> None:
        match frame:
            case {"type": "accepted", "client_id": str(client_id), "seq": int(seq)}:
                self._accepted[client_id] = seq
            case {"type": "message", "seq": int(seq), "author": str(author), "text": str(text)}:
                self._seen = max(self._seen, seq)
                turn = frame.get("turn")
                into.append(Shown(seq, author, text, str(turn) if turn else None))
            case {"type": "error", "code": "slow_down" | "unavailable"}:
                raise TimeoutError


def _split(items: list[str], n: int) -> tuple[list[str], list[str]]:
    return items[:n], items[n:]


async def _next(line: ClientConnection, patience_s: float) -> dict[str, object] | None:
    try:
        async with asyncio.timeout(patience_s):
            return dict(json.loads(await line.recv()))
    except TimeoutError:
        return None
