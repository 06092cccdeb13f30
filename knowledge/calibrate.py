"""Learns from a tenant's own documents what its scores mean.

Sentences of the documents stand for questions. With the document that has it, a sentence shows
how far a right passage stands out here; with that document left out, how near a wrong one
comes. Scores of one knowledge base mean little in another: median best cosines differ by .2.
"""

from statistics import fmean, pstdev

import numpy as np

from core.domain.ids import TenantId
from core.postgres.database import Database
from knowledge.confidence import MODEL_VERSION, Background, Calibration, Scale, Signals, signals
from knowledge.fuse import Weights
from knowledge.hits import Profile, Query
from knowledge.ports import Vectors
from knowledge.postgres.calibrations import PostgresCalibrations, PseudoQuestion
from knowledge.postgres.search import PostgresSearch
from knowledge.terms import counted

_QUESTIONS = 150
_ENOUGH = 20
"""With fewer, what is usual elsewhere is the better guess."""
_VECTORS = 2_000
_PRIOR = 30
"""So many questions count as much as what is usual elsewhere."""
_HITS = 5
_LEAST_SPREAD = 0.05


class Calibrator:
    """Keeps each tenant's calibration in step with its documents."""

    def __init__(
        self, database: Database, weights: Weights | None = None, *, embedder_version: str
    ) -> None:
        self._store = PostgresCalibrations(database)
        self._search = PostgresSearch(database, weights or Weights())
        self._made_by = f"{MODEL_VERSION}/{embedder_version}"

    async def calibrate(self, tenant: TenantId) -> None:
        """Learn anew if the documents have changed since the last time; takes seconds."""
        profile = await self._search.profile(tenant)
        if profile is None or await self._store.is_fresh(tenant, self._made_by):
            return
        background = background_of(await self._store.vectors(tenant, _VECTORS))
        with_home, without = [], []
        for question in await self._store.questions(tenant, _QUESTIONS):
            if found := await self._ask(tenant, question, profile, background, away=False):
                with_home.append(found)
            if found := await self._ask(tenant, question, profile, background, away=True):
                without.append(found)
        calibration = Calibration(scale=scale_of(with_home, without), background=background)
        await self._store.put(tenant, profile.version, self._made_by, calibration)

    async def _ask(
        self,
        tenant: TenantId,
        question: PseudoQuestion,
        profile: Profile,
        background: Background | None,
        *,
        away: bool,
    ) -> Signals | None:
        counts = counted(question.text, profile.languages)
        query = Query(
            terms=[*counts],
            last_counts=[*counts.values()],
            whole_counts=[*counts.values()],
            last=question.vector,
            whole=question.vector,
            share_of_last=1.0,
            without=question.home if away else (),
        )
        answered = await self._search.find(tenant, query, _HITS, profile)
        return signals(query, answered, background) if answered and answered.hits else None


def background_of(vectors: Vectors) -> Background | None:
    """Mean and covariance; None for less than two vectors."""
    if len(vectors) < 2:  # noqa: PLR2004 - one vector has no spread
        return None
    return Background(
        mean=vectors.mean(axis=0), covariance=np.cov(vectors, rowvar=False).astype(np.float32)
    )


def scale_of(with_home: list[Signals], without: list[Signals]) -> Scale:
    """What is usual here, drawn towards what is usual elsewhere where there is little to learn.

    Args:
        with_home: signals of sentences whose own document was there.
        without: the same with it left out.
    """
    usual = Scale()
    outstanding = [found.outstanding for found in with_home if found.outstanding is not None]
    near = [found.sentence for found in without if found.sentence is not None]
    if min(len(outstanding), len(near)) < _ENOUGH:
        return usual

    def drawn(own: float, elsewhere: float, number: int) -> float:
        return (own * number + elsewhere * _PRIOR) / (number + _PRIOR)

    return Scale(
        outstanding=drawn(fmean(outstanding), usual.outstanding, len(outstanding)),
        sentence=drawn(fmean(near), usual.sentence, len(near)),
        sentence_spread=max(drawn(pstdev(near), usual.sentence_spread, len(near)), _LEAST_SPREAD),
    )
