"""Drafts a ticket with a model, and keeps of it what was said in the conversation."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from core.domain.conversation import Conversation
from core.domain.messages import Message
from core.domain.tickets import LONGEST_TITLE, Priority, TicketDraft
from core.memory.plain import plain as unmarked
from core.memory.summarise import transcript
from core.memory.supported import supported
from core.models.ports import LanguageModel, Sampling
from core.models.prompt import Prompt
from core.models.structured import ask
from core.tickets.rules import Known, by_rule, shortened

PROMPTS = Path(__file__).with_name("prompts")
_MOST, _LONG = 10, 300
_DRAFT_S = 30.0
_LONGEST_SUMMARY = 1_500
_TEXTS = {"type": "array", "maxItems": _MOST, "items": {"type": "string", "maxLength": _LONG}}


async def draft(
    model: LanguageModel | None,
    prompt: Prompt,
    conversation: Conversation,
    messages: Sequence[Message],
    known: Known,
) -> TicketDraft:
    """The conversation as a ticket.

    Args:
        model: who fills it in; None leaves it to rules, which also stand in where it fails.
        prompt: `ticket`, with the fields `messages` and `language`.
        conversation: says the language and the mood.
        messages: of it, oldest first.
        known: what is known beside.
    """
    plain = await by_rule(conversation, messages, known)
    if model is None:
        return plain
    talk = prompt.with_fields(
        {"messages": transcript(messages), "language": conversation.language or "of the customer"}
    )
    until = asyncio.get_running_loop().time() + _DRAFT_S
    asked = await ask(
        model, form(known), talk, lambda: None, Sampling(max_tokens=800, until=until)
    )
    return plain if asked is None else _held(asked.value, plain, messages)


def form(known: Known) -> Mapping[str, Any]:
    """JSON Schema of what a model fills in."""
    categories = sorted({*known.categories, known.category})
    properties = {
        "title": {"type": "string", "minLength": 1, "maxLength": 2 * LONGEST_TITLE},
        "summary": {"type": "string", "minLength": 1, "maxLength": _LONGEST_SUMMARY},
        "category": {"enum": categories},
        "priority": {"enum": [one.value for one in Priority]},
        "order_numbers": _TEXTS,
        "products": _TEXTS,
        "emails": _TEXTS,
        "steps_tried": _TEXTS,
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _held(
    value: Mapping[str, Any], plain: TicketDraft, messages: Sequence[Message]
) -> TicketDraft:
    """What the model wrote, without what nobody said; the rules' own where nothing is left."""
    said = [message.text for message in messages]
    folded = "\n".join(said).casefold()

    def stand_there(name: str) -> tuple[str, ...]:
        own: tuple[str, ...] = asdict(plain)[name]
        found = [one for one in value[name] if one.strip() and one.casefold() in folded]
        return tuple(dict.fromkeys([*own, *found]))

    steps = tuple(step for step in value["steps_tried"] if supported(step, said))
    return replace(
        plain,
        title=shortened(unmarked(supported(value["title"], said))) or plain.title,
        summary="\n".join(map(unmarked, supported(value["summary"], said).splitlines()))
        or plain.summary,
        category=value["category"],
        # rules miss what they have no word for, and a model may be talked down: the higher counts
        priority=max(Priority(value["priority"]), plain.priority, key=list(Priority).index),
        order_numbers=stand_there("order_numbers"),
        products=stand_there("products"),
        emails=stand_there("emails"),
        steps_tried=steps or plain.steps_tried,
    )
