"""Faults of model servers, and what a customer sees of an answer through all of them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from core.domain.answers import Draft
from core.domain.errors import ModelUnavailable
from core.models.anthropic import VERSION
from core.models.extractive import ExtractiveWriter
from core.models.last_resort import LastResortWriter
from core.models.prompt import Prompt
from core.models.router import Policy, Router
from core.models.streaming import Deadlines, pool
from core.models.targets import Role, Target
from core.models.writing import ModelWriter, Style
from core.ports import Writer
from tests.builders import a_context, a_passage, an_understanding, findings
from tests.fakes.models import Heard, a_model, over
from tests.fakes.tgi import Answer

FACT = "Delivery to Canada takes 5 to 8 working days."
FOUND = findings(a_passage(FACT), a_passage("Returns are free within 30 days."))
QUESTION = "How long does delivery to Canada take?"
_TEXT = f"{FACT} [1]"
_NOWHERE = "http://127.0.0.1:9"
_BY_MAIN, _BY_BACKUP = "main-1", "backup-1"

Fault = Answer | Literal["not there", "full house"]
"""What a server says wrongly; or that it is not there, or takes no connection."""

BEFORE: dict[str, Fault] = {
    "killed": "not there",
    "taking no connection": "full house",
    "hung before the first token": Answer(silent=True),
    "busy, 429": Answer(status=429),
    "refused, 400": Answer(status=400),
    "refused, 422": Answer(status=422),
    "key refused, 401": Answer(status=401),
    "failing, 500": Answer(status=500),
    "proxy's page, 502": Answer(status=502, body=b"<html>Bad Gateway</html>"),
    "garbage": Answer(garbage=b"<html>What?</html>"),
    "truncated before the first word": Answer(garbage=b"data: "),
}
"""Faults before the first visible word."""
AFTER: dict[str, Answer] = {
    "hung mid-stream": Answer(text=_TEXT, hangs_after=4),
    "killed mid-stream": Answer(text=_TEXT, cut_after=4),
    "truncated stream": Answer(text=_TEXT, ends_after=4),
}


@asynccontextmanager
async def a_full_house() -> AsyncIterator[str]:
    """The address of a server that takes no connection: its queue is full and stays so."""
    with ExitStack() as closing:
        server = closing.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            guest = closing.enter_context(socket.socket())
            guest.setblocking(False)
            guest.connect_ex(server.getsockname())
        await asyncio.sleep(0)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of one pass of a turn."""

    shown: str
    answer: str
    """Empty when nobody has written to the end."""
    written_by: str
    """Empty when nobody has written to the end."""
    taken_again: bool
    """Whether the turn ended as one that its worker takes again."""
    seconds: float


@asynccontextmanager
async def a_writer(
    dialect: str, fault: Fault, *, with_backup: bool, limit_s: float = 0.3
) -> AsyncIterator[tuple[Writer, Heard]]:
    """A model with this fault, perhaps another one behind it, and extraction in the end."""
    limits = Deadlines(connect_s=limit_s, first_token_s=limit_s, between_tokens_s=limit_s)
    heard = Heard()
    async with AsyncExitStack() as closing:
        if isinstance(fault, Answer):
            faulty = a_model(dialect, fault, deadlines=limits, name=_BY_MAIN)
            model, _ = await closing.enter_async_context(faulty)
        else:
            full = fault == "full house"
            url = await closing.enter_async_context(a_full_house()) if full else _NOWHERE
            headers = VERSION if dialect == "anthropic" else {}
            session = await closing.enter_async_context(pool(limits, headers))
            model = over(dialect, url, session, limits, _BY_MAIN)
        targets = [Target(name="main", model=model)]
        if with_backup:
            well = a_model(dialect, Answer(text=_TEXT), name=_BY_BACKUP)
            backup, _ = await closing.enter_async_context(well)
            targets.append(Target(name="backup", model=backup, role=Role.BACKUP))
        router = Router(targets, Policy(observer=heard))
        style = Style(prompt=Prompt.load("answer"), company="Acme")
        first = ModelWriter(router, style)
        yield LastResortWriter(first, ExtractiveWriter()), heard


async def seen(writer: Writer) -> Seen:
    """One pass of a turn."""
    loop = asyncio.get_running_loop()
    begun, shown, answer, written_by, taken_again = loop.time(), "", "", "", False
    writing = writer.write(a_context(QUESTION), an_understanding(), FOUND)
    try:
        async with aclosing(writing) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if isinstance(piece, Draft):
                    answer, written_by = piece.text, piece.written_by
                else:
                    shown += piece
    except ModelUnavailable:
        taken_again = True
    return Seen(
        shown=shown,
        answer=answer,
        written_by=written_by,
        taken_again=taken_again,
        seconds=loop.time() - begun,
    )
