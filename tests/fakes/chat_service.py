"""A service that speaks the widget socket's protocol on loopback, and can be restarted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from websockets.asyncio.server import Server, ServerConnection, serve

from channels.web.protocol import (
    AcceptedFrame,
    DeltaFrame,
    Hello,
    MessageFrame,
    Rate,
    Rated,
    Say,
    ServerFrame,
    SourceFrame,
    Welcome,
    decode_client,
    encode,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class FakeChatService:
    """Answers everything with "You said: ..."; keeps what it was told."""

    def __init__(self) -> None:
        self.hellos: list[Hello] = []
        self.said: list[str] = []
        self.rated: list[Rate] = []
        self.transcript: list[ServerFrame] = []
        self.drops = 0
        """So many things said are stored, and the connection is cut before they are accepted."""
        self.url = ""
        self._ids: dict[str, int] = {}
        self._conversation = uuid4()
        self._server: Server | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FakeChatService"]:
        """On a free port, until the end."""
        async with serve(self._serve, "127.0.0.1", 0, subprotocols=["chat.v1"]) as server:  # type: ignore[list-item]
            port = next(iter(server.sockets)).getsockname()[1]
            self.url = f"http://127.0.0.1:{port}"
            yield self

    async def _serve(self, socket: ServerConnection) -> None:
        hello = decode_client(str(await socket.recv()))
        assert isinstance(hello, Hello)
        self.hellos.append(hello)
        await self._send(
            socket, Welcome(conversation=self._conversation, token="t", seq=len(self.transcript))
        )
        for frame in self.transcript[hello.since or 0 :]:
            await self._send(socket, frame)
        async for raw in socket:
            match decode_client(str(raw)):
                case Say(client_id=client_id, text=text):
                    await self._said(socket, client_id, text)
                case Rate() as rate:
                    self.rated.append(rate)
                    await self._send(socket, Rated(turn=rate.turn, thumb=rate.thumb))

    async def _said(self, socket: ServerConnection, client_id: str, text: str) -> None:
        fresh = client_id not in self._ids
        if fresh:
            self.said.append(text)
            self._ids[client_id] = len(self.transcript) + 1
            self.transcript += self._pair(text)
        if self.drops:
            self.drops -= 1
            await socket.close()
            return
        seq = self._ids[client_id]
        await self._send(socket, AcceptedFrame(client_id=client_id, seq=seq))
        if fresh:
            answer: Any = self.transcript[seq]
            await self._send(socket, DeltaFrame(turn=answer.turn, text="You said: "))
            await self._send(socket, answer)

    def _pair(self, text: str) -> list[ServerFrame]:
        seq = len(self.transcript) + 1
        source = SourceFrame(title="Manual", uri="manual.md", quote="So it is.", score=0.9)
        question = _message(seq, "customer", text, None, ())
        return [question, _message(seq + 1, "bot", f"You said: {text} [1]", uuid4(), (source,))]

    async def _send(self, socket: ServerConnection, frame: ServerFrame) -> None:
        await socket.send(encode(frame))


def _message(
    seq: int, author: Any, text: str, turn: UUID | None, sources: tuple[SourceFrame, ...]
) -> MessageFrame:
    return MessageFrame(
        seq=seq, author=author, text=text, html="", at=NOON, sources=sources, turn=turn
    )
