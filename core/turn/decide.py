"""Step 5: what the turn does. Pure: the same values give the same decision."""

from dataclasses import dataclass

from core.domain.answers import Draft, Findings
from core.domain.conversation import Bot, Owner, Queue, TurnContext
from core.domain.decisions import Decision, Decline, HandOff, PassToAgent, Reply, StaySilent
from core.domain.phrases import Phrases
from core.domain.understanding import Understanding

PERSON = "person"
CANCEL_PERSON = "cancel_person"
QUESTION = "question"
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
    return understanding.intent.label == QUESTION


def decide(
    context: TurnContext,
    understanding: Understanding,
    findings: Findings,
    draft: Draft | None,
    phrases: Phrases,
) -> Decision:
    """Reply, decline, hand over, or leave it to the person who owns the conversation."""
    language = understanding.language.label
    intent = understanding.intent.label
    match context.conversation.owner:
        case Queue() if intent == CANCEL_PERSON:
            return _say(phrases, "taken_back", language)
        case Bot():
            pass
        case _:
            return PassToAgent()
    if intent == PERSON:
        return HandOff(ASKED, phrases.say("handoff", language))
    if intent == CANCEL_PERSON:
        return _say(phrases, "greeting", language)
    if intent != QUESTION:
        return _say(phrases, intent, language)
    if not context.question.strip():
        return StaySilent("nothing was said")
    if draft is None:
        return _decline(findings, phrases, language)
    return Reply(draft)


def owner_after(decision: Decision, owner: Owner) -> Owner | None:
    """The new owner; None when it stays as it is."""
    if isinstance(decision, HandOff):
        return Queue()
    if isinstance(owner, Queue) and isinstance(decision, Reply):
        return Bot()
    return None


def _decline(findings: Findings, phrases: Phrases, language: str) -> Decline:
    if not findings.looked_for:
        return Decline(phrases.say("decline_plain", language))
    words = ", ".join(findings.looked_for)
    return Decline(phrases.say("decline", language, looked_for=words))


def _say(phrases: Phrases, name: str, language: str) -> Reply:
    text = phrases.say(name, language)
    return Reply(Draft(text=text, sources=(), written_by="phrase", prompt_version=""))
