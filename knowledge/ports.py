"""What knowledge needs from outside, as Protocols."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import DocumentRefused
from core.domain.ids import TenantId
from knowledge.documents import Chunk, Document, StoredDocument

Vectors: TypeAlias = NDArray[np.float32]
"""One row per text, each of length 1."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot product says how near their meanings are."""

    @property
    def dims(self) -> int:
        """Width of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """What it reads of one text; the rest is cut."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same text would get another vector."""
        ...

    def knows(self, text: str) -> bool:
        """Whether it was trained on the language of this text, judged by its script.

        False means that its vector says nothing: search by words alone.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        """Tokens of each text, uncut, without the marks around it."""
        ...

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """A vector for each text, in order, of shape [texts, dims]; a few are answered first.

        Calls at the same time share one run of the model. An empty text has a vector too.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A chunk with all that search needs of it."""

    chunk: Chunk
    terms: Mapping[str, float]
    """Terms of its text, its headings and its document's address, with how often they count."""
    length: int
    """In terms."""
    vector: Vectors | None
    """None where the embedder does not know the language."""
    sentence_vectors: tuple[Vectors | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document ready to be stored."""

    document: Document
    language: str
    """Whose stems its terms have."""
    made_by: str
    """Versions of all that shaped its pieces; equal digests under another one are not equal."""
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What tells whether a document is unchanged."""

    digest: str
    made_by: str


class ChunkStore(Protocol):
    """A tenant's documents, cut and ready to be searched."""

    async def known(self, tenant: TenantId) -> Mapping[str, Known]:
        """All that is stored, by uri."""
        ...

    async def put(self, tenant: TenantId, documents: Sequence[Prepared]) -> None:
        """Store them together; each takes the place of what has its uri.

        Whoever searches meanwhile finds all of the old or all of the new. The knowledge
        version rises by one. The same uri twice is not allowed.

        Raises:
            TenantNotFound: no such tenant.
        """
        ...

    async def remove(self, tenant: TenantId, uris: Sequence[str]) -> int:
        """Take documents out, and return how many there were; unknown ones are a no-op."""
        ...

    async def documents(self, tenant: TenantId) -> Sequence[StoredDocument]:
        """All of the tenant's, by uri."""
        ...

    async def optimise(self, tenant: TenantId) -> None:
        """Make search fast for what is stored now: collect statistics, index what is large.

        Search and ingest go on meanwhile. Twice at the same time is a no-op.
        """
        ...


class Source(Protocol):
    """Where documents come from: a folder, a page, a whole site."""

    def read(self) -> AsyncIterator[Document | DocumentRefused]:
        """Every document once, in an order that stays the same from one reading to the next.

        What cannot be read takes its place as a refusal, and the rest goes on. A source that
        has nothing yields one refusal that says why. Who stops early closes the iterator.
        """
        ...

    def notices(self) -> Sequence[str]:
        """A sentence on each sort of thing that was left out; complete when `read` has ended."""
        ...
