"""Search: a question in, passages and the chance that they answer it out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.domain.answers import NOTHING_FOUND, Findings, Passage, Sentence
from core.domain.ids import PassageId, TenantId
from core.nlu.embeds import EARLIER, with_earlier
from core.ports import Retriever
from core.postgres.database import Database
from knowledge.confidence import Calibration, confidence, signals
from knowledge.fuse import Weights, share
from knowledge.hits import Answered, Hit, Profile, Query
from knowledge.ports import Embedder
from knowledge.postgres.calibrations import read
from knowledge.postgres.search import PostgresSearch
from knowledge.similar import without_repeats
from knowledge.terms import counted, telling

PASSAGES = 8
_SPARE = 4
"""Hits beyond those that are asked for, in the place of near-identical ones."""
_LOOKED_FOR = 5


@dataclass(frozen=True, slots=True)
class _Known:
    profile: Profile
    calibration: Calibration

    @property
    def versions(self) -> tuple[int, int]:
        return self.profile.version, self.profile.calibrated


class HybridRetriever(Retriever):
    """By words and by meaning at once, in one statement per question."""

    def __init__(
        self,
        database: Database,
        embedder: Embedder,
        *,
        weights: Weights | None = None,
        passages: int = PASSAGES,
    ) -> None:
        self._weights = weights or Weights()
        self._search = PostgresSearch(database, self._weights)
        self._embedder = embedder
        self._passages = passages
        self._known: dict[TenantId, _Known] = {}

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        return await self.retrieve_without(tenant, question, questions_before, ())

    async def retrieve_without(
        self,
        tenant: TenantId,
        question: str,
        questions_before: Sequence[str],
        without: Sequence[PassageId],
    ) -> Findings:
        """As `retrieve`, as if some passages were not there: for calibration and measuring."""
        known = self._known.get(tenant) or await self._learn(tenant)
        if known is None:
            return NOTHING_FOUND
        before = questions_before[-EARLIER:]
        query = await self._query(question, before, known.profile, without)
        answered = await self._search.find(tenant, query, self._passages + _SPARE, known.profile)
        if answered and (answered.version, answered.calibrated) != known.versions:
            # rare: the documents changed, and with them what the query is made by
            known = await self._learn(tenant) or known
            query = await self._query(question, before, known.profile, without)
            answered = await self._search.find(
                tenant, query, self._passages + _SPARE, known.profile
            )
        if answered is None:
            return NOTHING_FOUND
        return self._findings(question, query, answered, known.calibration)

    async def _learn(self, tenant: TenantId) -> _Known | None:
        """What is known of a tenant, kept until a search tells that it is old."""
        profile = await self._search.profile(tenant)
        if profile is None:
            return None
        calibration = read(*profile.calibration) if profile.calibration else Calibration()
        self._known[tenant] = _Known(profile, calibration)
        return self._known[tenant]

    async def _query(
        self,
        question: str,
        before: Sequence[str],
        profile: Profile,
        without: Sequence[PassageId],
    ) -> Query:
        whole = with_earlier(question, before)
        of_last, of_whole = (
            counted(question, profile.languages),
            counted(whole, profile.languages),
        )
        terms = list(of_whole)
        query = Query(
            terms=terms,
            last_counts=[of_last[term] for term in terms],
            whole_counts=[of_whole[term] for term in terms],
            last=None,
            whole=None,
            share_of_last=self._weights.last if before else 1.0,
            without=without,
        )
        if not self._embedder.knows(question):
            return query
        vectors = await self._embedder.embed([question, whole] if before else [question])
        return replace(query, last=vectors[0], whole=vectors[-1])

    def _findings(
        self, question: str, query: Query, answered: Answered, calibration: Calibration
    ) -> Findings:
        hits = without_repeats(answered.hits)[: self._passages]
        return Findings(
            passages=tuple(self._passage(hit, query, answered) for hit in hits),
            confidence=_confidence(query, answered, calibration),
            looked_for=_looked_for(question, answered),
            knowledge_version=answered.version,
        )

    def _passage(self, hit: Hit, query: Query, answered: Answered) -> Passage:
        damping = self._weights.damping
        dense = self._weights.dense_pair if hit.pair else self._weights.dense
        parts = {
            "dense_weight": 0.0 if query.last is None else dense,
            "bm25": hit.bm25_last,
            "bm25_share": share(hit.bm25_last, answered.best_last, damping),
        }
        if hit.cosine_last is not None:
            parts["cosine"] = hit.cosine_last
        if query.share_of_last < 1:
            parts["last_weight"] = query.share_of_last
            parts["conversation_bm25"] = hit.bm25_whole
            parts["conversation_bm25_share"] = share(hit.bm25_whole, answered.best_whole, damping)
            if hit.cosine_whole is not None:
                parts["conversation_cosine"] = hit.cosine_whole
        return Passage(
            id=hit.id,
            document=hit.document,
            title=hit.title,
            uri=hit.uri,
            heading=hit.heading,
            page=hit.page,
            text=hit.text,
            sentences=tuple(
                Sentence(text=text, similarity=near)
                for text, near in zip(hit.sentences, hit.similarities, strict=True)
            ),
            score=min(max(hit.score, 0.0), 1.0),
            parts=parts,
        )


def _confidence(query: Query, answered: Answered, calibration: Calibration) -> float:
    if not answered.hits:
        return 0.0
    return confidence(signals(query, answered, calibration.background), calibration.scale)


def _looked_for(question: str, answered: Answered) -> tuple[str, ...]:
    """The question's rarest words as the customer wrote them, in their order."""
    words = telling(question)

    def rarity(terms: Sequence[str]) -> float:
        return max((answered.rarity.get(term, 0.0) for term in terms), default=0.0)

    rarest = sorted(words, key=lambda word: -rarity(word[1]))[:_LOOKED_FOR]
    return tuple(word for word, terms in words if (word, terms) in rarest)
