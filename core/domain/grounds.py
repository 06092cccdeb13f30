"""What an answer may rest on beside the documents: what a tool returned, what a hook added."""

from dataclasses import dataclass, replace
from uuid import NAMESPACE_URL, uuid5

from core.domain.answers import Findings, Passage, Sentence
from core.domain.ids import DocumentId, PassageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Lines under a title; as a passage they are quoted, cited and checked like any others."""

    title: str
    """As it is shown among the sources."""
    uri: str
    """Where it comes from: an address, or `tool:NAME`."""
    lines: tuple[str, ...]
    """Sentences or `label: value`, each understood by itself."""
    heading: tuple[str, ...] = ()
    """What the lines are about, beside the title."""


def passage_of(ground: Ground, origin: str) -> Passage:
    """The ground as a passage; `origin` (`tool`, or a hook's name) explains its score later."""
    text = "\n".join(ground.lines)
    document = uuid5(NAMESPACE_URL, ground.uri)
    return Passage(
        id=PassageId(uuid5(document, text)),
        document=DocumentId(document),
        title=ground.title,
        uri=ground.uri,
        heading=ground.heading,
        page=None,
        text=text,
        sentences=tuple(Sentence(text=line, similarity=0.0) for line in ground.lines),
        score=1.0,
        parts={origin: 1.0},
    )


def with_answer(findings: Findings, ground: Ground, origin: str) -> Findings:
    """The findings led by a ground that answers the question for certain."""
    passages = (passage_of(ground, origin), *findings.passages)
    return replace(findings, passages=passages, confidence=1.0)
