"""Finds what a turn wants of the tools, in the customer's own words and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.domain.actions import ToolCall, UseTool
from core.domain.conversation import TurnContext
from core.domain.ids import TurnId
from core.domain.messages import Author
from core.domain.tools import Unsettled, Wanted
from core.domain.understanding import Intent, Understanding
from core.tools.ledger import Ledger
from core.tools.tool import Declared, Tool, filled, text_in
from core.tools.words import OwnWords, said_now, said_so_far

VALID = timedelta(hours=1)
"""A question about a call is answered within it; a later yes may be about anything."""
_TALK = frozenset(Intent) - {Intent.QUESTION, Intent.ACKNOWLEDGEMENT}
"""What a turn may be for that no model is asked about."""


class Chooser(Protocol):
    """Finds with a model what a turn wants."""

    async def choose(self, tools: tuple[Tool, ...], words: OwnWords) -> ToolCall | None:
        """One of the tools with what it is given, as the model sees it; None for none of them.

        Nothing but the form is checked here; a model that cannot answer chooses none.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """What it takes to find that."""

    declared: Declared
    ledger: Ledger
    agrees: Callable[[str], bool]
    """Whether words say nothing but yes."""
    chooser: Chooser | None = None
    """None finds arguments by the tools' patterns alone."""

    async def settle(
        self, context: TurnContext, understanding: Understanding
    ) -> Wanted | Unsettled | None:
        """As the port has it."""
        tools = tuple(
            tool for tool in self.declared.tools if tool.is_for(context.conversation.tenant)
        )
        if not tools or understanding.intent.label == Intent.PERSON:
            return None
        language = understanding.language.label
        asked_by = _asked_by(context)
        pending = await self._pending(context, asked_by)
        tool = _named(pending, tools)
        if asked_by and pending and tool:
            if tool.fits(pending.arguments):
                if await self._is_agreed(context, asked_by):
                    return Wanted(call=pending, asked_by=asked_by)
            elif found := _completed(tool, pending, context, language):
                return found
        call = await self._chosen(tools, context, understanding)
        tool = _named(call, tools)
        if call is None or tool is None:
            return None
        words = said_so_far(context)
        arguments = words.take(tool, {}) | words.own(tool, call.arguments)
        if pending and pending.tool == tool.name and tool.lacks(arguments) is not None:
            return None  # the customer was asked for it just now, and told something else
        return _settled(tool, arguments, language)

    async def _pending(self, context: TurnContext, asked_by: TurnId | None) -> ToolCall | None:
        if asked_by is None:
            return None
        talk = context.conversation
        return await self.ledger.asked(talk.tenant, talk.id, asked_by)

    async def _is_agreed(self, context: TurnContext, asked_by: TurnId) -> bool:
        """Whether the customer said yes, now or in a pass of this turn that was begun anew."""
        if self.agrees(context.question):
            return True
        return await self.ledger.kept(context.conversation.tenant, asked_by) is not None

    async def _chosen(
        self, tools: tuple[Tool, ...], context: TurnContext, understanding: Understanding
    ) -> ToolCall | None:
        """A tool by the intent, else by the model; its arguments as far as a model names them."""
        words = said_so_far(context)
        if isinstance(understanding.does, UseTool):
            by_rule = ToolCall(tool=understanding.does.tool, arguments={})
            tool = _named(by_rule, tools)
            if tool is None or self.chooser is None or not tool.lacks(words.take(tool, {})):
                return by_rule
            return await self.chooser.choose((tool,), words) or by_rule
        if self.chooser is None or self.declared.choose == "intent":
            return None
        if understanding.intent.label in _TALK:
            return None
        return await self.chooser.choose(tools, words)


def _completed(
    tool: Tool, pending: ToolCall, context: TurnContext, language: str
) -> Wanted | Unsettled | None:
    """The call with what the customer has added; None when they speak of something else."""
    arguments = said_now(context).take(tool, pending.arguments)
    if arguments == dict(pending.arguments):
        return None
    return _settled(tool, arguments, language)


def _settled(tool: Tool, arguments: dict[str, object], language: str) -> Wanted | Unsettled | None:
    call = ToolCall(tool=tool.name, arguments=arguments)
    if lacking := tool.lacks(arguments):
        return Unsettled(call=call, question=text_in(tool.asks[lacking], language))
    if not tool.fits(arguments):
        return None
    if not tool.changes:
        return Wanted(call=call)
    question = filled(text_in(tool.confirms, language), arguments)
    return Unsettled(call=call, question=question)


def _asked_by(context: TurnContext) -> TurnId | None:
    """The turn that spoke last before the customer, if that was the bot, and lately."""
    last = context.history[-1] if context.history else None
    if last is None or last.author is not Author.BOT:
        return None
    return last.turn if context.waiting[-1].at - last.at <= VALID else None


def _named(call: ToolCall | None, tools: tuple[Tool, ...]) -> Tool | None:
    return next((tool for tool in tools if call and tool.name == call.tool), None)
