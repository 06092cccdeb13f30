"""The way of one message through the core. Start here.

Every step takes values and returns values; what it needs from outside is a port. The only step
that changes anything is the last one, in one transaction. No transaction is open while a model
is waited for.
"""

from dataclasses import dataclass, replace

from core.domain.conversation import Bot, TurnContext
from core.domain.events import OwnerChanged, Stored, Typing
from core.domain.ids import TurnId
from core.domain.messages import Arrival, Author
from core.domain.phrases import Phrases
from core.domain.turns import Remembered, TurnRecord
from core.ports import Clock, ConversationStore, Live, Retriever, Understander, Writer
from core.turn.answer import answer
from core.turn.burst import Burst
from core.turn.decide import Rules, decide, may_answer
from core.turn.dedupe import dedupe
from core.turn.remember import apology, compose, remember
from core.turn.retrieve import retrieve
from core.turn.show import Showing
from core.turn.timing import Timings
from core.turn.understand import understand


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Everything a turn needs; one for the whole process, shared by all turns."""

    conversations: ConversationStore
    understander: Understander
    retriever: Retriever
    writer: Writer
    live: Live
    clock: Clock
    phrases: Phrases
    rules: Rules

    async def take(self, arrival: Arrival, burst: Burst) -> TurnRecord | None:
        """Answer everything that waits in the conversation, as one turn; None if nothing does.

        Raises:
            Outdated: the conversation has moved on; take the turn again at once.
            ConversationNotFound: there is nothing to answer, now or ever.
            ModelUnavailable: nothing was stored; take it again.
        """
        timings, turn = Timings(self.clock), TurnId(self.clock.new_id())
        with timings.of("dedupe"):
            burst.begin()
            context = await dedupe(arrival, self.conversations, self.rules.history)
        if context is None:
            return None
        self._begin(context, burst)
        with timings.of("understand"):
            understanding = await understand(context, self.understander)
        with timings.of("retrieve"):
            findings = await retrieve(context, understanding, self.retriever)
        with timings.of("answer"):
            draft = None
            if may_answer(context, understanding, findings, self.rules):
                show = self._showing(context, turn, burst)
                with burst.writing():
                    draft = await answer(context, understanding, findings, self.writer, show)
        with timings.of("decide"):
            decision = decide(context, understanding, findings, draft, self.phrases)
        record = compose(
            turn,
            arrival,
            context,
            understanding=understanding,
            findings=findings,
            decision=decision,
            timings_ms=timings.ms,
            burst=burst,
        )
        with timings.of("remember"):
            stored = await remember(record, self.conversations)
        return self._told(replace(record, timings_ms=timings.ms), stored)

    async def give_up(self, arrival: Arrival, burst: Burst) -> TurnRecord | None:
        """Close a turn that cannot be finished: apologise, and offer a person.

        Without it the messages would wait for ever, and the customer with them. It covers what the
        turn tried to answer; what came later has its own turn. Done again, it does nothing, and
        for a replay neither: the customer has had the apology.
        """
        turn, arrival = TurnId(self.clock.new_id()), replace(arrival, again=False)
        context = await dedupe(arrival, self.conversations, self.rules.history)
        tried = context and burst.tried(context)
        if not tried or not tried.waiting:
            return None
        record = apology(turn, arrival, tried, self.phrases)
        return self._told(record, await remember(record, self.conversations))

    def _begin(self, context: TurnContext, burst: Burst) -> None:
        burst.read(context)
        if isinstance(context.conversation.owner, Bot):
            typing = Typing(conversation=context.conversation.id, author=Author.BOT)
            self.live.tell(typing)

    def _told(self, record: TurnRecord, stored: Remembered | None) -> TurnRecord | None:
        if stored is None:
            return None
        # A hint ahead of the delivery; it also ends the waiting for a turn that says nothing.
        news = Stored(
            conversation=record.conversation, seq=stored.last_seq, messages=stored.messages
        )
        self.live.tell(news)
        if stored.sent and record.new_owner is not None:
            changed = OwnerChanged(
                conversation=record.conversation, owner=record.new_owner, epoch=record.epoch + 1
            )
            self.live.tell(changed)
        return record

    def _showing(self, context: TurnContext, turn: TurnId, burst: Burst) -> Showing:
        return Showing(
            conversations=self.conversations,
            live=self.live,
            clock=self.clock,
            burst=burst,
            conversation=context.conversation,
            turn=turn,
        )
