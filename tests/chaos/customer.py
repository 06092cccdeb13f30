"""A customer with a bad line: says things over the widget socket, whatever happens to it."""

import asyncio
import json
import random

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.chaos.history import Said, Shown, Talk
from tests.chaos.timing import Heard, Pace

_LOST_LINE = (OSError, WebSocketException, TimeoutError, EOFError)
_PATIENCE_S = 20


class Customer:
    """Says `texts` in order, in bursts of up to three, until each is accepted.

    As a careful client does: what was not accepted is said again with the same client id after
    a reconnect, and reading goes on behind the last message it was shown.
    """

    def __init__(self, url: str, texts: list[str], pace: Pace, dice: random.Random) -> None:
        self.talk = Talk("")
        self.heard = Heard()
        self._url = url.replace("http", "ws", 1) + "/ws"
        self._accepted: dict[str, int] = {}
        self._texts = {str(n): text for n, text in enumerate(texts)}
        self._pace = pace
        self._dice = dice
        self._token = ""
        self._seen = 0

    async def talk_until_accepted(self) -> None:
        """Come back after every lost line until all has been accepted."""
        while self._unsaid():
            try:
                async with connect(self._url, open_timeout=5, close_timeout=1) as line:
                    await self._hello(line)
                    await self._say_everything(line)
            except _LOST_LINE:
                await asyncio.sleep(self._dice.uniform(0.05, 0.3))
        self.talk.said = [
            Said(client_id, text, self._accepted.get(client_id))
            for client_id, text in self._texts.items()
        ]

    async def read_transcript(self, patience_s: float) -> None:
        """Read on to the end and until `patience_s` brought nothing new; then all of it afresh."""
        for since, into in ((self._seen, self.talk.shown), (0, self.talk.transcript)):
            self._seen = since
            async with connect(self._url, open_timeout=_PATIENCE_S) as line:
                last = await self._hello(line)
                while frame := await _next(line, _PATIENCE_S if self._seen < last else patience_s):
                    self._take(frame, into)

    def _unsaid(self) -> list[str]:
        return [client_id for client_id in self._texts if client_id not in self._accepted]

    async def _hello(self, line: ClientConnection) -> int:
        """Be welcome; the number of the last message there is."""
        hello: dict[str, object] = {"type": "hello", "since": self._seen}
        if self._token:
            hello |= {"token": self._token, "conversation": self.talk.conversation}
        await line.send(json.dumps(hello))
        async with asyncio.timeout(_PATIENCE_S):
            welcome = json.loads(await line.recv())
        if welcome["type"] == "restart" or welcome.get("code") == "unavailable":
            raise TimeoutError
        assert welcome["type"] == "welcome", welcome
        self._token, self.talk.conversation = welcome["token"], welcome["conversation"]
        return int(welcome["seq"])

    async def _say_everything(self, line: ClientConnection) -> None:
        while waiting := self._unsaid():
            burst = waiting[: self._dice.randint(1, 3)]
            for client_id in burst:
                self.heard.says(client_id)
                say = {"type": "say", "client_id": client_id, "text": self._texts[client_id]}
                await line.send(json.dumps(say))
            async with asyncio.timeout(_PATIENCE_S):
                while any(client_id not in self._accepted for client_id in burst):
                    self._take(json.loads(await line.recv()), self.talk.shown)
            if self._dice.random() < self._pace.hangs_up:
                line.transport.abort()
            await self._listen(line, self._dice.uniform(0, 2 * self._pace.think_s))

    async def _listen(self, line: ClientConnection, seconds: float) -> None:
        """Think, and take what comes meanwhile."""
        until = asyncio.get_running_loop().time() + seconds
        while (left := until - asyncio.get_running_loop().time()) > 0:
            if frame := await _next(line, left):
                self._take(frame, self.talk.shown)

    def _take(self, frame: dict[str, object], into: list[Shown]) -> None:
        match frame:
            case {"type": "accepted", "client_id": str(client_id), "seq": int(seq)}:
                self._accepted[client_id] = seq
                self.heard.accepted(client_id, seq)
            case {"type": "message", "seq": int(seq), "author": str(author), "text": str(text)}:
                self._seen = max(self._seen, seq)
                turn = frame.get("turn")
                into.append(Shown(seq, author, text, str(turn) if turn else None))
                if self._unsaid():
                    self.heard.shown(seq)
            case {"type": "typing"}:
                self.heard.typing()
            case {"type": "error", "code": "slow_down" | "unavailable"}:
                raise TimeoutError


async def _next(line: ClientConnection, patience_s: float) -> dict[str, object] | None:
    try:
        async with asyncio.timeout(patience_s):
            return dict(json.loads(await line.recv()))
    except TimeoutError:
        return None
