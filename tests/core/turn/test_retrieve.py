"""A follow-up that a model made whole is one more search, and never the only one."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from core.domain.answers import Approved, Findings
from core.domain.conversation import TurnContext
from core.domain.ids import TenantId
from core.memory.ports import Rephrases
from core.ports import Retriever
from core.turn.retrieve import both, retrieve
from tests.builders import a_context, a_passage, an_understanding, findings


class Scripted(Retriever, Rephrases):
    """Finds what it was given for a question, and knows what a question means by itself."""

    def __init__(self, found: dict[str, Findings], whole: str | None) -> None:
        self.found = found
        self.whole = whole
        self.asked: list[str] = []

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        self.asked.append(question)
        return self.found[question]

    async def rephrase(self, context: TurnContext) -> str | None:
        return self.whole


async def test_the_customer_s_own_words_are_searched_first_and_always() -> None:
    first, second = a_passage("One.", score=0.4), a_passage("Two.", score=0.8)
    search = Scripted(
        {
            "and to Norway?": findings(first, confidence=0.3),
            "Do you ship to Norway?": findings(second, confidence=0.7),
        },
        "Do you ship to Norway?",
    )

    found = await retrieve(a_context("and to Norway?"), an_understanding(), search, search)

    assert search.asked == ["and to Norway?", "Do you ship to Norway?"]
    assert found.confidence == 0.7
    assert found.passages == (second,)


async def test_a_question_that_is_whole_is_searched_once() -> None:
    search = Scripted({"Where is it?": findings(a_passage())}, None)

    found = await retrieve(a_context("Where is it?"), an_understanding(), search, search)

    assert search.asked == ["Where is it?"]
    assert found == search.found["Where is it?"]


def test_a_passage_that_both_found_stands_once_with_its_better_score() -> None:
    low, high, other = (a_passage("One.", score=s) for s in (0.2, 0.9, 0.5))
    again = replace(high, id=low.id)

    found = both(findings(low, other), findings(again))

    assert [p.score for p in found.passages] == [0.9, 0.5]


def test_an_approved_answer_that_wins_is_not_hidden_by_one_that_is_near() -> None:
    near = Approved(id=UUID(int=1), question="q", answer="a", likeness=0.8, wins=False)
    wins = replace(near, likeness=0.9, wins=True)
    one, other = replace(findings(), approved=near), replace(findings(), approved=wins)

    assert both(one, other).approved == both(other, one).approved == wins
    assert both(findings(), one).approved == near
