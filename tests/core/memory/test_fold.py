"""Facts of messages: which are gathered, which stay, which go first."""

import string

from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Source
from core.domain.memory import NO_MEMORY, Fact, Kind, Memory
from core.memory.budget import Budget
from core.memory.fold import bounded, fold
from core.memory.gather import LONGEST, gather
from core.memory.told import line
from core.models.counting import tokens
from tests.core.memory.talks import AGENT, BOT, CUSTOMER, fields, talk

BUDGET = Budget()


def texts(*said, memory: Memory = NO_MEMORY) -> list[tuple[Kind, str]]:
    folded = fold(memory, talk(*said), BUDGET, tokens)
    return [(fact.kind, fact.text) for fact in folded.facts]


def test_facts_keep_their_words_their_messages_and_their_speakers() -> None:
    facts = gather(
        talk(
            (CUSTOMER, "Hello. My order is A-1234. It cost 45.20 euros."),
            (AGENT, "I will refund it by Friday."),
        )
    )

    assert facts == (
        Fact(kind=Kind.REFERENCE, text="My order is A-1234.", seq=1),
        Fact(kind=Kind.NUMBER, text="It cost 45.20 euros.", seq=1),
        Fact(
            kind=Kind.PROMISE,
            text="I will refund it by Friday. (said on 2026-06-01)",
            seq=2,
            by=AGENT,
        ),
    )


def test_promises_of_bot_and_agent_are_kept_and_a_documents_are_not() -> None:
    documented = talk((BOT, "We will refund 30 euros within 14 days."))[0]
    source = Source(title="Refunds", uri="refunds.md", quote="", score=0.9)
    grounded = type(documented)(**{**fields(documented), "sources": (source,)})

    assert texts((BOT, "I am connecting you with a colleague.")) == [
        (Kind.PROMISE, "I am connecting you with a colleague.")
    ]
    assert texts((AGENT, "我们会在3个工作日内为您退款。")) == [
        (Kind.PROMISE, "我们会在3个工作日内为您退款。")
    ]
    assert gather((grounded,)) == ()


def test_a_question_is_open_until_it_is_asked_again_and_answered() -> None:
    asked = (CUSTOMER, "Does the guarantee hold in Norway?")
    unknown = (BOT, "I do not know. Would you like to talk to a person?")

    open_still = fold(NO_MEMORY, talk(asked, unknown), BUDGET, tokens)
    answered = fold(
        open_still,
        talk((CUSTOMER, "So, does the guarantee hold there?"), (AGENT, "It does."), first=3),
        BUDGET,
        tokens,
    )

    assert [(f.kind, f.text) for f in open_still.facts] == [(Kind.QUESTION, asked[1])]
    assert [(f.kind, f.text) for f in answered.facts] == [(Kind.NAME, asked[1])]
    assert texts((CUSTOMER, "What does the guarantee cover?"), (AGENT, "All.")) == []


def test_what_is_said_again_stands_once_and_the_same_date_of_something_else_twice() -> None:
    assert texts(
        (CUSTOMER, "My order is A-1234."),
        (BOT, "Thank you, I have noted A-1234."),
        (CUSTOMER, "As I said, my order is A-1234!"),
        (CUSTOMER, "I bought it on 3 March."),
        (CUSTOMER, "The bill reached me on 3 March, too."),
    ) == [
        (Kind.REFERENCE, "My order is A-1234."),
        (Kind.DATE, "I bought it on 3 March."),
        (Kind.DATE, "The bill reached me on 3 March, too."),
    ]


def test_a_correction_stands_beside_what_it_corrects() -> None:
    assert texts((CUSTOMER, "My order is A-1."), (CUSTOMER, "Sorry, my order is A-2.")) == [
        (Kind.REFERENCE, "My order is A-1."),
        (Kind.REFERENCE, "Sorry, my order is A-2."),
    ]


def test_of_a_long_sentence_that_is_kept_which_lies_around_what_matters() -> None:
    filler = "and so it went on and on without an end in sight " * 8

    facts = gather(talk((CUSTOMER, f"it all began {filler} with order A-1234 {filler} in vain")))

    assert ["A-1234" in fact.text for fact in facts] == [True]
    assert all(len(fact.text) <= LONGEST + 2 for fact in facts)


def test_what_goes_first_is_what_tells_least() -> None:
    facts = [
        Fact(kind=Kind.PROMISE, text="I will call.", seq=1, by=AGENT),
        Fact(kind=Kind.REFERENCE, text="My order is A-1.", seq=2),
        Fact(kind=Kind.QUESTION, text="Until when?", seq=3),
        Fact(kind=Kind.NUMBER, text="I paid 30 euros.", seq=4),
        Fact(kind=Kind.DATE, text="I paid on 3 March.", seq=5),
        Fact(kind=Kind.NAME, text="What is the website in California?", seq=6),
        Fact(kind=Kind.STATED, text="The parcel looked strange.", seq=7),
    ]
    left = facts
    gone = []
    while left:
        room = sum(tokens(line(fact)) for fact in left) - 1
        kept = bounded(left, room, tokens)
        gone += [fact.seq for fact in left if fact not in kept]
        left = list(kept)

    assert gone == [6, 7, 4, 5, 3, 2, 1]


numbers = st.integers(10**6, 10**9).map(str)
words = st.text(string.ascii_lowercase, min_size=2, max_size=8)
frames = st.sampled_from(
    [
        "My order is {}.",
        "{} is what it says",
        "ref {} and then some",
        "编号{}，谢谢",
        "({})",
        "no.{}!",
    ]
)


@given(st.lists(st.tuples(frames, numbers, st.lists(words, max_size=30)), min_size=1, max_size=8))
def test_no_reference_of_a_customer_is_lost_while_there_is_room(said) -> None:
    messages = talk(
        *((CUSTOMER, f"{' '.join(before)} {frame.format(n)}") for frame, n, before in said)
    )

    memory = fold(NO_MEMORY, messages, Budget(tokens=20_000), tokens)

    kept = "\n".join(fact.text for fact in memory.facts)
    assert all(number in kept for _, number, _ in said)
    assert [fact.seq for fact in memory.facts] == sorted(fact.seq for fact in memory.facts)


@given(st.lists(st.text("Aa1 .,?我们会3天\n", max_size=200), max_size=20), st.integers(0, 300))
def test_facts_fit_their_room_whatever_is_said(said, room) -> None:
    budget = Budget(tokens=room)

    memory = fold(NO_MEMORY, talk(*((AGENT, text) for text in said)), budget, tokens)

    assert sum(tokens(line(fact)) for fact in memory.facts) <= budget.for_facts
