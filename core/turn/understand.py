"""Step 2: what does the customer want, in which language, in what mood?"""

from core.domain.conversation import TurnContext
from core.domain.understanding import Understanding
from core.ports import Understander


async def understand(context: TurnContext, understander: Understander) -> Understanding:
    """Language, intent and emotion of all that waits."""
    return await understander.understand(context)
