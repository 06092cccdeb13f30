"""What a turn does: a table of cases, and one law."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.actions import CannedReply, HandOffTo, OpenTicket
from core.domain.answers import NOTHING_FOUND, Approved, Draft, Findings
from core.domain.conversation import Agent, Bot, Mood, Owner, Queue, TurnContext
from core.domain.decisions import Decision, Decline, HandOff, PassToAgent, Reply, StaySilent
from core.domain.ids import AgentId
from core.domain.tools import Outcome, ToolUse
from core.domain.understanding import Understanding
from core.nlu.phrases import load_phrases
from core.policy.load import read
from core.turn.decide import decide, may_answer, owner_after, wants_answer
from core.turn.weigh import Case, Decided, Rules
from tests.builders import a_case, a_context, a_draft, a_passage, an_understanding, findings

PHRASES = load_phrases(company="Acme", bot="Ada")
RULES = Rules(decline_below=0.5, history=20, policy=read())
AN_AGENT = Agent(AgentId(UUID(int=7)))


def the_case(
    context: TurnContext | None = None,
    understanding: Understanding | None = None,
    found: Findings = NOTHING_FOUND,
) -> Case:
    return replace(a_case(context, found), understanding=understanding or an_understanding())


def decided(case: Case, draft: Draft | None = None) -> Decided:
    return decide(replace(case, draft=draft), RULES, PHRASES)


def the_decision(
    context: TurnContext,
    understanding: Understanding,
    found: Findings = NOTHING_FOUND,
    draft: Draft | None = None,
) -> Decision:
    return decided(the_case(context, understanding, found), draft).decision


def test_a_question_with_a_draft_is_answered() -> None:
    decision = the_decision(a_context(), an_understanding(), findings(), a_draft())

    assert decision == Reply(a_draft())


def test_where_nothing_telling_was_looked_for_a_decline_names_nothing() -> None:
    decision = the_decision(a_context(), an_understanding(), findings(looked_for=()), None)

    assert decision == Decline(PHRASES.say("decline_plain", "en"))


def test_a_question_without_ground_is_declined_with_what_was_looked_for() -> None:
    found = findings(looked_for=("unicorn", "saddle"))

    decision = the_decision(a_context(), an_understanding(), found, None)

    assert isinstance(decision, Decline)
    assert "unicorn, saddle" in decision.text


def test_a_decline_offers_a_person() -> None:
    decision = the_decision(a_context(), an_understanding(), NOTHING_FOUND, None)

    assert isinstance(decision, Decline)
    assert decision.text.endswith(PHRASES.say("offer", "en"))


@given(owner=st.sampled_from([Bot()]), language=st.sampled_from(["en", "zh", "de", "xx"]))
def test_asking_for_a_person_always_gets_a_person(owner: Owner, language: str) -> None:
    understanding = an_understanding("person", language)

    decision = the_decision(
        a_context(owner=owner), understanding, findings(a_passage()), a_draft()
    )

    assert isinstance(decision, HandOff)
    assert owner_after(decision, owner) == Queue()


@pytest.mark.parametrize("owner", [Queue(), AN_AGENT], ids=["queue", "agent"])
@pytest.mark.parametrize("intent", ["question", "person", "greeting"])
def test_the_bot_says_nothing_in_a_conversation_it_does_not_own(owner: Owner, intent: str) -> None:
    context = a_context(owner=owner)

    decision = the_decision(context, an_understanding(intent), findings(), a_draft())

    assert decision == PassToAgent()
    assert owner_after(decision, owner) is None


def test_waiting_for_a_person_can_be_taken_back() -> None:
    context = a_context("back to the bot", owner=Queue())

    decision = the_decision(context, an_understanding("cancel_person"), NOTHING_FOUND, None)

    assert isinstance(decision, Reply)
    assert owner_after(decision, Queue()) == Bot()


def test_a_customer_cannot_take_a_conversation_from_an_agent() -> None:
    context = a_context("back to the bot", owner=AN_AGENT)

    decision = the_decision(context, an_understanding("cancel_person"), NOTHING_FOUND, None)

    assert decision == PassToAgent()


@pytest.mark.parametrize("intent", ["greeting", "thanks", "goodbye", "identity"])
def test_small_talk_is_answered_without_search_and_without_sources(intent: str) -> None:
    context = a_context("hello")
    understanding = an_understanding(intent)

    decision = the_decision(context, understanding, NOTHING_FOUND, None)

    assert not wants_answer(context, understanding)
    assert isinstance(decision, Reply)
    assert decision.draft.sources == ()


def test_nothing_said_is_met_with_silence() -> None:
    decision = the_decision(a_context("  \n "), an_understanding(), NOTHING_FOUND, None)

    assert isinstance(decision, StaySilent)


@pytest.mark.parametrize(("confidence", "enough"), [(0.49, False), (0.5, True)])
def test_an_answer_needs_the_confidence_that_the_operator_set(
    confidence: float, enough: bool
) -> None:
    found = findings(a_passage(), confidence=confidence)

    assert may_answer(the_case(found=found), RULES) is enough


def frustrated(level: float, intent: str = "question") -> Understanding:
    return replace(an_understanding(intent), frustration=level)


def in_mood(mood: Mood) -> TurnContext:
    context = a_context()
    return replace(context, conversation=replace(context.conversation, mood=mood))


def test_who_is_frustrated_gets_an_apology_and_the_offer_of_a_person_with_the_answer() -> None:
    case = the_case(understanding=frustrated(0.8), found=findings(a_passage()))

    told = decided(case, a_draft())

    assert isinstance(told.decision, Reply)
    assert told.decision.draft.text.startswith(PHRASES.say("apology", "en") + "\n\n")
    assert a_draft().text in told.decision.draft.text
    assert PHRASES.offers_person(told.decision.draft.text)
    assert (told.rule, told.mood) == ("frustrated", Mood(frustration=0.8, offers=1))


def test_who_is_frustrated_after_an_offer_gets_a_person_and_nothing_is_written() -> None:
    case = the_case(in_mood(Mood(offers=1)), frustrated(0.8), findings(a_passage()))

    assert not may_answer(case, RULES)
    assert isinstance(decided(case).decision, HandOff)


def test_small_talk_is_not_met_with_an_apology() -> None:
    decision = the_decision(a_context("thanks"), frustrated(0.9, "thanks"))

    assert decision == the_decision(a_context("thanks"), an_understanding("thanks"))


def test_unknowns_are_counted_until_an_answer() -> None:
    first = decided(the_case())
    second = decided(the_case(in_mood(Mood(unknowns=1))))
    answered = decided(the_case(in_mood(Mood(unknowns=2))), a_draft())

    assert [told.mood.unknowns for told in (first, second, answered)] == [1, 2, 0]
    assert second.rule == "two unknowns in a row"


def test_a_disclaimer_stands_below_an_answer_and_not_below_a_decline() -> None:
    context = a_context("Can I sue you over this?")

    answered = the_decision(context, an_understanding(), draft=a_draft())
    declined = the_decision(context, an_understanding())

    assert isinstance(answered, Reply)
    assert answered.draft.text.endswith("not legal advice.")
    assert isinstance(declined, Decline)
    assert PHRASES.offers_person(declined.text)


def test_an_intent_of_the_tenant_may_have_a_reply_of_its_own() -> None:
    canned = CannedReply({"en": "Until 8 pm.", "de": "Bis 20 Uhr."})
    understanding = replace(an_understanding("opening_hours", "de"), does=canned)

    decision = the_decision(a_context(), understanding)

    assert not wants_answer(a_context(), understanding)
    assert isinstance(decision, Reply)
    assert decision.draft.text == "Bis 20 Uhr."


def test_an_intent_of_the_tenant_may_go_to_a_team() -> None:
    understanding = replace(an_understanding("wrong_charge"), does=HandOffTo("billing"))

    decision = the_decision(a_context(), understanding, findings(a_passage()))

    assert isinstance(decision, HandOff)
    assert (decision.team, decision.reason) == ("billing", "intent wrong_charge")


def test_an_approved_answer_that_wins_needs_no_passages() -> None:
    approved = Approved(id=UUID(int=1), question="q", answer="a", likeness=0.95, wins=True)
    near = replace(approved, wins=False)

    assert may_answer(the_case(found=replace(NOTHING_FOUND, approved=approved)), RULES)
    assert not may_answer(the_case(found=replace(NOTHING_FOUND, approved=near)), RULES)


def test_what_a_tool_brought_is_said_as_it_is_where_nobody_wrote_from_it() -> None:
    found = Reply(a_draft("Order AB-1 is on its way. [1]"))
    case = replace(the_case(), otherwise=found)

    assert decided(case).decision == found
    assert decided(case, a_draft("It is on its way. [1]")).decision != found


def test_a_change_that_was_made_is_told_even_when_a_person_takes_over() -> None:
    made = ToolUse(id=UUID(int=1), tool="cancel", outcome=Outcome.DONE)
    case = the_case(in_mood(Mood(offers=1)), frustrated(0.9))
    told = replace(case, acted=Reply(a_draft("Order AB-1 is cancelled. [1]")), used=(made,))

    decision = decided(told).decision

    assert isinstance(decision, HandOff)
    assert decision.text.startswith("Order AB-1 is cancelled.")
    assert decision.text.endswith(PHRASES.say("handoff", "en"))


def test_an_intent_may_open_a_ticket_and_says_so() -> None:
    understanding = replace(an_understanding("wrong_charge"), does=OpenTicket("billing"))

    told = decided(the_case(understanding=understanding))
    handed = decided(the_case(in_mood(Mood(offers=1)), replace(understanding, frustration=0.9)))

    assert isinstance(told.decision, Reply)
    assert (told.decision.draft.text, told.ticket) == (PHRASES.say("ticket", "en"), "billing")
    assert isinstance(handed.decision, HandOff)
    assert handed.ticket == ""
