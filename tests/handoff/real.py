"""The same play in the store, step by step beside the model."""

from uuid import uuid4

from core.domain.conversation import Bot, Owner, Queue, TurnContext
from core.domain.decisions import Decision, HandOff, PassToAgent, Reply
from core.domain.ids import AgentId, ConversationId, HandoffId, TurnId
from core.domain.messages import Author
from core.domain.turns import MoreWaits, Outgoing, TurnRecord
from handoff.errors import MoveRefused
from handoff.life import Handoff
from handoff.practice import Limits
from tests.builders import TENANT, a_draft, a_passage, an_understanding, findings
from tests.handoff.ownership import AGENTS, WORKERS, Action, Model, faults, meant, moves, play
from tests.handoff.stage import Stage


class Real:
    """One conversation in the store, and the model that it must agree with."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage = stage
        self.seed = seed
        self.model = Model(now=stage.clock.now())
        self.turns: dict[str, TurnContext] = {}
        self.looks: dict[str, Handoff] = {}
        self.last: HandoffId | None = None
        self.said = 0

    async def agree(self, length: int) -> None:
        """Play, and compare after every action; then look at what is stored."""
        opened = await self.stage.a_conversation(address=f"seed {self.seed}")
        for place, action in enumerate(play(self.seed, length)):
            there, here = await self._do(opened.id, action), self.model.do(action)
            now = await self.stage.now(opened.id)
            model = self.model
            assert (there, str(now.owner), now.epoch, now.seq) == (
                here,
                str(model.owner),
                model.epoch,
                model.seq,
            ), f"seed {self.seed}, action {place}: {action}"
        assert faults(self.model) == []
        written = [
            message.author
            for message in await self.stage.transcript(opened.id)
            if message.author is not Author.CUSTOMER
        ]
        assert written == [one.author for one in self.model.spoken]

    async def _do(self, conversation: ConversationId, action: Action) -> str:
        match action.kind:
            case "write":
                await self.stage.customer_says(conversation)
                return "written"
            case "time":
                self.stage.clock.passed_s += 20
                return "later"
            case "crash":
                self.turns.pop(action.actor, None)
                self.looks.pop(action.actor, None)
                return "crashed"
            case "look":
                return await self._look(conversation, action.actor)
            case _:
                return await self._act(action)

    async def _look(self, conversation: ConversationId, actor: str) -> str:
        if actor in WORKERS:
            load = self.stage.conversations.load
            self.turns[actor] = await load(TENANT, conversation, 5)
            return "looked"
        if self.last is not None:
            self.looks[actor] = await self.stage.handoffs.get(TENANT, self.last)
        return "looked"

    async def _act(self, action: Action) -> str:
        actor, choice = action.actor, action.choice
        if actor in WORKERS:
            turn = self.turns.pop(actor, None)
            return "idle" if turn is None or not turn.waiting else await self._end(turn, choice)
        seen = self.looks.get(actor)
        if seen is None:
            return "idle"
        try:
            if actor in AGENTS and choice % 2:
                return await self._say(seen, AGENTS[actor])
            move = moves(actor, choice // 2, self.stage.clock.now())
            after = await self.stage.handoffs.apply(seen, move)
        except MoveRefused as refused:
            return str(refused)
        if after is None:
            return "too late"
        self.looks[actor] = after
        return "moved"

    async def _say(self, seen: Handoff, agent: AgentId) -> str:
        self.said += 1
        try:
            await self.stage.handoffs.say(seen, agent, "Hello", str(self.said))
        except MoveRefused:
            return "not theirs"
        return "said"

    async def _end(self, turn: TurnContext, choice: int) -> str:
        conversation = turn.conversation
        after = meant(conversation.owner, choice)
        stored = await self.stage.conversations.remember(record_of(turn, after))
        assert not isinstance(stored, MoreWaits)
        if stored is None:
            return "covered"
        await self.stage.desks.look(TENANT, Limits())
        found = await self.stage.handoffs.open_in(TENANT, conversation.id)
        self.last = found.id if found else self.last
        if not stored.sent:
            return "outdated"
        return "passed" if after is None else "said"


def record_of(turn: TurnContext, after: Owner | None) -> TurnRecord:
    """A turn that leaves the conversation to this owner; None says nothing."""
    conversation = turn.conversation
    return TurnRecord(
        id=TurnId(uuid4()),
        tenant=TENANT,
        conversation=conversation.id,
        channel=conversation.channel.value,
        covers=tuple(message.seq for message in turn.waiting),
        covered_before=conversation.covered,
        epoch=conversation.epoch,
        understanding=an_understanding(),
        findings=findings(a_passage()),
        decision=_decision(conversation.owner, after),
        says=() if after is None else (Outgoing(author=Author.BOT, text="So."),),
        new_owner=None if after == conversation.owner else after,
        timings_ms={},
    )


def _decision(before: Owner, after: Owner | None) -> Decision:
    match before, after:
        case _, None:
            return PassToAgent()
        case Bot(), Queue():
            return HandOff("asked for a person", "So.")
        case _:
            return Reply(a_draft("So."))
