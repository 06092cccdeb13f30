"""Puts approved answers beside what search finds, and before what writers write."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from core.answers.approved import ApprovedAnswers
from core.domain.answers import Approved, Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.ids import TenantId
from core.domain.understanding import Understanding
from core.models.last_resort import opened
from core.ports import Retriever, Writer

_WORDS = re.compile(r"\S+\s*|\s+")


class ApprovedRetriever(Retriever):
    """Another retriever's findings, with the approved answer that is near, found meanwhile."""

    def __init__(self, inner: Retriever, answers: ApprovedAnswers) -> None:
        self._inner = inner
        self._answers = answers

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        looking = asyncio.create_task(self._answers.near(tenant, question, questions_before))
        try:
            findings = await self._inner.retrieve(tenant, question, questions_before)
            return replace(findings, approved=await looking)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


class ApprovedFirst(Writer):
    """Says the approved answer that wins, and lets another writer write when none does."""

    def __init__(self, inner: Writer) -> None:
        self._inner = inner

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        if findings.approved and findings.approved.wins:
            for said in _said(findings.approved):
                yield said
            return
        writing = opened(self._inner, context, understanding, findings)
        async with aclosing(writing) as pieces:
            async for piece in pieces:
                yield piece


class ApprovedAtLast(Writer):
    """Says the approved answer that is near at all, and lets another writer write without one.

    For when no model can answer.
    """

    def __init__(self, inner: Writer) -> None:
        self._inner = inner

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        if findings.approved:
            for said in _said(findings.approved):
                yield said
            return
        writing = opened(self._inner, context, understanding, findings)
        async with aclosing(writing) as pieces:
            async for piece in pieces:
                yield piece


def _said(approved: Approved) -> Sequence[str | Draft]:
    """The answer word by word, then whole.

    Without sources: it is the lead's own word, and no document that a customer could open.
    """
    draft = Draft(
        text=approved.answer,
        sources=(),
        written_by="approved",
        prompt_version="",
        path="approved",
    )
    return [*pieces_of(approved.answer), draft]


def pieces_of(text: str) -> Sequence[str]:
    """The text in words, each with the room behind it, for showing it bit by bit."""
    return _WORDS.findall(text)
