"""What can be told of a sentence beside the passages that it cites, as numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

from core.domain.answers import Passage
from core.grounding.figures import dates, digits, folded, measures, worded
from core.grounding.polarity import denied_terms, denies, opposed
from core.nlu.words import is_telling, telling_terms, terms

_NAME = re.compile(r"(?<![.!?。！？:\-*•]\s)(?<!^)(?<![\w'’.])[A-Z][\w'’]*(?:[.&-]\w+)*")
_CODE = re.compile(r"(?<![\w.])(?=\w*[A-Z_]\w*[A-Z_\d]|\w*\d\w*[A-Za-z]|[A-Za-z]+\d)[A-Za-z_]\w+")
_ALIKE = 0.85
"""Of the best sentence's share of the words: those that have as much are the best as well."""
_NEAR = 0.5
_AROUND, _COMPANY, _SCRAP = 3, 2, 6
_CAPITALS_ARE_NOUNS = frozenset({"de", "lb"})


@dataclass(frozen=True, slots=True)
class Beside:
    """A sentence of a passage."""

    text: str
    terms: frozenset[str]
    denied: frozenset[str]
    digits: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Self:
        """Taken apart."""
        return cls(text, frozenset(terms(text)), denied_terms(text), digits(text))


class Evidence:
    """The cited passages, taken apart once for all the sentences that cite them."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.sentences = tuple(
            Beside.of(sentence.text)
            for passage in passages
            for sentence in passage.sentences
            if sentence.text.strip()
        )
        headings = [f"{p.title}\n{' '.join(p.heading)}" for p in passages]
        self.text = "\n".join([*headings, *(p.text for p in passages)])
        self.terms = frozenset(terms(self.text))
        self.denied = frozenset(term for one in self.sentences for term in one.denied)
        self.digits = digits(self.text)
        self.worded = worded(self.text)
        self._squeezed = _squeezed(self.text)
        self.measures = measures(self.text)
        self.dates = dates(self.text)

    def has(self, name: str) -> bool:
        """Whether the name is there, in whatever case and with whatever behind it."""
        return _squeezed(name) in self._squeezed or self.terms.issuperset(terms(name))

    def strays(self, number: str, sentence: str) -> bool:
        """Whether the number is there, but nowhere near words from beside it."""
        company = _beside(number, sentence)
        homes = [at for at, one in enumerate(self.sentences) if number in one.digits]
        return bool(homes and company) and not any(
            len(company & self._around(at)) >= min(_COMPANY, len(company)) for at in homes
        )

    def _around(self, at: int) -> frozenset[str]:
        """The terms of a sentence; of a scrap, with those of the line that it belongs to."""
        own = self.sentences[at].terms
        return own if len(own) > _SCRAP else own | self.sentences[max(at - 1, 0)].terms

    def most_alike(self, sentence: str, most: int) -> tuple[str, ...]:
        """The sentences that have most of its telling words, best first."""
        return tuple(one.text for one in self._ranked(frozenset(telling_terms(sentence)))[:most])

    def nearest(self, wanted: frozenset[str]) -> list[Beside]:
        """The sentences that have most of the wanted terms, best first."""
        ranked = self._ranked(wanted)
        if not ranked:
            return []
        enough = _ALIKE * _share(wanted, ranked[0].terms)
        return [one for one in ranked[:4] if _share(wanted, one.terms) >= enough]

    def _ranked(self, wanted: frozenset[str]) -> list[Beside]:
        return sorted(self.sentences, key=lambda one: -_share(wanted, one.terms))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What speaks against a sentence; 0 everywhere for one that stands there word by word."""

    digits: float
    """1 when it has a number in digits that neither passages nor question have."""
    dates: float
    """1 when it has a month or a day of the week of that kind."""
    unit: float
    """1 when a number has another unit of the same kind wherever the passages have it."""
    stray: float
    """1 when the passages have one of its numbers, but in other company only."""
    names: float
    """1 when a name, or a word of letters and digits, is nowhere."""
    denied: float
    """1 when the nearest sentences deny what it says, or it denies what they say."""
    opposite: float
    """1 when they stand on the other side of opposites."""
    missing: float
    """Share of its telling words that are nowhere."""
    apart: float
    """Share of them that the nearest sentences lack."""


def signals(sentence: str, evidence: Evidence, question: str, language: str = "en") -> Signals:
    """How the sentence stands to what it cites; what the question says is not strange either.

    Args:
        sentence: Without its citations.
        evidence: The passages that it cites, of the same language.
        question: The customer's words.
        language: Of the sentence: in German every noun has a capital.
    """
    wanted = frozenset(telling_terms(sentence))
    best = evidence.nearest(wanted)
    near = frozenset(term for one in best for term in one.terms)
    share, is_near = _share(wanted, near), _share(wanted, near) >= _NEAR
    numbers = digits(sentence) - digits(question)
    asked = frozenset(terms(question))
    names = [name for name in _names(sentence, language) if not asked.issuperset(terms(name))]
    denial = all(_denied_otherwise(sentence, wanted, one, evidence) for one in best)
    other_side = opposed(sentence, "\n".join(one.text for one in best))
    return Signals(
        digits=float(bool(numbers - evidence.digits - evidence.worded)),
        dates=float(bool(dates(sentence) - evidence.dates - dates(question))),
        unit=float(_other_unit(sentence, evidence)),
        stray=float(any(evidence.strays(number, sentence) for number in numbers)),
        names=float(not all(map(evidence.has, names))),
        denied=float(is_near and denial),
        opposite=float(is_near and other_side),
        missing=_share(wanted, wanted - evidence.terms - asked),
        apart=1.0 - share,
    )


def translated(sentence: str, evidence: Evidence, question: str) -> Signals:
    """What can be told across languages: numbers. Words and names may read otherwise."""
    strange = digits(sentence) - evidence.digits - evidence.worded - digits(question)
    nothing = {each.name: 0.0 for each in fields(Signals)}
    return Signals(**(nothing | {"digits": float(bool(strange))}))


def _denied_otherwise(
    sentence: str, own: frozenset[str], beside: Beside, evidence: Evidence
) -> bool:
    """Whether one of both denies, and a term that the other has, too, and never denies."""
    if denies(sentence) == denies(beside.text):
        return False
    denied = denied_terms(sentence)
    said = not beside.terms.isdisjoint(denied - evidence.denied)
    return said or not own.isdisjoint(beside.denied - denied)


def _other_unit(sentence: str, evidence: Evidence) -> bool:
    """Whether a number has another unit of the same kind than everywhere in the passages."""
    return any(
        (value, kind, unit) not in evidence.measures
        and any(other[:2] == (value, kind) for other in evidence.measures)
        for value, kind, unit in measures(sentence)
    )


def _names(text: str, language: str) -> frozenset[str]:
    """Words with a capital that do not begin a sentence, and words of letters and digits."""
    found = set(_CODE.findall(text))
    if language not in _CAPITALS_ARE_NOUNS:
        found |= {name for name in _NAME.findall(text) if is_telling(name.casefold())}
    return frozenset(name for name in found if not dates(name))


def _beside(number: str, sentence: str) -> frozenset[str]:
    """The telling terms around a number, up to three on each side."""
    own = telling_terms(sentence)
    at = next((at for at, term in enumerate(own) if number in digits(term)), None)
    if at is None:
        return frozenset()
    around = (*own[max(at - _AROUND, 0) : at], *own[at + 1 : at + 1 + _AROUND])
    return frozenset(term for term in around if not digits(term))


def _squeezed(text: str) -> str:
    return re.sub(r"\W", "", folded(text))


def _share(wanted: frozenset[str], had: frozenset[str]) -> float:
    return len(wanted & had) / len(wanted) if wanted else 0.0
