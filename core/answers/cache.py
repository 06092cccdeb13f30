"""Says again what a model wrote for the same question, where nothing else can have been meant."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from core.answers.agree import agree, facts
from core.answers.ports import AnswerCache, Asked, Conditions, Kept
from core.answers.private import is_private
from core.answers.say import pieces_of
from core.answers.words import content, shared
from core.domain.actions import ANSWER
from core.domain.answers import Draft, Findings, Passage
from core.domain.conversation import TurnContext
from core.domain.memory import NO_MEMORY
from core.domain.understanding import Understanding
from core.models.last_resort import opened
from core.nlu.embeds import Embeds
from core.ports import Writer

_LONGEST = 400
"""Characters of a question; nobody asks a longer one twice."""
_IN_COMMON = 0.7
"""Share of common terms that two questions of doubtful likeness must have."""
LOOKED_AT = 5
"""Kept questions, nearest first, among which one that agrees is looked for."""
_BY_THE_FIRST_CHOICE = ("", "main")
"""Paths of drafts that are kept: what was written in an outage should end with it."""

Edition = Callable[[TurnContext, str], str]
"""Whatever an answer in this conversation and language depends on beside the documents: the
prompt's version, the variant of an experiment."""
Says = Callable[[str], bool]
"""Whether an earlier message of the customer says something, and is no greeting."""
Count = Callable[[str], None]
"""Hears what a look into the cache gave: `exact`, `similar` or `miss`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Cosines of two questions that have the same answer."""

    takes: float
    """From here on."""
    weighs: float
    """From here on if they share most of their words, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caching:
    """What the cache goes by."""

    likeness: Likeness
    edition: Edition
    says: Says
    count: Count


class CachingWriter(Writer):
    """Answers from the cache where it may, and keeps what another writer wrote.

    Only a question that stands alone is looked up or kept: the first one of its conversation,
    greetings aside, without anything remembered of the customer, without a sign of who they are,
    answered from the documents alone. So nothing of one customer can reach another.
    """

    def __init__(
        self, inner: Writer, cache: AnswerCache, embeds: Embeds, caching: Caching
    ) -> None:
        self._inner = inner
        self._cache = cache
        self._embeds = embeds
        self._caching = caching

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        asked = self._asked(context, understanding, findings)
        if asked is not None:
            kept, asked = await self._find(asked)
            if kept is not None:
                for word in pieces_of(kept.draft.text):
                    yield word
                yield kept.draft
                return
        async with aclosing(opened(self._inner, context, understanding, findings)) as pieces:
            async for piece in pieces:
                if asked is not None and isinstance(piece, Draft) and _is_worth(piece):
                    await self._cache.keep(asked, piece)
                yield piece

    def _asked(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> Asked | None:
        """The question, as far as it may have been asked before; None if it stands not alone."""
        question = context.question.strip()
        alone = (
            len(context.waiting) == 1
            and 0 < len(question) <= _LONGEST
            and not any(self._caching.says(text) for text in context.questions_before)
            and context.memory == NO_MEMORY
            and understanding.does == ANSWER
            and bool(findings.passages)
            and all(_was_searched(passage) for passage in findings.passages)
            and not is_private(question)
        )
        if not alone:
            return None
        language = understanding.language.label
        conditions = Conditions(
            tenant=context.conversation.tenant,
            knowledge=findings.knowledge_version,
            edition=self._caching.edition(context, language),
            language=language,
        )
        return Asked(
            conditions=conditions,
            question=question,
            conversation=context.conversation.id,
            seq=context.waiting[0].seq,
        )

    async def _find(self, asked: Asked) -> tuple[Kept | None, Asked]:
        """The answer to the same question, or to one like it; and the question with its vector."""
        kept, by = await self._cache.same(asked), "exact"
        if kept is None:
            asked = replace(asked, vector=(await self._embeds.embed([asked.question]))[0])
            kept, by = await self._alike(asked), "similar"
        if kept is not None:
            await self._cache.used(asked, kept.id)
        self._caching.count("miss" if kept is None else by)
        return kept, asked

    async def _alike(self, asked: Asked) -> Kept | None:
        likeness = self._caching.likeness
        near = await self._cache.alike(asked, likeness.weighs, LOOKED_AT)
        return choose(asked.question, near, likeness)


def choose(question: str, near: Sequence[Kept], likeness: Likeness) -> Kept | None:
    """Of kept questions, nearest first and none too far, the first that has the same answer."""
    if not near:
        return None
    own, words = facts(question), content(question)
    for kept in near:
        common = shared(words, content(kept.question))
        near_enough = kept.cosine >= likeness.takes or common >= _IN_COMMON
        if near_enough and agree(own, facts(kept.question)):
            return kept
    return None


def _was_searched(passage: Passage) -> bool:
    """Whether it is of the documents: what tools and hooks bring along is this customer's."""
    return "bm25" in passage.parts


def _is_worth(draft: Draft) -> bool:
    """Whether a model of the first choice wrote it to the end, and documents carry it."""
    return (
        bool(draft.sources)
        and not draft.cut
        and draft.path in _BY_THE_FIRST_CHOICE
        and draft.written_by != "extract"
    )
