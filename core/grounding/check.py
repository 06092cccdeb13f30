"""Holds an answer against the passages that it cites, sentence by sentence."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.answers import Passage
from core.grounding.claims import Claim, Kept, compose, read
from core.grounding.signals import Evidence, Signals, signals, translated
from core.grounding.support import LIMIT, doubt
from core.nlu.embeds import Embeds
from core.nlu.language import plain_language

_BARE = re.compile(
    r"(?:yes|no|sure|certainly|of course|correct|right|ja|nein|oui|non|sí"
    r"|是的?|不是?|好的?|对|不?可以)[.!。！]*",
    re.IGNORECASE,
)
"""Sentences that say nothing by themselves: they stand and fall with those that they lead."""
_OWN_SCRIPT = frozenset({"zh", "ja"})
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_NEAREST = 6
"""Sentences of the passages that are embedded for a claim: those that share most words with it."""

Nearness = Mapping[str, float]
"""Of claims, by their words: cosine to the nearest sentence of their passages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What an answer's passages carry of it."""

    kept: Kept
    """The sentences that hold."""
    sentences: int
    """That cite something; others never count as an answer."""
    translated: int
    """Of these, in another language than their passages: only their numbers could be checked."""
    doubted: tuple[str, ...]
    """Those that their passages do not carry."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A claim with all that is compared."""

    claim: Claim
    signals: Signals
    near: tuple[str, ...]
    translated: bool


class Grounds:
    """Checks answers; one for the whole process.

    Without an embedder, and in languages that it does not know, words alone decide.
    """

    def __init__(self, embeds: Embeds | None = None) -> None:
        self._embeds = embeds

    async def check(self, text: str, passages: Sequence[Passage], question: str) -> Checked:
        """The answer without what its passages do not carry."""
        lines = read(text, len(passages))
        said = [claim for line in lines for claim in line.claims if claim.cites]
        claims = [claim for claim in said if not _BARE.fullmatch(claim.text)]
        own = plain_language(" ".join(claim.text for claim in claims))
        shelf: dict[tuple[int, ...], tuple[Evidence, bool]] = {}
        for claim in claims:
            if claim.cites not in shelf:
                cited = [passages[number - 1] for number in claim.cites]
                shelf[claim.cites] = Evidence(cited), _is_foreign(own, cited)
        held = [_held(claim, *shelf[claim.cites], question, own) for claim in claims]
        near = await self._nearness(held)
        doubted = {
            one.claim for one in held if doubt(one.signals, near.get(one.claim.text)) >= LIMIT
        }
        ground = {claim.cites for claim in claims if claim not in doubted}
        kept = compose(lines, passages, lambda c: c not in doubted and c.cites in ground)
        return Checked(
            kept=kept,
            sentences=len(held),
            translated=sum(one.translated for one in held),
            doubted=tuple(claim.text for claim in claims if claim in doubted),
        )

    async def _nearness(self, held: Sequence[_Held]) -> Nearness:
        """Empty entries for claims that the embedder does not know, or that were translated."""
        claims = [one for one in held if one.near and not one.translated]
        texts = list(dict.fromkeys(t for one in claims for t in (one.claim.text, *one.near)))
        if self._embeds is None or not texts:
            return {}
        rows = await self._embeds.embed(texts)
        row = dict(zip(texts, rows, strict=True))
        return {
            one.claim.text: max(float(row[one.claim.text] @ row[text]) for text in one.near)
            for one in claims
            if row[one.claim.text].any()
        }


def _is_foreign(own: str, cited: Sequence[Passage]) -> bool:
    """Whether all the passages are in another language than the answer, and that for certain."""
    theirs = {plain_language(passage.text) for passage in cited}
    if own in _OWN_SCRIPT and not any(_UNSPACED.search(passage.text) for passage in cited):
        return True
    return bool(own) and "" not in theirs and own not in theirs


def _held(claim: Claim, evidence: Evidence, foreign: bool, question: str, own: str) -> _Held:
    if foreign:
        return _Held(claim, translated(claim.text, evidence, question), (), True)
    found = signals(claim.text, evidence, question, own)
    return _Held(claim, found, evidence.most_alike(claim.text, _NEAREST), False)
