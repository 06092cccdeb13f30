"""What search found and what was written from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

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
class Approved:
    """A question with the answer that a lead has fixed for it."""

    id: UUID
    question: str
    answer: str
    likeness: float
    """Of the customer's question to this one, 0 to 1."""
    wins: bool
    """Whether it is near enough to be said instead of anything written anew."""


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
    approved: Approved | None = None
    """The nearest, if any is near."""


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
class Grounding:
    """How the sentences of an answer stood to the passages that they cite."""

    sentences: int
    """Of the model's first text, that cite something."""
    unsupported: int
    """Of these, that their passages do not carry."""
    translated: int = 0
    """Of these, in another language than the passages: only numbers could be checked."""
    regenerated: bool = False
    """Whether the model was asked again, and the answer is its second text."""
    removed: int = 0
    """Sentences that were left out in the end."""
    links: int = 0
    """Addresses and images that were taken out."""


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
    path: str = ""
    """How it came about: main, backup, light, approved, cached, extract or phrase."""
    variant: str = ""
    """Of the experiment that the conversation takes part in; empty outside of one."""
    cut: bool = False
    """Whether the model broke off: the answer is what was whole by then."""
    grounding: Grounding | None = None
    """None where nothing had to be checked."""
