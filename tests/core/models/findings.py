"""Builders of what search found."""

from uuid import UUID

from core.domain.answers import Findings, Passage, Sentence
from core.domain.ids import DocumentId, PassageId


def a_passage(  # noqa: PLR0913
    *sentences: str,
    number: int = 1,
    heading: tuple[str, ...] = (),
    similarity: float = 0.0,
    score: float = 0.5,
    lead: str = "",
    glue: str = " ",
) -> Passage:
    return Passage(
        id=PassageId(UUID(int=number)),
        document=DocumentId(UUID(int=number)),
        title=f"Document {number}",
        uri=f"help/{number}.md",
        heading=heading,
        page=None,
        text=lead + glue.join(sentences),
        sentences=tuple(Sentence(text=text, similarity=similarity) for text in sentences),
        score=score,
        parts={},
    )


def found(*passages: Passage, confidence: float = 0.9) -> Findings:
    return Findings(
        passages=passages, confidence=confidence, looked_for=("parcel",), knowledge_version=1
    )
