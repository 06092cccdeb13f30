"""Step 4: write the answer, and show it while it is written."""

from contextlib import aclosing
from typing import Any

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.events import Delta
from core.domain.ids import TurnId
from core.domain.understanding import Understanding
from core.ports import Live, Writer
from core.turn.decide import Rules, wants_answer


async def answer(  # noqa: PLR0913 - the step where everything meets
    turn: TurnId,
    context: TurnContext,
    understanding: Understanding,
    findings: Findings,
    writer: Writer,
    live: Live,
    rules: Rules,
) -> Draft | None:
    """The draft; None when nothing is asked, or there is too little ground to write on.

    Nothing is shown before the confidence has been weighed, so that no word has to be taken back.
    """
    if not wants_answer(context, understanding) or findings.confidence < rules.decline_below:
        return None
    draft = None
    pieces: Any = writer.write(context, understanding, findings)
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Draft):
                draft = piece
            else:
                live.tell(Delta(conversation=context.conversation.id, turn=turn, text=piece))
    return draft
