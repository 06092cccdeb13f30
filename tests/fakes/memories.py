"""Memories of one conversation, in a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from core.domain.conversation import Conversation, TurnContext
from core.domain.ids import ConversationId, TenantId
from core.domain.memory import Memory
from core.domain.messages import Message
from core.memory.ports import Material, Memories, Written
from tests.builders import a_conversation, a_message


@dataclass
class ListMemories(Memories):
    """Keeps every version; `messages` may be added to. Errors in `fails` are raised, in turn."""

    messages: list[Message] = field(default_factory=list)
    conversation: Conversation = field(default_factory=a_conversation)
    versions: list[Written] = field(default_factory=list)
    behind: int = 0
    fails: list[Exception] = field(default_factory=list)
    asked: int = 0

    @property
    def memory(self) -> Memory:
        last = self.versions[-1].memory if self.versions else Memory()
        if self.versions and self.versions[-1].material.behind == self.behind:
            return last
        return Memory(version=last.version, upto=self.behind)

    def context(self, waiting: str) -> TurnContext:
        """The conversation as a turn with this question finds it."""
        memory = self.memory
        last = self.messages[-1] if self.messages else a_message(seq=0)
        waits = replace(a_message(waiting, seq=last.seq + 1), at=last.at)
        return TurnContext(
            conversation=self.conversation,
            history=tuple(m for m in self.messages if m.seq > memory.upto),
            waiting=(waits,),
            memory=memory,
        )

    async def material(
        self, tenant: TenantId, conversation: ConversationId, most: int
    ) -> Material | None:
        self.asked += 1
        if self.fails:
            raise self.fails.pop(0)
        behind: Sequence[Message] = [m for m in self.messages if m.seq > self.memory.upto]
        return Material(
            conversation=replace(self.conversation, seq=len(self.messages)),
            memory=self.memory,
            messages=tuple(behind[:most]),
            changed=(),
            behind=self.behind,
            marks="",
        )

    async def put(self, written: Written) -> bool:
        fits = written.memory.version == self.memory.version + 1
        if fits and written.material.behind == self.behind:
            self.versions.append(written)
            return True
        return False
