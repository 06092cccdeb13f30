"""Step 3: which passages of the tenant's documents may answer?"""

import asyncio
from dataclasses import replace

from core.domain.answers import NOTHING_FOUND, Approved, Findings, Passage
from core.domain.conversation import TurnContext
from core.domain.ids import PassageId
from core.domain.understanding import Understanding
from core.memory.ports import Rephrases
from core.ports import Retriever
from core.turn.decide import wants_answer


async def retrieve(
    context: TurnContext,
    understanding: Understanding,
    retriever: Retriever,
    rephrases: Rephrases | None = None,
) -> Findings:
    """Search, with the conversation so far; nothing for a turn that asks nothing of the bot.

    A follow-up that a model could make understood by itself is searched so, too. Never instead:
    a question may have been good before.
    """
    if not wants_answer(context, understanding):
        return NOTHING_FOUND
    tenant = context.conversation.tenant
    search = retriever.retrieve(tenant, context.question, context.questions_before)
    if rephrases is None:
        return await search
    rephrasing = asyncio.create_task(rephrases.rephrase(context))
    try:
        found, whole = await search, await rephrasing
    finally:
        rephrasing.cancel()
    return found if whole is None else both(found, await retriever.retrieve(tenant, whole, ()))


def both(found: Findings, whole: Findings) -> Findings:
    """What two searches for one question found: as many passages as the longer one has."""
    best: dict[PassageId, Passage] = {}
    for passage in (*found.passages, *whole.passages):
        known = best.get(passage.id)
        if known is None or passage.score > known.score:
            best[passage.id] = passage
    most = max(len(found.passages), len(whole.passages))
    ordered = sorted(best.values(), key=lambda passage: -passage.score)
    return replace(
        found,
        passages=tuple(ordered[:most]),
        confidence=max(found.confidence, whole.confidence),
        approved=_nearer(found.approved, whole.approved),
    )


def _nearer(one: Approved | None, other: Approved | None) -> Approved | None:
    known = [approved for approved in (one, other) if approved is not None]
    return max(known, key=lambda approved: (approved.wins, approved.likeness), default=None)
