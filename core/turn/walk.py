"""The way of one message through the core. Start here.

Every step takes values and returns values; what it needs from outside is a port. The only step
that changes anything is the last one, in one transaction. No transaction is open while a model
is waited for.
"""

from dataclasses import dataclass, replace

from core.domain.conversation import Bot, TurnContext
from core.domain.decisions import StaySilent
from core.domain.events import OwnerChanged, Stored, Typing
from core.domain.ids import TurnId
from core.domain.messages import Arrival, Author
from core.domain.phrases import Phrases
from core.domain.turns import Remembered, TurnRecord
from core.memory.ports import Rephrases
from core.ports import (
    Clock,
    Contacts,
    ConversationStore,
    Hooks,
    Live,
    Requests,
    Retriever,
    Tools,
    Understander,
    Writer,
)
from core.turn.act import act
from core.turn.answer import answer
from core.turn.burst import Burst
from core.turn.decide import decide, goes_to_person, may_answer, needs_person
from core.turn.dedupe import dedupe
from core.turn.remember import apology, compose, remember
from core.turn.retrieve import retrieve
from core.turn.show import Showing
from core.turn.timing import Timings
from core.turn.understand import understand
from core.turn.weigh import Case, Rules, masking


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
    hooks: Hooks
    rephrases: Rephrases | None = None
    """None searches with the customer's own words alone."""
    tools: Tools | None = None
    """None where the operator declared none."""
    contacts: Contacts | None = None
    """None where nobody asks customers where to write to."""
    requests: Requests | None = None
    """None where there are no tickets."""

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
            case = await self._understood(context)
        with timings.of("retrieve"):
            case = await self._searched(case)
        with timings.of("act"):
            case = await self._acted(case)
        with timings.of("answer"):
            case = await self._answered(case, turn, burst)
        with timings.of("decide"):
            decided = decide(case, self.rules, self.phrases)
        record = compose(turn, arrival, case, decided, timings_ms=timings.ms, burst=burst)
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
        record = apology(turn, arrival, tried, self.phrases, self.clock.now())
        return self._told(record, await remember(record, self.conversations))

    async def _understood(self, context: TurnContext) -> Case:
        read = await self.hooks.before_understanding(context)
        understanding = await understand(read.value, self.understander)
        return Case(
            at=self.clock.now(),
            context=read.value,
            understanding=understanding,
            changes=read.changes,
        )

    async def _searched(self, case: Case) -> Case:
        findings = await retrieve(case.context, case.understanding, self.retriever, self.rephrases)
        return replace(case, findings=findings)

    async def _acted(self, case: Case) -> Case:
        if self.contacts is not None and await self.contacts.noted(case.context):
            return replace(case, acted=StaySilent("it said where to write to"))
        if await self._reopens(case) and not goes_to_person(case, self.rules):
            return replace(case, acted=StaySilent("it opened a request again"))
        if self.tools is None or needs_person(case, self.rules):
            return case
        context, understanding = case.context, case.understanding
        acted = await act(context, understanding, case.findings, self.tools, self.phrases)
        return replace(
            case,
            findings=acted.findings,
            acted=acted.decision,
            otherwise=acted.otherwise,
            used=acted.used,
        )

    async def _reopens(self, case: Case) -> bool:
        if self.requests is None:
            return False
        return await self.requests.heard(case.context, case.understanding)

    async def _answered(self, case: Case, turn: TurnId, burst: Burst) -> Case:
        if case.acted is not None or not may_answer(case, self.rules):
            return case
        context, understanding = case.context, case.understanding
        more = await self.hooks.before_answer(context, understanding, case.findings)
        case = replace(case, findings=more.value, changes=(*case.changes, *more.changes))
        show = self._showing(case, turn, burst)
        with burst.writing():
            draft = await answer(context, understanding, case.findings, self.writer, show)
        if draft is None:
            return case
        show.end()
        said = await self.hooks.after_answer(context, understanding, draft)
        return replace(case, draft=said.value, changes=(*case.changes, *said.changes))

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

    def _showing(self, case: Case, turn: TurnId, burst: Burst) -> Showing:
        return Showing(
            conversations=self.conversations,
            live=self.live,
            clock=self.clock,
            burst=burst,
            conversation=case.context.conversation,
            turn=turn,
            masking=masking(case, self.rules),
        )
