"""The public evaluation sets: documents, questions, and which of them are for tuning."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.documents import Document, Prose, Section
from knowledge.evaluate import read as read_questions
from knowledge.parsers.normalise import normalise
from knowledge.sources.choose import source_for

TUNING_PARAGRAPHS = 200
TUNING_CONVERSATIONS = "01234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, what is right for it, and its split."""

    question: str
    before: tuple[str, ...]
    """The customer's earlier words."""
    right: tuple[str, ...]
    """Uris; empty where no document answers."""
    tuning: bool
    answer: str = ""
    spans: tuple[str, ...] = ()
    """Words of the document that are the answer, one of which is enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One knowledge base."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Asked, ...]


def product_docs(folder: Path) -> Base:
    """anthropic_docs: sections of a product's documentation; odd questions are for tuning."""
    sections = _json(folder / "anthropic_docs" / "anthropic_docs.json")
    asked = _json(folder / "anthropic_docs" / "docs_evaluation_dataset.json")
    known = {section["chunk_link"] for section in sections}
    return Base(
        name="anthropic_docs",
        documents=tuple(
            _document(one["chunk_link"], one["chunk_heading"], one["text"], "en")
            for one in sections
        ),
        questions=tuple(
            Asked(
                question=one["question"],
                before=(),
                right=tuple(link for link in one["correct_chunks"] if link in known),
                tuning=place % 2 == 1,
                answer=one["correct_answer"],
            )
            for place, one in enumerate(asked, start=1)
        ),
    )


def conversations(folder: Path) -> Base:
    """mtrag: all contexts of the file as one base; conversations 0 to 7 are for tuning."""
    return _conversations(_tasks(folder), "mtrag", lambda _: True)


def collections(folder: Path) -> tuple[Base, ...]:
    """mtrag's four collections, each a base of its own, as a company would have it."""
    tasks = _tasks(folder)
    names = dict.fromkeys(task["Collection"] for task in tasks)
    return tuple(
        _conversations(
            tasks, f"mtrag-{name}", lambda task, name=name: bool(task["Collection"] == name)
        )
        for name in names
    )


def chinese(folder: Path) -> Base:
    """cmrc2018: paragraphs; the first 200 are for tuning."""
    data = _json(folder / "cmrc2018" / "cmrc2018_dev.json")["data"]
    paragraphs = [
        (article.get("title", ""), paragraph)
        for article in data
        for paragraph in article["paragraphs"]
    ]
    return Base(
        name="cmrc2018",
        documents=tuple(
            _document(paragraph["id"], title, paragraph["context"], "zh")
            for title, paragraph in paragraphs
        ),
        questions=tuple(
            Asked(
                question=asked["question"],
                before=(),
                right=(paragraph["id"],),
                tuning=place < TUNING_PARAGRAPHS,
                spans=tuple(answer["text"] for answer in asked["answers"]),
            )
            for place, (_, paragraph) in enumerate(paragraphs)
            for asked in paragraph["qas"]
        ),
    )


async def sample(folder: Path) -> Base:
    """The sample company, whose customers seldom use its words; odd questions are for tuning."""
    documents = [
        read
        async for read in source_for(str(folder / "documents")).read()
        if isinstance(read, Document)
    ]
    return Base(
        name="sample",
        documents=tuple(documents),
        questions=tuple(
            Asked(
                question=one.question,
                before=one.before,
                right=one.documents,
                tuning=place % 2 == 1,
                answer=one.answer or "",
            )
            for place, one in enumerate(read_questions(folder / "questions.jsonl"), start=1)
        ),
    )


def _tasks(folder: Path) -> list[Mapping[str, Any]]:
    lines = (folder / "mtrag" / "mtragun_reference.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in lines.splitlines()]


def _conversations(
    tasks: Iterable[Mapping[str, Any]], name: str, belongs: Callable[[Mapping[str, Any]], bool]
) -> Base:
    documents: dict[str, Document] = {}
    questions = []
    for task in filter(belongs, tasks):
        said = [turn["text"] for turn in task["input"] if turn["speaker"] == "user"]
        for one in task["contexts"]:
            uri = one["document_id"]
            documents[uri] = _document(uri, one.get("title") or "", one["text"], "en")
        questions.append(
            Asked(
                question=said[-1],
                before=tuple(said[:-1]),
                right=tuple(one["document_id"] for one in task["contexts"]),
                tuning=task["conversation_id"][0] in TUNING_CONVERSATIONS,
                answer=task["targets"][0]["text"]
                if "ANSWERABLE" in task["answerability"] and task["contexts"]
                else "",
            )
        )
    return Base(name=name, documents=tuple(documents.values()), questions=tuple(questions))


def _document(uri: str, title: str, text: str, language: str) -> Document:
    return Document(
        uri=uri,
        title=title,
        language=language,
        sections=(Section(heading=(), body=Prose(normalise(text))),),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
