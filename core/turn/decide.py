"""Step 5: what the turn does. Pure: the same values give the same decision.

What the turn would say by itself is held against the operator's policy, which may hand it over,
offer a person with it, or change words of it.
"""

from dataclasses import replace
from typing import assert_never

from core.domain.actions import Answer, CannedReply, HandOffTo, OpenTicket, UseTool
from core.domain.answers import Draft
from core.domain.conversation import Bot, Owner, Queue, TurnContext
from core.domain.decisions import Decision, Decline, HandOff, PassToAgent, Reply, StaySilent
from core.domain.phrases import Phrases
from core.domain.understanding import Intent, Understanding
from core.policy import rules as policy
from core.policy.judge import Judgement, judge
from core.turn.weigh import Case, Decided, Rules, mood_after, situation


def wants_answer(context: TurnContext, understanding: Understanding) -> bool:
    """Whether the bot is asked something that only documents, or a tool, can answer."""
    if not isinstance(context.conversation.owner, Bot):
        return False
    return understanding.asks and isinstance(understanding.does, Answer | UseTool)


def may_answer(case: Case, rules: Rules) -> bool:
    """Whether there is enough ground to write on, and no rule that gives the turn to a person.

    Weighed before the first word is written, so that none has to be taken back.
    """
    if not wants_answer(case.context, case.understanding):
        return False
    approved = case.findings.approved
    if not (approved and approved.wins) and case.findings.confidence < rules.decline_below:
        return False
    return not needs_person(case, rules)


def needs_person(case: Case, rules: Rules) -> bool:
    """Whether a rule gives the turn to a person, whatever could be answered or done."""
    judged = judge(rules.policy, situation(case, rules))
    return isinstance(judged.do, policy.HandOver)


def goes_to_person(case: Case, rules: Rules) -> bool:
    """Whether the turn asks for a person, or the operator gives it to one."""
    understanding = case.understanding
    if understanding.intent.label == Intent.PERSON or isinstance(understanding.does, HandOffTo):
        return True
    return needs_person(case, rules)


def decide(case: Case, rules: Rules, phrases: Phrases) -> Decided:
    """Reply, decline, hand over, or leave it to the person who owns the conversation."""
    owner, language = case.context.conversation.owner, case.understanding.language.label
    by_rule = ""
    if isinstance(owner, Bot):
        said = case.settled or _as_bot(case, phrases)
        judged = judge(rules.policy, situation(case, rules, said))
        decision, by_rule = _routed(_ruled(said, judged, case, phrases), judged.route), judged.rule
    elif isinstance(owner, Queue) and case.understanding.intent.label == Intent.CANCEL_PERSON:
        decision = _say(phrases, "taken_back", language)
    else:
        decision = PassToAgent()
    mood = mood_after(case, decision, phrases)
    return Decided(decision, by_rule, mood, _ticket(case, decision))


def _ticket(case: Case, decision: Decision) -> str:
    does = case.understanding.does
    return does.category if isinstance(does, OpenTicket) and isinstance(decision, Reply) else ""


def owner_after(decision: Decision, owner: Owner) -> Owner | None:
    """The new owner; None when it stays as it is."""
    if isinstance(decision, HandOff):
        return Queue()
    if isinstance(owner, Queue) and isinstance(decision, Reply):
        return Bot()
    return None


def _as_bot(case: Case, phrases: Phrases) -> Decision:
    """What is done where no rule of the policy wants anything else."""
    if not case.context.question.strip():
        return StaySilent("nothing was said")
    language = case.understanding.language.label
    label = case.understanding.intent.label
    if label == Intent.PERSON:
        return _hand_off("asked for a person", "", language, phrases)
    if case.understanding.asks:
        return _about(label, case, phrases)
    return _say(phrases, label, language)


def _about(intent: str, case: Case, phrases: Phrases) -> Decision:
    """What the operator wants done about an intent."""
    language = case.understanding.language.label
    match case.understanding.does:
        case Answer() | UseTool():
            return Reply(case.draft) if case.draft else _decline(case, phrases)
        case CannedReply() as canned:
            return Reply(_phrase(canned.in_language(language)))
        case HandOffTo(team):
            return _hand_off(f"intent {intent}", team, language, phrases)
        case OpenTicket():
            return _say(phrases, "ticket", language)
        case never:
            assert_never(never)


def _ruled(said: Decision, judged: Judgement, case: Case, phrases: Phrases) -> Decision:
    """The decision with what the policy wants of it."""
    language = case.understanding.language.label
    if isinstance(judged.do, policy.HandOver) and not isinstance(said, StaySilent):
        handed = _hand_off(judged.rule, judged.do.team, language, phrases)
        if isinstance(said, Reply) and case.done:
            return replace(handed, text=f"{said.draft.text}\n\n{handed.text}")
        return handed
    if not isinstance(said, Reply | Decline) or not case.understanding.asks:
        return said
    text = judged.answer if isinstance(said, Reply) else said.text
    match judged.do:
        case policy.Offer():
            text = _with_offer(text, language, phrases)
        case policy.ApologiseAndOffer():
            sorry = phrases.say("apology", language)
            text = _with_offer(f"{sorry}\n\n{text}", language, phrases)
        case policy.Answer() | policy.HandOver():
            pass
    return Reply(replace(said.draft, text=text)) if isinstance(said, Reply) else Decline(text)


def _routed(decision: Decision, route: policy.Route) -> Decision:
    """A handoff with the people that the policy wants for it."""
    if not isinstance(decision, HandOff):
        return decision
    team = decision.team or route.team
    return replace(decision, team=team, priority=route.priority, skills=route.skills)


def _with_offer(text: str, language: str, phrases: Phrases) -> str:
    if phrases.offers_person(text):
        return text
    return f"{text}\n\n{phrases.say('offer', language)}"


def _hand_off(reason: str, team: str, language: str, phrases: Phrases) -> HandOff:
    return HandOff(reason, phrases.say("handoff", language), team)


def _decline(case: Case, phrases: Phrases) -> Decline:
    language = case.understanding.language.label
    if not case.findings.looked_for:
        return Decline(phrases.say("decline_plain", language))
    words = ", ".join(case.findings.looked_for)
    return Decline(phrases.say("decline", language, looked_for=words))


def _say(phrases: Phrases, name: str, language: str) -> Reply:
    return Reply(_phrase(phrases.say(name, language)))


def _phrase(text: str) -> Draft:
    return Draft(text=text, sources=(), written_by="phrase", prompt_version="", path="phrase")
