"""What a decision is weighed by: the turn so far, the operator's rules, the mood of the talk."""

from dataclasses import dataclass
from datetime import datetime

from core.domain.answers import NOTHING_FOUND, Draft, Findings
from core.domain.changes import Change
from core.domain.conversation import CALM, Mood, TurnContext
from core.domain.decisions import AskBack, Decision, Decline, HandOff, Reply
from core.domain.phrases import Phrases
from core.domain.tools import Outcome, ToolUse
from core.domain.understanding import Understanding
from core.policy.judge import filters
from core.policy.masking import Masking
from core.policy.rules import Policy
from core.policy.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operator may set."""

    decline_below: float
    """Confidence in the passages under which the bot says that it does not know, 0 to 1."""
    history: int
    """How many earlier messages a turn reads."""
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A turn as far as it has come; every step adds what it found out."""

    at: datetime
    context: TurnContext
    understanding: Understanding
    findings: Findings = NOTHING_FOUND
    acted: Decision | None = None
    """What is left to do, where a tool has settled the turn."""
    otherwise: Decision | None = None
    """What is done where nothing is written from what a tool brought."""
    draft: Draft | None = None
    """None where nothing was written, or there was no ground."""
    used: tuple[ToolUse, ...] = ()
    changes: tuple[Change, ...] = ()
    """By an operator's hooks."""

    @property
    def settled(self) -> Decision | None:
        """What a tool leaves to do; None where the turn is decided as if there were none."""
        return self.acted or (None if self.draft else self.otherwise)

    @property
    def done(self) -> bool:
        """Whether a tool did something, which the customer must hear whatever else is decided."""
        return any(use.outcome is Outcome.DONE for use in self.used)


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision, and what led to it."""

    decision: Decision
    rule: str = ""
    """Of the policy; empty where it was not asked."""
    mood: Mood = CALM
    """Of the conversation after the turn."""
    ticket: str = ""
    """The category of the ticket that is to be opened; empty for none."""


def situation(case: Case, rules: Rules, said: Decision | None = None) -> Situation:
    """The turn as a policy weighs it; `said` is what the bot would do, once that is known."""
    understanding, mood = case.understanding, case.context.conversation.mood
    return Situation(
        text=case.context.question,
        intent=understanding.intent,
        language=understanding.language.label,
        emotion=understanding.emotion,
        frustration=understanding.frustration,
        confidence=case.findings.confidence if understanding.asks else None,
        repeats=understanding.repeats,
        unknowns=mood.unknowns + isinstance(said, Decline),
        offers=mood.offers,
        open=rules.policy.open_at(case.at),
        attributes=case.context.customer.attributes,
        answer=said.draft.text if isinstance(said, Reply) else "",
    )


def masking(case: Case, rules: Rules) -> Masking:
    """Hides in an answer, while it is shown, what the policy's filters will hide in the end."""
    return Masking(filters(rules.policy, situation(case, rules)))


def mood_after(case: Case, decision: Decision, phrases: Phrases) -> Mood:
    """How the talk stands once this was said.

    Small talk between two questions changes neither count.
    """
    before, asks = case.context.conversation.mood, case.understanding.asks
    unknowns, offers = before.unknowns, before.offers
    match decision:
        case Decline(text):
            unknowns, offers = unknowns + 1, offers + phrases.offers_person(text)
        case Reply(draft) if asks:
            unknowns, offers = 0, (offers + 1 if phrases.offers_person(draft.text) else 0)
        case HandOff() | AskBack():
            unknowns, offers = 0, 0
        case _:
            pass
    return Mood(frustration=case.understanding.frustration, unknowns=unknowns, offers=offers)
