"""A document as its parser leaves it, and the pieces it is split into."""

from dataclasses import dataclass

from core.domain.ids import DocumentId


@dataclass(frozen=True, slots=True)
class Prose:
    """Running text; paragraphs are parted by an empty line."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row names the columns."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its answer: one passage, never split from one another."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A block of a document and where it stands."""

    heading: tuple[str, ...]
    """Headings above it, outermost first; empty before the first one."""
    body: Prose | Table | Pair
    page: int | None = None
    """Counted from 1, where the document has pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One parsed document; all its text is NFKC-normalised, without control characters."""

    uri: str
    """Where it came from: a path relative to the added folder, or an absolute URL."""
    title: str
    language: str
    """BCP 47 primary tag as the document states it; empty when it does not."""
    sections: tuple[Section, ...]
    digest: str
    """SHA-256 of the raw bytes, hexadecimal; equal means unchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a document, as long as the embedder can read."""

    ordinal: int
    """Counted from 0 within its document."""
    heading: tuple[str, ...]
    page: int | None
    text: str
    sentences: tuple[str, ...]
    """The text's sentences (or table rows, or the answer's sentences of a pair), in order."""
    pair: bool = False
    """Whether it is a question with its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """What is known of a document in the store."""

    id: DocumentId
    uri: str
    title: str
    language: str
    digest: str
    chunks: int
