"""What stands in a thread: the card, what is said, and what is held. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.desk import Button, Posting
from handoff.console.views import Card
from handoff.life import (
    Abandoned,
    Active,
    Expired,
    Handoff,
    Offered,
    Queued,
    Requested,
    Returned,
    State,
    WrappedUp,
)
from handoff.surface.thread import Reply, Said, Thread

_TRIED = 3
_QUOTE = 300
_STANDING: Mapping[type[State], str] = {
    Requested: "A customer waits for a person",
    Queued: "A customer waits for a person",
    Offered: "A customer waits; {agent} is asked",
    Active: "{agent} has this conversation",
    WrappedUp: "Closed by {agent}",
    Returned: "{agent} gave it back to the bot",
    Abandoned: "The customer left",
    Expired: "Nobody took it; it goes on as a ticket",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom:
    """How a desk in a chat works, as its people are told."""

    note_mark: str
    hold_s: float


def card(handoff: Handoff, thread: Thread, briefing: Card | None, custom: Custom) -> Posting:
    """The opening message."""
    return Posting(
        heading=f"{_standing(handoff, thread)} · {handoff.channel.value}"
        + (f" · {handoff.wants.language}" if handoff.wants.language else ""),
        paragraphs=_briefed(handoff, briefing),
        hint=_hint(custom),
        buttons=_buttons(handoff),
        about=str(handoff.id),
    )


def words(said: Sequence[Said]) -> Posting | None:
    """What was said, for the thread; None when none of it is to be seen there.

    The service's own sentences are left out, and what was written in the thread itself.
    """
    shown = [one for one in said if one.author != "system" and not is_from_thread(one.event)]
    lines = tuple(
        f"{_author(one)}: {'(taken back)' if one.deleted else one.text}" for one in shown
    )
    return Posting(heading="", paragraphs=lines) if lines else None


def _author(said: Said) -> str:
    """A customer's name is theirs to choose, an agent's for instance: so it never stands alone."""
    match said.author:
        case "customer":
            return f"{said.name} (customer)" if said.name else "Customer"
        case "bot":
            return "Bot"
        case _:
            return said.name or "Agent"


def client_id(message: str) -> str:
    """Under which an agent's words of a thread are stored, once."""
    return f"desk:{message}"


def is_from_thread(event: str) -> bool:
    """Whether words were written in a thread, by the event that they are stored with."""
    return event.startswith("agent:") and event.split(":", 2)[2].startswith("desk:")


_CHANGING = {True: "It changes at the customer's", False: "It is withdrawn at the customer's"}
_CHANGED = {True: "Changed at the customer's.", False: "Withdrawn at the customer's."}
"""By whether there are other words."""


def notice(reply: Reply, custom: Custom) -> Posting:
    """What stands below words for the customer, or below a change of them."""
    if reply.state not in {"new", "held"}:
        return Posting(heading=_became(reply))
    what = _CHANGING[bool(reply.text)] if _changes(reply) else "This goes out"
    return Posting(
        heading=f"{what} in {custom.hold_s:g} s.", buttons=(Button.UNDO,), about=str(reply.id)
    )


def _became(reply: Reply) -> str:
    match reply.state:
        case "sending":
            return "On its way to the customer."
        case "sent":
            return _CHANGED[bool(reply.text)] if _changes(reply) else "Sent to the customer."
        case "noted":
            return "Kept as a note. The customer has not seen it."
        case "refused":
            return f"Not sent. {reply.why}"
        case _ if _changes(reply):
            return "Undone. The customer still has the earlier words."
        case _:
            return "Undone. The customer has not seen it."


def _changes(reply: Reply) -> bool:
    """Whether it is about what the customer has already."""
    return "~" in reply.message


def _standing(handoff: Handoff, thread: Thread) -> str:
    return _STANDING[type(handoff.state)].format(agent=thread.agent_name or "a colleague")


def _briefed(handoff: Handoff, briefing: Card | None) -> tuple[str, ...]:
    found = [f"Why: {handoff.wants.reason}"]
    if handoff.wants.team:
        found.append(f"Team: {handoff.wants.team}")
    if briefing is None:
        return tuple(found)
    if briefing.customer:
        found.insert(0, f"Customer: {briefing.customer}")
    found += briefing.summary
    if briefing.facts:
        found.append("Known: " + "; ".join(dict.fromkeys(one.text for one in briefing.facts)))
    for tried in briefing.tried[-_TRIED:]:
        sources = ", ".join(dict.fromkeys(one.title for one in tried.sources)) or "no source"
        found.append(f"The bot: {tried.decision} ({tried.intent}; {sources})"[:_QUOTE])
    return tuple(found)


def _hint(custom: Custom) -> str:
    private = f"Begin with {custom.note_mark} for a private note. " if custom.note_mark else ""
    return (
        f"{private}Who has taken it writes to the customer right here; each reply waits"
        f" {custom.hold_s:g} s, with a button to undo it."
    )


def _buttons(handoff: Handoff) -> tuple[Button, ...]:
    match handoff.state:
        case Requested() | Queued() | Offered():
            return (Button.TAKE, Button.NOTE, Button.TICKET)
        case Active():
            return (Button.NOTE, Button.RETURN, Button.CLOSE, Button.TICKET)
        case _:
            return ()
