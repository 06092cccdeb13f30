"""What a turn does: a table of cases, and one law."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import NOTHING_FOUND
from core.domain.conversation import Agent, Bot, Owner, Queue
from core.domain.decisions import Decline, HandOff, PassToAgent, Reply, StaySilent
from core.domain.ids import AgentId
from core.nlu.phrases import load_phrases
from core.turn.decide import Rules, decide, may_answer, owner_after, wants_answer
from tests.builders import a_context, a_draft, a_passage, an_understanding, findings

PHRASES = load_phrases(company="Acme", bot="Ada")
RULES = Rules(decline_below=0.5, history=20)
AN_AGENT = Agent(AgentId(UUID(int=7)))


def test_a_question_with_a_draft_is_answered() -> None:
    decision = decide(a_context(), an_understanding(), findings(), a_draft(), PHRASES)

    assert decision == Reply(a_draft())


def test_a_question_without_ground_is_declined_with_what_was_looked_for() -> None:
    found = findings(looked_for=("unicorn", "saddle"))

    decision = decide(a_context(), an_understanding(), found, None, PHRASES)

    assert isinstance(decision, Decline)
    assert "unicorn, saddle" in decision.text


def test_a_decline_offers_a_person() -> None:
    decision = decide(a_context(), an_understanding(), NOTHING_FOUND, None, PHRASES)

    assert isinstance(decision, Decline)
    assert decision.text.endswith(PHRASES.say("offer", "en"))


@given(owner=st.sampled_from([Bot()]), language=st.sampled_from(["en", "zh", "de", "xx"]))
def test_asking_for_a_person_always_gets_a_person(owner: Owner, language: str) -> None:
    understanding = an_understanding("person", language)

    decision = decide(
        a_context(owner=owner), understanding, findings(a_passage()), a_draft(), PHRASES
    )

    assert isinstance(decision, HandOff)
    assert owner_after(decision, owner) == Queue()


@pytest.mark.parametrize("owner", [Queue(), AN_AGENT], ids=["queue", "agent"])
@pytest.mark.parametrize("intent", ["question", "person", "greeting"])
def test_the_bot_says_nothing_in_a_conversation_it_does_not_own(owner: Owner, intent: str) -> None:
    context = a_context(owner=owner)

    decision = decide(context, an_understanding(intent), findings(), a_draft(), PHRASES)

    assert decision == PassToAgent()
    assert owner_after(decision, owner) is None


def test_waiting_for_a_person_can_be_taken_back() -> None:
    context = a_context("back to the bot", owner=Queue())

    decision = decide(context, an_understanding("cancel_person"), NOTHING_FOUND, None, PHRASES)

    assert isinstance(decision, Reply)
    assert owner_after(decision, Queue()) == Bot()


def test_a_customer_cannot_take_a_conversation_from_an_agent() -> None:
    context = a_context("back to the bot", owner=AN_AGENT)

    decision = decide(context, an_understanding("cancel_person"), NOTHING_FOUND, None, PHRASES)

    assert decision == PassToAgent()


@pytest.mark.parametrize("intent", ["greeting", "thanks", "goodbye", "identity"])
def test_small_talk_is_answered_without_search_and_without_sources(intent: str) -> None:
    context = a_context("hello")
    understanding = an_understanding(intent)

    decision = decide(context, understanding, NOTHING_FOUND, None, PHRASES)

    assert not wants_answer(context, understanding)
    assert isinstance(decision, Reply)
    assert decision.draft.sources == ()


def test_nothing_said_is_met_with_silence() -> None:
    decision = decide(a_context("  \n "), an_understanding(), NOTHING_FOUND, None, PHRASES)

    assert isinstance(decision, StaySilent)


@pytest.mark.parametrize(("confidence", "enough"), [(0.49, False), (0.5, True)])
def test_an_answer_needs_the_confidence_that_the_operator_set(
    confidence: float, enough: bool
) -> None:
    found = findings(a_passage(), confidence=confidence)

    assert may_answer(a_context(), an_understanding(), found, RULES) is enough
