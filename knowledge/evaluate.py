"""Measures search and answers on questions whose right documents are known."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Literal

import msgspec

from core.domain.answers import Draft, Findings
from core.domain.errors import DocumentRefused
from core.domain.ids import TenantId
from core.nlu.words import telling_terms
from core.ports import Retriever
from knowledge.measures import auroc, coverage, ndcg, recall, reciprocal_rank, rouge_1


class _Said(msgspec.Struct, frozen=True):
    role: Literal["customer", "bot"]
    text: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an evaluation file."""

    question: str
    documents: tuple[str, ...]
    """Uri or title of each right document; empty when no document answers."""
    answer: str | None = None
    """A reference, for measuring what is said."""
    history: tuple[_Said, ...] = ()

    @property
    def before(self) -> tuple[str, ...]:
        """The customer's earlier words, oldest first."""
        return tuple(said.text for said in self.history if said.role == "customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one question brought."""

    question: Question
    ranked: tuple[str, ...]
    """The documents found, best first, under the name the question knows them by."""
    confidence: float
    answer: str | None
    """None when the bot declined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Means over the questions; None where there was nothing to measure."""

    questions: int
    answerable: int
    recall_at_1: float | None
    recall_at_5: float | None
    recall_at_10: float | None
    mrr: float | None
    ndcg_at_10: float | None
    answered: float | None
    """Share of the answerable questions that were answered, rightly or not."""
    answer_coverage: float | None
    """Share of the reference answers' telling words in what was answered; 0 where declined."""
    rouge_1: float | None
    """Of what was answered, against the references."""
    rightly_declined: float | None
    """Share of the questions without a right document that were declined."""
    confidence_auroc: float | None
    """The chance that an answerable question is surer than one that no document answers."""


Answer = Callable[[Question, Findings], Draft | None]
"""What the bot would say on these findings; None when it would decline."""


def read(path: Path) -> tuple[Question, ...]:
    """The questions of a JSON Lines file.

    Raises:
        DocumentRefused: not readable, without a question, or a line that is not one; the
            sentence names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as unreadable:
        raise DocumentRefused(path.name, "cannot be read as UTF-8 text") from unreadable
    decoder = msgspec.json.Decoder(Question)
    questions = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            questions.append(decoder.decode(line))
        except msgspec.MsgspecError as wrong:
            raise DocumentRefused(path.name, f"line {number} is no question: {wrong}") from wrong
    if not questions:
        raise DocumentRefused(path.name, "holds no question")
    return tuple(questions)


async def outcomes(
    retriever: Retriever, tenant: TenantId, questions: Sequence[Question], answer: Answer
) -> AsyncIterator[Outcome]:
    """Ask them one after the other, each as a turn would."""
    for question in questions:
        findings = await retriever.retrieve(tenant, question.question, question.before)
        draft = answer(question, findings)
        yield Outcome(
            question=question,
            ranked=_ranked(question, findings),
            confidence=findings.confidence,
            answer=draft.text if draft else None,
        )


def summarise(found: Sequence[Outcome]) -> Report:
    """The report over all outcomes."""
    has = [one for one in found if one.question.documents]
    hasnt = [one for one in found if not one.question.documents]
    referenced = [one for one in has if one.question.answer]
    spoken = [one for one in referenced if one.answer is not None]

    def search(measure: Callable[[Sequence[str], Sequence[str]], float]) -> float | None:
        return _mean([measure(one.ranked, one.question.documents) for one in has])

    return Report(
        questions=len(found),
        answerable=len(has),
        recall_at_1=search(lambda ranked, right: recall(ranked, right, 1)),
        recall_at_5=search(lambda ranked, right: recall(ranked, right, 5)),
        recall_at_10=search(lambda ranked, right: recall(ranked, right, 10)),
        mrr=search(reciprocal_rank),
        ndcg_at_10=search(ndcg),
        answered=_mean([float(one.answer is not None) for one in has]),
        answer_coverage=_mean([_covered(one) for one in referenced]),
        rouge_1=_mean([rouge_1(one.answer or "", one.question.answer or "") for one in spoken]),
        rightly_declined=_mean([float(one.answer is None) for one in hasnt]),
        confidence_auroc=_told_apart(has, hasnt),
    )


def _ranked(question: Question, findings: Findings) -> tuple[str, ...]:
    """Each document once, by the place of its best passage."""
    named = set(question.documents)
    names = [
        passage.title if passage.title in named and passage.uri not in named else passage.uri
        for passage in findings.passages
    ]
    return tuple(dict.fromkeys(names))


def _covered(one: Outcome) -> float:
    return coverage(one.answer or "", telling_terms(one.question.answer or ""))


def _told_apart(has: Sequence[Outcome], hasnt: Sequence[Outcome]) -> float | None:
    if not has or not hasnt:
        return None
    return auroc([one.confidence for one in has], [one.confidence for one in hasnt])


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None
