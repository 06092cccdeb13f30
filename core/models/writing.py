"""Writes answers with a language model, and lets out only what its sources carry."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

from core.domain.answers import Draft, Findings, Source
from core.domain.conversation import TurnContext
from core.domain.understanding import Understanding
from core.models.citations import ground
from core.models.ports import Finished, LanguageModel, Sampling
from core.models.prompt import Prompt
from core.ports import Writer

NO_ANSWER = "NO ANSWER"
Ground = Literal["passages", "none"]
"""What an answer must rest on: `none` lets the model talk freely, without sources."""

_SAMPLING = Sampling(stop=("\nCustomer:", "\nThe customer"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a model is asked."""

    prompt: Prompt
    company: str
    ground: Ground = "passages"
    sampling: Sampling = _SAMPLING


class ModelWriter(Writer):
    """Asks a model for an answer with citations and keeps the sentences that hold.

    What is shown while it is written is the model's own text; the draft at the end is the truth.
    """

    def __init__(self, model: LanguageModel, style: Style) -> None:
        self._model = model
        self._style = style

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        if self._style.ground == "passages" and not findings.passages:
            return
        prompt = self._style.prompt.filled(
            context,
            findings,
            self._model.max_prompt_tokens,
            company=self._style.company,
            language=understanding.language.label,
        )
        held: str | None = ""
        async with aclosing(self._model.stream(prompt, self._style.sampling)) as stream:
            async for piece in stream:
                if isinstance(piece, Finished):
                    if draft := self._draft(piece.text.strip(), context, findings):
                        yield draft
                elif held is None:
                    yield piece
                elif not _may_be_no_answer(held := held + piece):
                    yield held.lstrip()
                    held = None

    def _draft(self, text: str, context: TurnContext, findings: Findings) -> Draft | None:
        if not text or text.upper().startswith(NO_ANSWER):
            return None
        sources: tuple[Source, ...] = ()
        if self._style.ground == "passages":
            carried = ground(text, findings.passages, context.question)
            if carried is None:
                return None
            text, sources = carried.text, carried.sources
        return Draft(
            text=text,
            sources=sources,
            written_by=self._model.name,
            prompt_version=self._style.prompt.version,
        )


def _may_be_no_answer(text: str) -> bool:
    """Whether the text so far is, or can become, the word for not knowing: not shown then."""
    start = text.lstrip().upper()
    return start.startswith(NO_ANSWER) or NO_ANSWER.startswith(start)
