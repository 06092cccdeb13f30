"""Summarises with a language model: what was written last time and what came behind it, anew.

The model writes text alone; the facts stand beside it whatever it writes. What it says of numbers
and names that nobody said is left out. When it cannot write, sentences are chosen instead.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.conversation import Conversation
from core.domain.errors import ModelUnavailable, PromptRefused
from core.domain.memory import Memory
from core.domain.messages import Author, Message
from core.memory.ports import Summariser, Summary
from core.memory.sentences import sentences
from core.memory.supported import supported
from core.memory.told import told
from core.models.catalogue import Prompts
from core.models.ports import Count, Finished, LanguageModel, Sampling, Talk
from core.models.prompt import harmless
from core.models.whole import finished

_WORDS_PER_TOKEN = 0.7
_SPEAKERS = {Author.CUSTOMER: "Customer", Author.BOT: "Assistant", Author.AGENT: "Agent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a model is asked, and for how long."""

    prompts: Prompts
    company: str = ""
    turn_s: float = 30

    def talk(self, conversation: Conversation, fields: Mapping[str, str]) -> Talk:
        """The prompt of the conversation's tenant and language, with these in it."""
        language = conversation.language
        common = {"company": self.company, "canary": "", "language": language or "of the customer"}
        prompt = self.prompts.of(conversation.tenant, language)
        return prompt.with_fields(common | dict(fields))


class ModelSummariser(Summariser):
    """Asks a model; `otherwise` writes where it does not."""

    def __init__(self, model: LanguageModel, asking: Asking, otherwise: Summariser) -> None:
        self._model = model
        self._asking = asking
        self._otherwise = otherwise

    async def summarise(
        self,
        memory: Memory,
        messages: Sequence[Message],
        conversation: Conversation,
        room: int,
    ) -> Summary:
        if messages:
            try:
                said = await self._asked(memory, messages, conversation, room)
            except (ModelUnavailable, PromptRefused):
                pass
            else:
                if text := _held(said, memory, messages, room, self._model.count):
                    return Summary(text, said.written_by or self._model.name)
        return await self._otherwise.summarise(memory, messages, conversation, room)

    async def _asked(
        self,
        memory: Memory,
        messages: Sequence[Message],
        conversation: Conversation,
        room: int,
    ) -> Finished:
        talk = self._asking.talk(
            conversation,
            {
                "words": str(int(room * _WORDS_PER_TOKEN)),
                "summary": harmless(memory.text) or "(none)",
                "facts": harmless(told(Memory(facts=memory.facts))) or "(none)",
                "messages": transcript(messages),
            },
        )
        until = asyncio.get_running_loop().time() + self._asking.turn_s
        return await finished(self._model, talk, Sampling(max_tokens=room, until=until))


def transcript(messages: Sequence[Message]) -> str:
    """The messages, one on a line, with who said each."""
    return "\n".join(
        f"{_SPEAKERS[message.author]}: {' '.join(harmless(message.text).split())}"
        for message in messages
        if message.author in _SPEAKERS
    )


def _held(
    said: Finished, memory: Memory, messages: Sequence[Message], room: int, count: Count
) -> str:
    """Of what the model wrote the sentences that hold, as many as there is room for."""
    ground = (memory.text, *(fact.text for fact in memory.facts), *(m.text for m in messages))
    whole = [*sentences(said.text)]
    if said.cut:
        whole = whole[:-1]
    kept: list[str] = []
    for sentence in whole:
        held = supported(sentence, ground)
        room -= count(held)
        if room < 0:
            break
        kept.append(held)
    return "\n".join(filter(None, kept))
