"""How good extracted answers are, given the right documents: `python -m tests.bench.answers DATA`.

DATA is the folder of the evaluation sets. Search is left out: the passages are those that a set
itself calls right, so the figures are those of the selection alone. Prints one JSON object with
the tuning split beside the reporting one.
"""

import argparse
import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sentencex
import Stemmer

from core.domain.answers import Findings, Passage, Sentence
from core.domain.ids import DocumentId, PassageId
from core.models.extract import extract, supporting
from knowledge.embedders.minilm import MiniLmEmbedder
from knowledge.ports import Embedder

_CHINESE_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]?[”」』）]*")
_PORTER = Stemmer.Stemmer("porter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, where its answer stands, and what a right answer says."""

    tuning: bool
    question: str
    before: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    """Heading and text of each right passage."""
    answers: tuple[str, ...]


def rouge_1(answer: str, reference: str) -> float:
    """F of the words both have, stemmed; citations do not count.

    Source: Lin 2004, with the Porter stemmer as in its reference implementation.
    """
    said, wanted = _words(answer), _words(reference)
    both = sum((said & wanted).values())
    return 2 * both / (said.total() + wanted.total()) if both else 0.0


def _words(text: str) -> Counter[str]:
    words = re.findall(r"[a-z0-9]+", re.sub(r"\[\d+\]", "", text).lower())
    return Counter(_PORTER.stemWords(words))


def chinese(folder: Path) -> Iterator[Case]:
    """cmrc2018: spans in a paragraph; the first 200 paragraphs are for tuning."""
    data = json.loads((folder / "cmrc2018" / "cmrc2018_dev.json").read_text(encoding="utf-8"))
    paragraphs = [paragraph for article in data["data"] for paragraph in article["paragraphs"]]
    for place, paragraph in enumerate(paragraphs):
        for asked in paragraph["qas"]:
            yield Case(
                tuning=place < 200,
                question=asked["question"],
                before=(),
                texts=(("", paragraph["context"]),),
                answers=tuple(answer["text"] for answer in asked["answers"]),
            )


def product_docs(folder: Path) -> Iterator[Case]:
    """anthropic_docs: sections and an answer; questions with odd position are for tuning."""
    docs = folder / "anthropic_docs"
    sections = {
        section["chunk_link"]: (section["chunk_heading"], section["text"])
        for section in json.loads((docs / "anthropic_docs.json").read_text(encoding="utf-8"))
    }
    asked = json.loads((docs / "docs_evaluation_dataset.json").read_text(encoding="utf-8"))
    for place, one in enumerate(asked, start=1):
        yield Case(
            tuning=place % 2 == 1,
            question=one["question"],
            before=(),
            texts=tuple(sections[link] for link in one["correct_chunks"] if link in sections),
            answers=(one["correct_answer"],),
        )


def conversations(folder: Path) -> Iterator[Case]:
    """mtrag: what can be answered from its contexts; conversations 0 to 7 are for tuning."""
    lines = (folder / "mtrag" / "mtragun_reference.jsonl").read_text(encoding="utf-8")
    for task in map(json.loads, lines.splitlines()):
        said = [turn["text"] for turn in task["input"] if turn["speaker"] == "user"]
        if "ANSWERABLE" not in task["answerability"] or not task["contexts"]:
            continue
        yield Case(
            tuning=task["conversation_id"][0] in "01234567",
            question=said[-1],
            before=tuple(said[:-1]),
            texts=tuple((c.get("title", ""), c["text"]) for c in task["contexts"][:5]),
            answers=(task["targets"][0]["text"],),
        )


async def found(case: Case, embedder: Embedder) -> Findings:
    """The right passages, in the form in which search returns them."""
    cut = [[*sentences_of(text)] for _, text in case.texts]
    near = iter([0.0] * sum(map(len, cut)))
    if embedder.knows(case.question):
        rows = await embedder.embed([case.question, *(s for part in cut for s in part)])
        near = iter((rows[1:] @ rows[0]).clip(-1, 1).tolist())
    return Findings(
        passages=tuple(
            Passage(
                id=PassageId(UUID(int=place)),
                document=DocumentId(UUID(int=place)),
                title=heading,
                uri=str(place),
                heading=(),
                page=None,
                text=text,
                sentences=tuple(Sentence(text=s, similarity=next(near)) for s in part),
                score=0.5,
                parts={},
            )
            for place, ((heading, text), part) in enumerate(zip(case.texts, cut, strict=True))
        ),
        confidence=1.0,
        looked_for=(),
        knowledge_version=0,
    )


def sentences_of(text: str) -> Iterator[str]:
    """The sentences of a text, without white space around them."""
    if re.search("[\u4e00-\u9fff]", text):
        yield from (s for s in _CHINESE_SENTENCE.findall(text) if s.strip())
        return
    for line in filter(None, map(str.strip, text.splitlines())):
        yield from (s.strip() for s in sentencex.segment("en", line) if s.strip())


async def spans(cases: Iterable[Case], embedder: Embedder) -> dict[str, float]:
    """How often the answer's own characters are in the first, and the first two, sentences."""
    one = two = number = 0
    for case in cases:
        best = supporting(case.question, case.before, await found(case, embedder))
        number += 1
        one += any(answer in "".join(best[:1]) for answer in case.answers)
        two += any(answer in "".join(best[:2]) for answer in case.answers)
    return {"questions": number, "in_one": one / number, "in_two": two / number}


async def likeness(cases: Iterable[Case], embedder: Embedder) -> dict[str, float]:
    """ROUGE-1 of the answers against the references; no answer counts as 0."""
    scores: list[float] = []
    unanswered = 0
    for case in cases:
        draft = extract(case.question, case.before, await found(case, embedder))
        unanswered += draft is None
        scores.append(rouge_1(draft.text, case.answers[0]) if draft else 0.0)
    mean = sum(scores) / len(scores)
    return {"questions": len(scores), "rouge_1": mean, "unanswered": unanswered}


async def run(folder: Path, cache: Path) -> dict[str, object]:
    """All figures, by set and split."""
    figures: dict[str, object] = {}
    async with await MiniLmEmbedder.open(cache) as embedder:
        for name, cases, measure in (
            ("cmrc2018", [*chinese(folder)], spans),
            ("anthropic_docs", [*product_docs(folder)], likeness),
            ("mtrag", [*conversations(folder)], likeness),
        ):
            figures[name] = {
                "tuning": await measure([c for c in cases if c.tuning], embedder),
                "reporting": await measure([c for c in cases if not c.tuning], embedder),
            }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("data"))
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(run(asked.data, asked.cache)), indent=2))


if __name__ == "__main__":
    main()
