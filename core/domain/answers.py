"""What search found and what was written from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.ids import DocumentId, PassageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a passage, in the document's own words."""

    text: str
    similarity: float
    """Cosine between it and the question; 0 where the embedder does not know the language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a document that search returned."""

    id: PassageId
    document: DocumentId
    title: str
    uri: str
    heading: tuple[str, ...]
    """The path of headings above it, outermost first."""
    page: int | None
    """Counted from 1; None where the document has no pages."""
    text: str
    sentences: tuple[Sentence, ...]
    score: float
    """Fused, 0 to 1; what the list is ordered by."""
    parts: Mapping[str, float]
    """What the score is made of, by name, for explaining it later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What search returned for one question."""

    passages: tuple[Passage, ...]
    """Best first."""
    confidence: float
    """The chance that the passages answer the question, calibrated for the tenant."""
    looked_for: tuple[str, ...]
    """The words that carried the search, for telling the customer what was looked for."""
    knowledge_version: int
    """Raised by every change of the tenant's documents."""


NOTHING_FOUND = Findings(passages=(), confidence=0.0, looked_for=(), knowledge_version=0)
"""Findings of a turn that needed no search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an answer rests on, as it is shown to the customer."""

    title: str
    uri: str
    quote: str
    """The supporting words, verbatim from the document."""
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A written answer, not yet sent.

    Its text cites by bracketed numbers, `[1]` for the first of its sources.
    """

    text: str
    sources: tuple[Source, ...]
    written_by: str
    """The model's name, or `extract`."""
    prompt_version: str
    """Empty where no prompt was used."""
