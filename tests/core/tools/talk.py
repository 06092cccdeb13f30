"""A conversation whose turns do nothing but act, over a real database and a shop."""

from dataclasses import dataclass, field, replace
from uuid import uuid4

from core.clock import SystemClock
from core.domain.actions import ToolCall, UseTool
from core.domain.answers import Findings
from core.domain.conversation import Conversation, TurnContext
from core.domain.decisions import Decision, Decline, Reply
from core.domain.ids import TurnId
from core.domain.messages import Author
from core.domain.turns import Outgoing, TurnRecord
from core.nlu.phrases import load_phrases
from core.nlu.smalltalk import SmallTalk
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.tools import PostgresToolCalls
from core.tools.call import Caller
from core.tools.read import parse
from core.tools.settle import Chooser, Settling
from core.tools.tool import Tool
from core.tools.toolbox import Toolbox
from core.tools.words import OwnWords
from core.turn.act import Acted, act
from tests.builders import TENANT, an_inbound_message, an_understanding, findings
from tests.fakes.shop import FakeShop

PHRASES = load_phrases("us", "Ada")
AGREES = SmallTalk.load().agrees
STATUS, CANCEL = UseTool("order_status"), UseTool("cancel_order")
NOTHING = findings(confidence=0.1)


@dataclass
class Says(Chooser):
    """Chooses what the test wants, and keeps what it was shown."""

    call: ToolCall | None
    seen: list[OwnWords] = field(default_factory=list)

    async def choose(self, tools: tuple[Tool, ...], words: OwnWords) -> ToolCall | None:
        self.seen.append(words)
        return self.call


@dataclass
class Talk:
    """A conversation whose turns do nothing but act."""

    store: PostgresConversations
    database: Database
    shop: FakeShop
    here: Conversation
    caller: Caller
    options: dict[str, object] = field(default_factory=dict)
    chooser: Chooser | None = None

    @property
    def toolbox(self) -> Toolbox:
        ledger = PostgresToolCalls(self.database)
        settling = Settling(
            declared=parse(self.shop.tools(**self.options), {"shop": "s3cret"}),  # type: ignore[arg-type]
            ledger=ledger,
            agrees=AGREES,
            chooser=self.chooser,
        )
        return Toolbox(settling=settling, caller=self.caller, ledger=ledger, clock=SystemClock())

    async def hears(self, text: str) -> TurnContext:
        message = an_inbound_message(self.here.id, text, event=str(uuid4()))
        await self.store.accept(message)
        return await self.store.load(TENANT, self.here.id, 20)

    async def acts(
        self, context: TurnContext, does: UseTool | None = None, found: Findings = NOTHING
    ) -> Acted:
        understanding = an_understanding()
        if does:
            understanding = replace(understanding, does=does)
        return await act(context, understanding, found, self.toolbox, PHRASES)

    async def says(self, context: TurnContext, acted: Acted) -> None:
        """Store the turn as the walk does."""
        await self.store.remember(record_of(context, acted))

    async def turn(self, text: str, does: UseTool | None = None) -> Decision | None:
        context = await self.hears(text)
        acted = await self.acts(context, does)
        await self.says(context, acted)
        return acted.decision

    async def ledger(self) -> list[tuple[str, str]]:
        async with self.database.as_service() as connection:
            rows = await connection.fetch("SELECT tool, state FROM tool_calls ORDER BY begun_at")
        return [(row["tool"], row["state"]) for row in rows]


def record_of(context: TurnContext, acted: Acted) -> TurnRecord:
    decision = acted.decision or Decline("I do not know.")
    text = decision.draft.text if isinstance(decision, Reply) else getattr(decision, "text", "")
    return TurnRecord(
        id=TurnId(SystemClock().new_id()),
        tenant=TENANT,
        conversation=context.conversation.id,
        channel="web",
        covers=tuple(message.seq for message in context.waiting),
        covered_before=context.conversation.covered,
        epoch=context.conversation.epoch,
        understanding=an_understanding(),
        findings=acted.findings,
        decision=decision,
        says=(Outgoing(author=Author.BOT, text=text),),
        new_owner=None,
        timings_ms={},
        used=acted.used,
    )
