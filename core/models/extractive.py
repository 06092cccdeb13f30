"""Writes answers without a language model: by selection, never a word of its own."""

import re
from collections.abc import AsyncIterator

from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.understanding import Understanding
from core.models.extract import extract
from core.ports import Writer

_PIECES = re.compile(r".*?(?:[.!?。！？；\]](?=\s)\s*|\n+|$)", re.DOTALL)


class ExtractiveWriter(Writer):
    """Answers with the best-supported sentences of the passages, each with its citation."""

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        draft = extract(context.question, context.questions_before, findings)
        if draft is None:
            return
        for piece in _PIECES.findall(draft.text):
            if piece:
                yield piece
        yield draft
