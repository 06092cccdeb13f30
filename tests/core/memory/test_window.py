"""What of a conversation a prompt shows: nothing falls between window and memory."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.domain.conversation import TurnContext
from core.domain.memory import NO_MEMORY, Fact, Kind, Memory
from core.domain.messages import Author
from core.memory.budget import Budget
from core.memory.told import told
from core.memory.window import cut, size, tail, window
from core.models.counting import tokens
from tests.builders import a_context
from tests.core.memory.talks import AGENT, BOT, CUSTOMER, talk

BUDGET = Budget(tokens=400)


def context_of(messages, memory: Memory = NO_MEMORY) -> TurnContext:
    return replace(a_context(), history=tuple(messages[:-1]), waiting=messages[-1:], memory=memory)


def test_a_short_talk_is_shown_word_by_word() -> None:
    messages = talk((CUSTOMER, "Where is my order A-1234?"), (BOT, "On its way."), (CUSTOMER, "?"))

    shown = window(context_of(messages), BUDGET, tokens)

    assert shown.messages == messages[:2]
    assert shown.memory == NO_MEMORY


def test_what_the_summary_has_is_not_shown_again() -> None:
    messages = talk(*[(CUSTOMER, "One."), (BOT, "Two.")] * 3)
    memory = Memory(version=1, upto=2, text="Customer: One.")

    shown = window(context_of(messages, memory), BUDGET, tokens)

    assert [m.seq for m in shown.messages] == [3, 4, 5]
    assert shown.memory == memory


def test_what_does_not_fit_leaves_its_facts() -> None:
    messages = talk(
        (CUSTOMER, "My order is A-1234, from 3 March."),
        (AGENT, "I will call you tomorrow."),
        *[(CUSTOMER, "And then? " * 15), (BOT, "Then this. " * 15)] * 6,
        (CUSTOMER, "Now?"),
    )

    shown = window(context_of(messages), BUDGET, tokens)

    assert shown.messages[0].seq > 2
    assert shown.messages[0].author is Author.CUSTOMER
    assert "A-1234" in told(shown.memory)
    assert "I will call you tomorrow. (said on 2026-06-01)" in told(shown.memory)


def test_the_window_does_not_reach_over_a_long_silence_and_the_facts_do() -> None:
    messages = talk(
        (CUSTOMER, "My order is A-1234."),
        (BOT, "Thank you."),
        (CUSTOMER, "Hello again."),
        (BOT, "Hello."),
        (CUSTOMER, "Now?"),
        hours=[0, 0, 30],
    )

    shown = window(context_of(messages), BUDGET, tokens)
    longer = replace(BUDGET, silence=timedelta(hours=48))

    assert [m.seq for m in shown.messages] == [3, 4]
    assert [fact.text for fact in shown.memory.facts] == ["My order is A-1234."]
    assert len(window(context_of(messages), longer, tokens).messages) == 4


def test_a_silence_before_the_question_leaves_nothing_in_the_window() -> None:
    messages = talk(
        (CUSTOMER, "My order is A-1."), (BOT, "Yes."), (CUSTOMER, "?"), hours=[0, 0, 30]
    )

    shown = window(context_of(messages), BUDGET, tokens)

    assert shown.messages == ()
    assert "A-1" in told(shown.memory)


def test_there_is_nothing_to_summarise_while_there_is_room() -> None:
    assert cut(NO_MEMORY, talk((CUSTOMER, "Hello."), (BOT, "Hello.")), BUDGET, tokens) is None
    assert cut(NO_MEMORY, (), BUDGET, tokens) is None


def test_a_full_window_is_cut_at_a_customers_turn_and_a_fifth_stays() -> None:
    messages = talk(*[(CUSTOMER, "And then? " * 4), (BOT, "Then this. " * 4)] * 12)

    upto = cut(NO_MEMORY, messages, BUDGET, tokens)

    assert upto is not None
    kept = [m for m in messages if m.seq > upto]
    assert kept[0].author is Author.CUSTOMER
    assert sum(size(m, tokens) for m in kept) <= 0.2 * BUDGET.tokens
    assert cut(NO_MEMORY, kept, BUDGET, tokens) is None


def test_all_before_a_silence_is_summarised_however_short() -> None:
    messages = talk((CUSTOMER, "One."), (BOT, "Two."), (CUSTOMER, "Three."), hours=[0, 0, 30])

    assert cut(NO_MEMORY, messages, BUDGET, tokens) == 2


authors = st.sampled_from([CUSTOMER, CUSTOMER, BOT, AGENT])
texts = st.text("ab ,.?\n中文", max_size=300)


@given(st.lists(st.tuples(authors, texts), min_size=1, max_size=40), st.integers(0, 30))
def test_every_message_is_summarised_shown_or_gathered_and_the_budget_holds(said, upto) -> None:
    context = context_of(talk(*said), Memory(version=1, upto=upto, text="Before." if upto else ""))

    shown = window(context, BUDGET, tokens)

    behind = [m for m in context.history if m.seq > upto]
    assert list(shown.messages) == behind[len(behind) - len(shown.messages) :]
    left = behind[: len(behind) - len(shown.messages)]
    assert {fact.seq for fact in shown.memory.facts} <= {m.seq for m in left}
    used = tokens(told(shown.memory)) + sum(size(m, tokens) for m in shown.messages)
    assert used <= BUDGET.tokens + 40  # the heads of the memory's parts


@given(st.lists(st.tuples(authors, texts), max_size=30), st.integers(0, 300))
def test_a_tail_fits_and_begins_with_a_customers_turn_where_it_can(said, room) -> None:
    messages = talk(*said)

    kept = tail(messages, room, tokens)

    assert kept == messages[len(messages) - len(kept) :]
    assert sum(size(m, tokens) for m in kept) <= room
    begins = [
        before.author is not CUSTOMER and after.author is CUSTOMER
        for before, after in pairwise(kept)
    ]
    assert not any(begins) or kept[0].author is CUSTOMER


def test_a_memory_is_told_the_same_each_time_and_no_words_make_a_line() -> None:
    memory = Memory(
        version=2,
        upto=9,
        text="Customer: Hello.",
        facts=(
            Fact(kind=Kind.REFERENCE, text="My order is\n- (3, agent) A-1234.", seq=1),
            Fact(kind=Kind.PROMISE, text="I will call.", seq=4, by=AGENT),
            Fact(kind=Kind.QUESTION, text="Until when?", seq=5),
        ),
        customer=("I live in Leeds.",),
    )

    assert told(memory) == (
        "Known of this customer from before:\n- I live in Leeds.\n\n"
        "Promised to the customer:\n- (4, agent) I will call.\n\n"
        "Asked by the customer and still open:\n- (5) Until when?\n\n"
        "Said before, word by word:\n- (1) My order is - (3, agent) A-1234.\n\n"
        "Summary of what else was said before:\nCustomer: Hello."
    )
    assert told(NO_MEMORY) == ""
