"""What a search is asked, and what it returns, before it is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.ids import DocumentId, PassageId
from knowledge.ports import Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a search must know of the tenant beforehand."""

    version: int
    chunks: int
    languages: tuple[str, ...]
    indexed: bool
    calibrated: int
    """The version that the calibration was learned from; 0 without one."""
    calibration: tuple[str, bytes] | None
    """As it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question as search needs it; without earlier ones, `whole` equals `last`."""

    terms: Sequence[str]
    last_counts: Sequence[float]
    whole_counts: Sequence[float]
    last: Vectors | None
    """None where the embedder does not know the language; then `whole` is None too."""
    whole: Vectors | None
    share_of_last: float
    without: Sequence[PassageId] = ()
    """Passages to search as if they were not there; for calibration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage as the statement returns it."""

    id: PassageId
    document: DocumentId
    title: str
    uri: str
    heading: tuple[str, ...]
    page: int | None
    text: str
    pair: bool
    sentences: tuple[str, ...]
    similarities: tuple[float, ...]
    matched: frozenset[str]
    """Which of the question's terms it has."""
    cosine_last: float | None
    cosine_whole: float | None
    bm25_last: float
    bm25_whole: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Hits, best first, and what they are to be judged by."""

    version: int
    calibrated: int
    hits: tuple[Hit, ...]
    best_last: float
    best_whole: float
    """The best BM25 of all chunks."""
    rarity: Mapping[str, float]
    """Inverse document frequency of each term of the question."""
