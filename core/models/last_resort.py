"""Answers by extraction when no model has."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import cast

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.errors import ModelUnavailable, PromptRefused
from core.domain.understanding import Understanding
from core.ports import Writer

Count = Callable[[str], None]
"""Hears who wrote an answer: `model` or `last_resort`."""


class LastResortWriter(Writer):
    """Lets one writer answer, and another one when that fails before its first visible word."""

    def __init__(self, first: Writer, last: Writer, count: Count) -> None:
        self._first = first
        self._last = last
        self._count = count

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        visible = False
        try:
            async with aclosing(_open(self._first, context, understanding, findings)) as pieces:
                async for piece in pieces:
                    visible = True
                    if isinstance(piece, Draft):
                        self._count("model")
                    yield piece
        except (ModelUnavailable, PromptRefused):
            if visible:
                raise
        else:
            return
        async with aclosing(_open(self._last, context, understanding, findings)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Draft):
                    self._count("last_resort")
                yield piece


def _open(
    writer: Writer, context: TurnContext, understanding: Understanding, findings: Findings
) -> AsyncGenerator[str | Draft, None]:
    writing = writer.write(context, understanding, findings)
    return cast(AsyncGenerator[str | Draft, None], writing)
