"""Evaluation files and what is made of them."""

from pathlib import Path

import pytest

from core.domain.errors import DocumentRefused
from knowledge.evaluate import Question, outcomes, read, summarise
from tests.builders import TENANT, a_draft, a_passage, findings
from tests.fakes.walk import ScriptedRetriever


def a_file(folder: Path, *lines: str) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_file_of_questions_is_read(tmp_path: Path) -> None:
    line = (
        '{"question": "and to Canada?", "documents": ["a.md"], "answer": "5 days",'
        ' "history": [{"role": "customer", "text": "How long?"}, {"role": "bot", "text": "3"}]}'
    )

    (question,) = read(a_file(tmp_path, line, ""))

    assert (question.documents, question.answer) == (("a.md",), "5 days")
    assert question.before == ("How long?",)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["{}"], "line 1 is no question"),
        (['{"question": "a", "documents": []}', "not json"], "line 2 is no question"),
        ([""], "holds no question"),
    ],
)
def test_a_file_with_a_mistake_is_refused_by_its_line(tmp_path, lines, sentence) -> None:
    with pytest.raises(DocumentRefused, match=sentence):
        read(a_file(tmp_path, *lines))


async def report(*questions: Question, declines: bool = False):
    retriever = ScriptedRetriever(findings(a_passage(), a_passage()))
    found = [
        outcome
        async for outcome in outcomes(
            retriever, TENANT, questions, lambda q, f: None if declines else a_draft()
        )
    ]
    return summarise(found)


@pytest.mark.parametrize("name", ["help/delivery.md", "Delivery"], ids=["uri", "title"])
async def test_a_right_document_is_known_by_its_uri_or_its_title(name: str) -> None:
    made = await report(Question(question="How long?", documents=(name,), answer="two days"))

    assert (made.recall_at_1, made.mrr, made.ndcg_at_10) == (1.0, 1.0, 1.0)
    assert made.answer_coverage == 1.0
    assert made.rightly_declined is None


async def test_declining_an_unanswerable_question_is_right() -> None:
    made = await report(Question(question="Elephants?", documents=()), declines=True)

    assert (made.rightly_declined, made.recall_at_5, made.answerable) == (1.0, None, 0)


async def test_a_declined_answerable_question_covers_nothing() -> None:
    question = Question(question="How long?", documents=("Delivery",), answer="two days")

    made = await report(question, declines=True)

    assert (made.answered, made.answer_coverage) == (0.0, 0.0)
