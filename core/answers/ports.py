"""What answers that need not be written anew need from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from core.domain.answers import Draft
from core.domain.ids import ConversationId, TenantId, TurnId

Vector = NDArray[np.float32]
"""Of length 1; all zeros where the embedder knows no language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An answer that a lead has approved, with the questions it is for."""

    id: UUID
    questions: tuple[str, ...]
    """Wordings of one question, at least one."""
    answer: str
    language: str = ""
    """Of the customers it is for, BCP 47 primary tag; empty is everybody."""
    approved_by: str
    approved_at: datetime
    expires_at: datetime | None = None
    """Not said from then on."""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Wording:
    """One question of a pair, with its vector if this embedder has made one."""

    question: str
    vector: Vector | None


@dataclass(frozen=True, slots=True)
class Shelved:
    """A pair that is switched on, as matching wants it."""

    pair: Pair
    wordings: tuple[Wording, ...]


class Approvals(Protocol):
    """Where approved answers are kept."""

    async def put(self, tenant: TenantId, pairs: Sequence[Pair]) -> None:
        """Keep the pairs, in the place of those with the same ids.

        A wording has one answer in a language: pairs that were there lose the wordings that now
        come with others, and those that lose all of theirs are gone.

        Raises:
            TenantNotFound: no such tenant.
        """

    async def remove(self, tenant: TenantId, ids: Sequence[UUID]) -> int:
        """Take pairs out; returns how many there were."""
        ...

    async def switch(self, tenant: TenantId, wanted: Mapping[UUID, bool]) -> int:
        """Switch each pair on or off; returns how many there were."""
        ...

    async def everything(self, tenant: TenantId) -> Sequence[Pair]:
        """All pairs, those approved last first."""
        ...

    async def version(self, tenant: TenantId) -> int:
        """Another one after every change; 0 for a tenant that never had any."""
        ...

    async def shelf(self, tenant: TenantId, made_by: str) -> tuple[int, Sequence[Shelved]]:
        """The version, and the pairs that are switched on, with vectors of this embedder."""
        ...

    async def keep_vectors(
        self, tenant: TenantId, made_by: str, questions: Sequence[str], vectors: Vector
    ) -> None:
        """Keep a row of `vectors` for each wording; those that are gone meanwhile are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What an answer was written under; under others it may be another one."""

    tenant: TenantId
    knowledge: int
    """The version of the tenant's documents."""
    edition: str
    """Whatever else the wording depends on: the prompt's version, the experiment's variant."""
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and which message of whom it is."""

    conditions: Conditions
    question: str
    conversation: ConversationId
    seq: int
    vector: Vector | None = field(default=None, repr=False)
    """None until it is needed: the same words are found without."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A question that was answered before."""

    id: UUID
    question: str
    cosine: float
    """Of the two questions; 1 for the same one."""
    draft: Draft


class AnswerCache(Protocol):
    """Where answers are kept for who asks the same."""

    async def same(self, asked: Asked) -> Kept | None:
        """What the very same question got, but for case and marks; nothing is noted yet."""

    async def alike(self, asked: Asked, at_least: float, most: int) -> Sequence[Kept]:
        """Those whose cosine is no less, nearest first; none for a question without a vector."""

    async def used(self, asked: Asked, entry: UUID) -> None:
        """Note that it answered this message."""

    async def keep(self, asked: Asked, draft: Draft) -> None:
        """Keep an answer; the same question at the same time is kept once.

        What is old, of other documents, or one too many is cleared away with it.
        """

    async def forget(self, tenant: TenantId, turn: TurnId) -> int:
        """Drop whatever this turn was answered with or gave rise to; returns how many."""
        ...

    async def erase(self, tenant: TenantId, conversation: ConversationId) -> int:
        """Drop what came from this conversation's questions; returns how many."""
        ...
