"""Step 4: write the answer, and show it while it is written."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import cast

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.understanding import Understanding
from core.ports import Writer

Show = Callable[[str], Awaitable[None]]
"""Shows a piece of the answer to whoever looks; raises when it should not be shown any more."""


async def answer(
    context: TurnContext,
    understanding: Understanding,
    findings: Findings,
    writer: Writer,
    show: Show,
) -> Draft | None:
    """The draft; None when the writer found no ground to write on.

    Raises:
        ModelUnavailable: no model answered in time.
        Outdated: what is being written is for nobody any more.
    """
    writing = writer.write(context, understanding, findings)
    async with aclosing(cast(AsyncGenerator[str | Draft, None], writing)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Draft):
                return piece
            await show(piece)
    return None
