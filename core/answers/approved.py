"""Finds the approved answer to a question, and says why another is none."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.answers.agree import agree, facts
from core.answers.ports import Approvals
from core.answers.shelf import Question, Shelf
from core.answers.words import leans
from core.domain.answers import Approved
from core.domain.ids import TenantId
from core.domain.understanding import UNJUDGED, Judged
from core.nlu.embeds import Embeds
from core.ports import Clock

_TENANTS = 200
"""Shelves in memory; the one not asked for longest goes."""
_LEAD = 0.1
"""By which a winner must be nearer than the next pair."""
_LOOKED_AT = 10
"""Wordings, nearest first, among which one that agrees is looked for."""

Tells = Callable[[str], Judged]
"""The language of a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How near is near enough."""

    wins: float
    """From here on an approved answer is said instead of anything written anew."""
    near: float
    """From here on it may be said when no model can write."""


class Verdict(StrEnum):
    """What came of comparing a question with an approved one."""

    WINS = "wins"
    NEAR = "near"
    NOT_CLEARLY = "another is as near"
    """Near enough to be said, but so is another pair."""
    LEANS = "may be about what was said before"
    DIFFERS = "numbers, names or denials differ"
    FAR = "not near"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An approved question beside a customer's."""

    id: UUID
    question: str
    answer: str
    likeness: float
    verdict: Verdict


class ApprovedAnswers:
    """Compares questions with those that leads have answered.

    The tenants' questions are held in memory, and each time Postgres is asked whether they have
    changed. Vectors that are missing are made here, at the first question after a change.
    """

    def __init__(
        self,
        approvals: Approvals,
        embeds: Embeds,
        tells: Tells,
        clock: Clock,
        thresholds: Thresholds,
    ) -> None:
        self._approvals = approvals
        self._embeds = embeds
        self._tells = tells
        self._clock = clock
        self._thresholds = thresholds
        self._shelves: OrderedDict[TenantId, Shelf] = OrderedDict()
        self._loading: defaultdict[TenantId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def near(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Approved | None:
        """The pair that answers the question, or nearly; None when none is near."""
        return nearest(await self.compared(tenant, question, questions_before))

    async def compared(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Sequence[Compared]:
        """The nearest approved questions, nearest first, and what came of each."""
        shelf = await self._shelf(tenant)
        if shelf is None or not question.strip():
            return ()
        asked = Question(
            text=question,
            vector=(await self._embeds.embed([question]))[0],
            language=self._tells(question) if shelf.has_languages else UNJUDGED,
            at=self._clock.now(),
        )
        follows = bool(questions_before) and leans(question)
        return compare(shelf, asked, self._thresholds, follows=follows)

    async def _shelf(self, tenant: TenantId) -> Shelf | None:
        """The tenant's questions as they are now; None for a tenant without any."""
        version = await self._approvals.version(tenant)
        if not version:
            return None
        async with self._loading[tenant]:
            shelf = self._shelves.get(tenant)
            if shelf is None or shelf.version < version:
                shelf = await self._load(tenant)
            self._shelves[tenant] = shelf
            self._shelves.move_to_end(tenant)
            while len(self._shelves) > _TENANTS:
                self._shelves.popitem(last=False)
        return shelf if shelf.questions else None

    async def _load(self, tenant: TenantId) -> Shelf:
        made_by = self._embeds.version
        shelf = Shelf(*await self._approvals.shelf(tenant, made_by))
        missing = shelf.without_vectors()
        if missing:
            questions = [shelf.questions[row] for row in missing]
            vectors = await self._embeds.embed(questions)
            shelf.embed(missing, vectors)
            await self._approvals.keep_vectors(tenant, made_by, questions, vectors)
        return shelf


def nearest(compared: Sequence[Compared]) -> Approved | None:
    """The first that is near and does not differ."""
    for one in compared:
        if one.verdict not in (Verdict.DIFFERS, Verdict.FAR):
            return Approved(
                id=one.id,
                question=one.question,
                answer=one.answer,
                likeness=one.likeness,
                wins=one.verdict is Verdict.WINS,
            )
    return None


def compare(
    shelf: Shelf, asked: Question, thresholds: Thresholds, *, follows: bool
) -> Sequence[Compared]:
    """The nearest approved questions, nearest first, and what comes of each.

    `follows` says that the question may be about what was said before it.
    """
    likeness = shelf.likeness(asked)
    own = facts(asked.text)
    found = []
    for row in likeness.argsort(kind="stable")[::-1][:_LOOKED_AT].tolist():
        like = float(likeness[row])
        if like <= 0:
            break
        verdict = _verdict(thresholds, like)
        if verdict is Verdict.WINS and like - shelf.runner_up(likeness, row) < _LEAD:
            verdict = Verdict.NOT_CLEARLY
        if verdict is not Verdict.FAR and not agree(own, shelf.facts(row)):
            verdict = Verdict.DIFFERS
        elif verdict is Verdict.WINS and follows:
            verdict = Verdict.LEANS
        pair = shelf.pair(row)
        found.append(
            Compared(
                id=pair.id,
                question=shelf.questions[row],
                answer=pair.answer,
                likeness=like,
                verdict=verdict,
            )
        )
    return found


def _verdict(thresholds: Thresholds, likeness: float) -> Verdict:
    """By likeness alone."""
    if likeness < thresholds.near:
        return Verdict.FAR
    return Verdict.NEAR if likeness < thresholds.wins else Verdict.WINS
