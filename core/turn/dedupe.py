"""Step 1: is there still something to answer?"""

from core.domain.conversation import TurnContext
from core.domain.messages import Arrival
from core.ports import ConversationStore


async def dedupe(
    arrival: Arrival, conversations: ConversationStore, history: int
) -> TurnContext | None:
    """The conversation as this turn finds it; None when the arrival has had its turn.

    A redelivered arrival finds nothing waiting. Messages that came in a burst wait together, so
    the first arrival covers them all and the others find nothing. One that is replayed on purpose
    finds what was apologised for as well.
    """
    load = conversations.load_again if arrival.again else conversations.load
    context = await load(arrival.tenant, arrival.conversation, history)
    return context if context.waiting else None
