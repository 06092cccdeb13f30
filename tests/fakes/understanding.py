"""An understander that believes what it is told: `#person` is the intent person."""

from core.domain.conversation import TurnContext
from core.domain.understanding import Judged, Understanding
from core.ports import Understander


class LabelledUnderstander(Understander):
    """Takes a leading `#label` as the intent; anything else is a question in English."""

    async def understand(self, context: TurnContext) -> Understanding:
        text = context.question
        label = text[1:].partition("\n")[0] if text.startswith("#") else "question"
        return Understanding(language=Judged("en", 1.0), intent=Judged(label, 1.0))
