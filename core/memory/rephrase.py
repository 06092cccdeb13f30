"""Rewrites a follow-up with a language model, so that search understands it by itself.

One more leg for search, in the way of the turn: a question that stands by itself is not
sent to the model, and one that takes too long is not waited for.
"""

import asyncio
import re

from core.domain.conversation import TurnContext
from core.domain.errors import ModelUnavailable, PromptRefused
from core.memory.budget import Budget
from core.memory.ports import Rephrases
from core.memory.summarise import Asking, transcript
from core.memory.supported import supported
from core.memory.told import told
from core.memory.window import window
from core.models.ports import LanguageModel, Sampling
from core.models.prompt import harmless
from core.models.whole import finished
from core.nlu.words import telling_terms

_LEANS = re.compile(
    r"""\b(?: it | its | this | that | these | those | they | them | their | there | then | one
          | ones | he | she | him | her | same | other | another | else | former | latter | instead
          | what\ about | how\ about | and\ (?:if|what|how|for|the) )\b
      | ^(?:and|or|but|so|also|then|why|how\ so|since\ when)\b
      | [它这那其此他她]|还有|呢[？?]?$|为什么|怎么|哪[个些]""",
    re.VERBOSE | re.IGNORECASE,
)
_FEW = 3
"""Telling terms: a question with fewer says too little by itself."""
_LONGEST = 300
_BUDGET = Budget(tokens=1_200)


class ModelRephraser(Rephrases):
    """Asks a model, and takes its word only where everything in it was said."""

    def __init__(self, model: LanguageModel, asking: Asking) -> None:
        self._model = model
        self._asking = asking

    async def rephrase(self, context: TurnContext) -> str | None:
        if not leans_back(context):
            return None
        shown = window(context, _BUDGET, self._model.count)
        talk = self._asking.talk(
            context.conversation,
            {
                "memory": harmless(told(shown.memory)) or "(nothing)",
                "history": transcript(shown.messages) or "(nothing)",
                "question": harmless(context.question),
            },
        )
        until = asyncio.get_running_loop().time() + self._asking.turn_s
        try:
            said = await finished(self._model, talk, Sampling(max_tokens=100, until=until))
        except (ModelUnavailable, PromptRefused):
            return None
        ground = (told(shown.memory), *(m.text for m in shown.messages), context.question)
        return None if said.cut else _taken(said.text, context.question, ground)


def leans_back(context: TurnContext) -> bool:
    """Whether the question looks as if it needs what was said before."""
    if not context.history and not context.memory.upto:
        return False
    question = context.question.strip()
    if not question or len(question) > _LONGEST:
        return False
    return len(telling_terms(question)) < _FEW or _LEANS.search(question) is not None


def _taken(text: str, question: str, ground: tuple[str, ...]) -> str | None:
    """The model's question; None where it is the same, no question, or says what nobody said."""
    said = " ".join(text.split()).strip("\"“”'")
    if not said or len(said) > _LONGEST or said.casefold() == question.strip().casefold():
        return None
    return said if supported(said, ground) == said else None
