"""Writes answers with a language model, and lets out only what its sources carry."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal

from core.domain.answers import Draft, Findings, Source
from core.domain.conversation import TurnContext
from core.domain.errors import PromptTooLong
from core.domain.understanding import Understanding
from core.models.citations import ground
from core.models.ports import Finished, LanguageModel, Sampling
from core.models.prompt import Prompt
from core.ports import Writer

NO_ANSWER = "NO ANSWER"
Ground = Literal["passages", "none"]
"""What an answer must rest on: `none` lets the model talk freely, without sources."""

_SHORTER = 0.7
"""Of the budget, for a second prompt when the first one was too long."""
_SAMPLING = Sampling(stop=("\nCustomer:", "\nThe customer"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a model is asked."""

    prompt: Prompt
    company: str
    ground: Ground = "passages"
    sampling: Sampling = _SAMPLING
    turn_s: float = 45
    """From the first question to a model to the last word of its answer."""


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

        def prompt(budget: int) -> str:
            language = understanding.language.label
            fixed = {"company": self._style.company, "language": language}
            return self._style.prompt.filled(context, findings, budget, **fixed)

        held: str | None = ""
        async with aclosing(self._said(prompt)) as stream:
            async for piece in stream:
                if isinstance(piece, Finished):
                    if draft := self._draft(piece, context, findings):
                        yield draft
                elif held is None:
                    yield piece
                elif not _may_be_no_answer(held := held + piece):
                    yield held.lstrip()
                    held = None

    async def _said(self, prompt: Callable[[int], str]) -> AsyncGenerator[str | Finished, None]:
        """What the model says to the prompt, or to a shorter one, once, when that was too long."""
        until = asyncio.get_running_loop().time() + self._style.turn_s
        sampling = replace(self._style.sampling, until=until)
        budget = self._model.max_prompt_tokens
        try:
            async with aclosing(self._model.stream(prompt(budget), sampling)) as stream:
                async for piece in stream:
                    yield piece
                return
        except PromptTooLong as long:
            budget = min(long.most_tokens or budget, int(_SHORTER * budget))
        async with aclosing(self._model.stream(prompt(budget), sampling)) as stream:
            async for piece in stream:
                yield piece

    def _draft(self, said: Finished, context: TurnContext, findings: Findings) -> Draft | None:
        text = said.text.strip()
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
            written_by=said.written_by or self._model.name,
            prompt_version=self._style.prompt.version,
        )


def _may_be_no_answer(text: str) -> bool:
    """Whether the text so far is, or can become, the word for not knowing: not shown then."""
    start = text.lstrip().upper()
    return start.startswith(NO_ANSWER) or NO_ANSWER.startswith(start)
