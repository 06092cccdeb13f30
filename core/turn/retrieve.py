"""Step 3: which passages of the tenant's documents may answer?"""

from core.domain.answers import NOTHING_FOUND, Findings
from core.domain.conversation import TurnContext
from core.domain.understanding import Understanding
from core.ports import Retriever
from core.turn.decide import wants_answer


async def retrieve(
    context: TurnContext, understanding: Understanding, retriever: Retriever
) -> Findings:
    """Search, with the conversation so far; nothing for a turn that asks nothing of the bot."""
    if not wants_answer(context, understanding):
        return NOTHING_FOUND
    return await retriever.retrieve(
        context.conversation.tenant, context.question, context.questions_before
    )
