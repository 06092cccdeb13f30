"""Keeps memories up to date, beside the turns: nobody waits for it.

After a turn it looks whether its conversation has outgrown its window, and if so writes the next
version of its memory. Nothing is queued in a store: what is lost with the process, or fails, is
seen again after the next turn; until then the window remembers by rules what it cannot show. Of
two workers that write the same version the database keeps one.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from core.domain.ids import ConversationId, TenantId
from core.domain.memory import Fact, Kind, Memory
from core.domain.messages import Author
from core.memory.budget import Budget
from core.memory.fold import fold
from core.memory.ports import Ended, Material, Memories, Summariser, Written
from core.memory.told import told
from core.memory.window import cut, size
from core.models.ports import Count
from core.ports import Clock

_log = structlog.get_logger(__name__)
_MOST = 400
"""Messages read at a time."""
_AT_A_TIME = 3
"""Budgets of messages that one version takes in; a longer backlog makes several."""
_UNSEEN = 8
"""Messages that a conversation may have before it is looked at for the first time."""
_A_MESSAGE = 150
"""Tokens that a message is thought to have, to guess when a window will be full."""
_REMEMBERED = 20_000
"""Conversations of which it is known when to look again."""
_OF_CUSTOMER = frozenset({Kind.NAME, Kind.STATED})

Keep = Callable[[TenantId, ConversationId, Sequence[Fact]], Awaitable[None]]
"""Keeps facts about a customer for later conversations, where tenant and customer agree."""


@dataclass(slots=True)
class Outcomes:
    """Counts since the beginning."""

    written: int = 0
    beaten: int = 0
    """Written for nothing: another version came first, or the talk was over."""
    failed: int = 0
    left_out: int = 0
    """Not looked at, because too many waited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a keeper works."""

    at_once: int = 2
    """Conversations whose memory is written at the same time."""
    most: int = 1_000
    """Conversations that may wait; more are looked at after their next turn."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """When a conversation is worth another look."""

    seq: int
    at: datetime


class Keeper:
    """Run it in a task; it ends after `stop`, or at once when cancelled."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        memories: Memories,
        summariser: Summariser,
        clock: Clock,
        *,
        budget: Budget,
        count: Count,
        pace: Pace | None = None,
        keep: Keep | None = None,
    ) -> None:
        """Join its parts; without `keep` nothing is kept about customers."""
        self._memories = memories
        self._summariser = summariser
        self._clock = clock
        self._budget = budget
        self._count = count
        self._pace = pace or Pace()
        self._keep = keep
        self._waiting: OrderedDict[ConversationId, TenantId] = OrderedDict()
        self._in_hand: set[ConversationId] = set()
        self._looked: OrderedDict[ConversationId, _Looked] = OrderedDict()
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self.outcomes = Outcomes()

    def after(self, tenant: TenantId, conversation: ConversationId, seq: int) -> None:
        """A turn that covers the message of this `seq` is stored; returns at once."""
        if not self._is_due(conversation, seq):
            return
        if len(self._waiting) >= self._pace.most and conversation not in self._waiting:
            self.outcomes.left_out += 1
            return
        self._waiting[conversation] = tenant
        self._news.set()

    async def run(self) -> None:
        """Write what is due until `stop`; what is in hand then is left to the next turn."""
        async with asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(self._work()) for _ in range(self._pace.at_once)]
            await self._stopping.wait()
            for task in working:
                task.cancel()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stopping.set()

    async def bring_up_to_date(self, tenant: TenantId, conversation: ConversationId) -> bool:
        """Write versions until the conversation fits its window.

        Returns:
            False when another version came in between: whoever wrote it knows more.

        Raises:
            StoreUnavailable: the database is away.
        """
        while True:
            material = await self._memories.material(tenant, conversation, _MOST)
            if material is None:
                return True
            upto = self._upto(material)
            if upto is None:
                self._note(material)
                return True
            if not await self._write(material, upto):
                return False

    async def end(self, ended: Ended) -> None:
        """Write the last summary of a talk that is over, for being recalled.

        Nobody waits for it: the next talk has begun without it.

        Raises:
            StoreUnavailable: the database is away; done again, it goes on where it was.
        """
        while True:
            material = await self._memories.left(ended, _MOST)
            if material is None or not material.messages:
                return
            await self._write(material, self._bounded(material, material.messages[-1].seq))

    async def _work(self) -> None:
        while True:
            found = next((c for c in self._waiting if c not in self._in_hand), None)
            if found is None:
                self._news.clear()
                await self._news.wait()
                continue
            tenant = self._waiting.pop(found)
            self._in_hand.add(found)
            try:
                await self.bring_up_to_date(tenant, found)
            except Exception as error:  # noqa: BLE001 - the next turn tries again
                self.outcomes.failed += 1
                kind = type(error).__name__
                _log.warning("memory not written", conversation=found, error=kind)
            finally:
                self._in_hand.discard(found)
                self._news.set()

    def _upto(self, material: Material) -> int | None:
        """The last `seq` of the next version; None when nothing is to be done."""
        upto = cut(material.memory, material.messages, self._budget, self._count)
        if upto is not None:
            return self._bounded(material, upto)
        return material.memory.upto if material.changed else None

    def _bounded(self, material: Material, upto: int) -> int:
        """Not more at once than a model reads."""
        room = _AT_A_TIME * self._budget.tokens
        taken = material.memory.upto
        for message in material.messages:
            room -= size(message, self._count)
            if message.seq > upto or (room < 0 and taken > material.memory.upto):
                break
            taken = message.seq
        return taken

    async def _write(self, material: Material, upto: int) -> bool:
        """Write and keep one version; False when another came first."""
        written = await self._written(material, upto)
        if not await self._memories.put(written):
            self.outcomes.beaten += 1
            return False
        self.outcomes.written += 1
        if self._keep is not None:
            await self._keep(
                material.conversation.tenant,
                material.conversation.id,
                [fact for fact in written.memory.facts if _is_of_customer(fact)],
            )
        return True

    async def _written(self, material: Material, upto: int) -> Written:
        """The next version, from the one before and what came behind it, never from scratch."""
        budget, before = self._budget, material.memory
        behind = tuple(m for m in material.messages if m.seq <= upto)
        again = tuple(m for m in material.changed if m.text)
        folded = await asyncio.to_thread(fold, before, (*again, *behind), budget, self._count)
        facts = tuple(sorted(folded.facts, key=lambda fact: fact.seq))
        room = budget.for_memory - self._count(told(Memory(facts=facts)))
        summary = await self._summariser.summarise(
            replace(before, facts=facts), behind, material.conversation, room
        )
        memory = replace(
            before, version=before.version + 1, upto=upto, text=summary.text, facts=facts
        )
        return Written(material=material, memory=memory, by=summary.by)

    def _is_due(self, conversation: ConversationId, seq: int) -> bool:
        """Whether a look is worth its query: a guess, for nothing hangs on it."""
        now, looked = self._clock.now(), self._looked.get(conversation)
        if looked is None:
            return seq > _UNSEEN
        self._looked[conversation] = replace(looked, at=now)
        return seq >= looked.seq or now - looked.at > self._budget.silence

    def _note(self, material: Material) -> None:
        """It fits now; remember about when it will not."""
        used = self._count(told(material.memory))
        used += sum(size(m, self._count) for m in material.messages)
        left = int(self._budget.full * self._budget.tokens) - used
        seq = material.conversation.seq + max(2, left // _A_MESSAGE)
        self._looked[material.conversation.id] = _Looked(seq, self._clock.now())
        self._looked.move_to_end(material.conversation.id)
        if len(self._looked) > _REMEMBERED:
            self._looked.popitem(last=False)


def _is_of_customer(fact: Fact) -> bool:
    """Whether it may be about the customer rather than about what they want today."""
    return fact.by is Author.CUSTOMER and fact.kind in _OF_CUSTOMER
