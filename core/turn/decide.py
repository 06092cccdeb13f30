"""Step 5: what the turn does. Pure: the same values give the same decision."""

from dataclasses import dataclass

from core.domain.answers import Draft, Findings
from core.domain.conversation import Bot, Owner, Queue, TurnContext
from core.domain.decisions import Decision, Decline, HandOff, PassToAgent, Reply, StaySilent
from core.domain.phrases import Phrases
from core.domain.understanding import Understanding

CANCEL_PERSON = "cancel_person"
ASKED = "asked for a person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operator may set."""

    decline_below: float
    """Confidence in the passages under which the bot says that it does not know, 0 to 1."""
    history: int
    """How many earlier messages a turn reads."""


def wants_answer(context: TurnContext, understanding: Understanding) -> bool:
    """Whether the bot is asked something that only documents can answer."""
    if not isinstance(context.conversation.owner, Bot):
        return False
    return understanding.intent.label == "question"


def may_answer(
    context: TurnContext, understanding: Understanding, findings: Findings, rules: Rules
) -> bool:
    """Whether there is enough ground to write on.

    Weighed before the first word is written, so that none has to be taken back.
    """
    asked = wants_answer(context, understanding)
    return asked and findings.confidence >= rules.decline_below


def decide(
    context: TurnContext,
    understanding: Understanding,
    findings: Findings,
    draft: Draft | None,
    phrases: Phrases,
) -> Decision:
    """Reply, decline, hand over, or leave it to the person who owns the conversation."""
    owner = context.conversation.owner
    if isinstance(owner, Bot):
        return _as_bot(context, understanding, findings, draft, phrases)
    if isinstance(owner, Queue) and understanding.intent.label == CANCEL_PERSON:
        return _say(phrases, "taken_back", understanding)
    return PassToAgent()


def owner_after(decision: Decision, owner: Owner) -> Owner | None:
    """The new owner; None when it stays as it is."""
    if isinstance(decision, HandOff):
        return Queue()
    if isinstance(owner, Queue) and isinstance(decision, Reply):
        return Bot()
    return None


def _as_bot(
    context: TurnContext,
    understanding: Understanding,
    findings: Findings,
    draft: Draft | None,
    phrases: Phrases,
) -> Decision:
    if not context.question.strip():
        return StaySilent("nothing was said")
    match understanding.intent.label:
        case "person":
            return HandOff(ASKED, phrases.say("handoff", understanding.language.label))
        case "question":
            return Reply(draft) if draft else _decline(findings, phrases, understanding)
        case small_talk:
            return _say(phrases, small_talk, understanding)


def _decline(findings: Findings, phrases: Phrases, understanding: Understanding) -> Decline:
    language = understanding.language.label
    if not findings.looked_for:
        return Decline(phrases.say("decline_plain", language))
    words = ", ".join(findings.looked_for)
    return Decline(phrases.say("decline", language, looked_for=words))


def _say(phrases: Phrases, name: str, understanding: Understanding) -> Reply:
    text = phrases.say(name, understanding.language.label)
    return Reply(Draft(text=text, sources=(), written_by="phrase", prompt_version=""))
