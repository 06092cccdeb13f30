"""Answers by extraction when no model has."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.errors import ModelUnavailable, PromptRefused
from core.domain.understanding import Understanding
from core.ports import Writer


class LastResortWriter(Writer):
    """Lets one writer answer, and another one when that fails before its first visible word."""

    def __init__(self, first: Writer, last: Writer) -> None:
        self._first = first
        self._last = last

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        visible = False
        try:
            async with aclosing(opened(self._first, context, understanding, findings)) as pieces:
                async for piece in pieces:
                    visible = True
                    yield piece
        except (ModelUnavailable, PromptRefused):
            if visible:
                raise
        else:
            return
        async with aclosing(opened(self._last, context, understanding, findings)) as pieces:
            async for piece in pieces:
                yield piece


def opened(
    writer: Writer, context: TurnContext, understanding: Understanding, findings: Findings
) -> AsyncGenerator[str | Draft, None]:
    """What a writer writes, as what it is: a generator that can be closed."""
    writing = writer.write(context, understanding, findings)
    return cast(AsyncGenerator[str | Draft, None], writing)
