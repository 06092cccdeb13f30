"""Fills the walk's port of tools: a change is made once, on a yes; all is written down."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote

import structlog

from core.domain.conversation import Conversation, TurnContext
from core.domain.tools import Outcome, ToolResult, ToolUse, Unsettled, Wanted
from core.domain.understanding import Understanding
from core.ports import Clock, Tools
from core.tools.call import Called, Caller
from core.tools.ledger import Entry, Kept, Ledger, digest
from core.tools.settle import Settling
from core.tools.tell import Told, as_ground, tell
from core.tools.tool import Tool

_BEYOND_S = 5.0
"""Of a call's own time limit: then its caller does not live any more."""
_LOOK_S = 0.2
_log = structlog.get_logger(__name__)
Count = Callable[[str, str], None]
"""Told the tool and how a call of it ended: done, failed, unknown; or refused, as one too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox(Tools):
    """The declared tools, and what calling them needs."""

    settling: Settling
    caller: Caller
    ledger: Ledger
    clock: Clock
    count: Count = lambda tool, outcome: None

    async def settle(
        self, context: TurnContext, understanding: Understanding
    ) -> Wanted | Unsettled | None:
        return await self.settling.settle(context, understanding)

    async def call(self, context: TurnContext, language: str, wanted: Wanted) -> ToolResult:
        tools = self.settling.declared.tools
        (tool,) = (one for one in tools if one.name == wanted.call.tool)
        entry = self._entry(tool, context, wanted)
        if await self._too_often(tool, entry):
            return self._refused(tool, entry)
        kept = await self.ledger.begin(entry)
        while kept is not None:
            if kept.outcome is not None:
                return _again(tool, kept)
            if kept.leased:  # another worker has the same turn in hand
                await asyncio.sleep(_LOOK_S)
            elif not tool.repeats:  # its caller died, and nobody knows how far it got
                await self.ledger.end(entry.tenant, kept.id, Outcome.UNKNOWN, 0, ())
            elif await self.ledger.take_over(entry, kept):
                entry = replace(entry, id=kept.id)
                break
            kept = await self.ledger.begin(entry)
        who = _identity(context.conversation) if tool.identifies else {}
        called = await self.caller.call(tool, wanted.call.arguments, entry.id, who)
        told = tell(tool, wanted.call.arguments, called, language)
        return await self._ended(tool, entry, called, told)

    async def _too_often(self, tool: Tool, entry: Entry) -> bool:
        """Whether the conversation asks for more than a person would; never of what was begun."""
        calls = await self.ledger.recent(entry.conversation, entry.tenant, tool.name)
        if calls < tool.most_per_hour:
            return False
        begun = entry.asked_by and await self.ledger.kept(entry.tenant, entry.asked_by)
        return not begun

    def _refused(self, tool: Tool, entry: Entry) -> ToolResult:
        self.count(tool.name, "refused")
        use = ToolUse(id=entry.id, tool=tool.name, outcome=Outcome.FAILED)
        return ToolResult(use=use, ground=None, says=False)

    def _entry(self, tool: Tool, context: TurnContext, wanted: Wanted) -> Entry:
        return Entry(
            id=self.clock.new_id(),
            tenant=context.conversation.tenant,
            conversation=context.conversation.id,
            seq=context.waiting[-1].seq,
            asked_by=wanted.asked_by,
            tool=tool.name,
            digest=digest(wanted.call.arguments),
            lease_s=tool.timeout_s + _BEYOND_S,
        )

    async def _ended(
        self, tool: Tool, entry: Entry, called: Called, told: Told | None
    ) -> ToolResult:
        outcome = _outcome(tool, called, told)
        lines = told.ground.lines if told else ()
        await self.ledger.end(entry.tenant, entry.id, outcome, called.status, lines)
        self.count(tool.name, outcome.value)
        if outcome is not Outcome.DONE:
            _log.warning("tool call ended", tool=tool.name, outcome=outcome.value, call=entry.id)
        return ToolResult(
            use=ToolUse(id=entry.id, tool=tool.name, outcome=outcome),
            ground=told.ground if told else None,
            says=told is not None and (told.sentence or self._says(tool)),
        )

    def _says(self, tool: Tool) -> bool:
        """Whether fields are said as they are: of changes, and where no model writes from them."""
        return tool.changes or self.settling.chooser is None


def _identity(conversation: Conversation) -> Mapping[str, str]:
    """Headers that say whose conversation it is, as its channel knows them."""
    return {
        "Switchboard-Tenant": conversation.tenant,
        "Switchboard-Channel": conversation.channel.value,
        "Switchboard-Customer": quote(conversation.customer, safe="@:+"),
        "Switchboard-Conversation": str(conversation.id),
    }


def _outcome(tool: Tool, called: Called, told: Told | None) -> Outcome:
    """Of a call that only looks something up, whether it found something to tell."""
    if tool.changes:
        return called.outcome
    return Outcome.DONE if told else Outcome.FAILED


def _again(tool: Tool, kept: Kept) -> ToolResult:
    """What a call brought that was made before."""
    outcome = kept.outcome or Outcome.UNKNOWN
    ground = as_ground(tool, kept.lines) if kept.lines else None
    use = ToolUse(id=kept.id, tool=tool.name, outcome=outcome)
    return ToolResult(use=use, ground=ground, says=True)
