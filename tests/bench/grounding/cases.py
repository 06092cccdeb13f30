"""Sentences with the passages that carry them, from sets with reference answers.

A sentence is a reference answer's (written by people, or by a model and corrected by people), a
passage's own, or one of those said otherwise by rule. It cites the two right passages that have
most of its words, as an answer would. References are not perfect: what is in none of their
passages counts as supported here all the same, so that false alarms are counted too high rather
than too low.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.answers import Passage
from core.nlu.words import telling_terms, terms
from tests.bench.answers import Case as Answered
from tests.bench.answers import conversations, product_docs, sentences_of
from tests.core.models.findings import a_passage

DATA = Path(__file__).parents[4] / "shared" / "data"
_CITED = 2
_LEAST_WORDS, _MOST_CHARACTERS = 5, 400
_TALK = re.compile(
    r"\b(?:sorry|i (?:do|am|can|hope|don't|think)|let me|feel free|you're welcome|glad)\b"
    r"|\?$|^(?:yes|no|sure)\W*$",
    re.IGNORECASE,
)
"""What is said around an answer: it claims nothing."""
_OTHERWISE = (
    (r"\bcan\b", "is able to"),
    (r"\bdon't\b", "do not"),
    (r"\bdoesn't\b", "does not"),
    (r"\bcan't\b|\bcannot\b", "can not"),
    (r"\bis not\b", "isn't"),
    (r"\bare not\b", "aren't"),
    (r"\buses?\b", "makes use of"),
    (r"\bhelps?\b", "assists"),
    (r"\bbegins?\b", "starts"),
    (r"\bshows?\b", "displays"),
    (r"\bmust\b", "has to"),
    (r"\ballows?\b", "lets"),
    (r"\bseveral\b|\bmany\b", "a number of"),
    (r"\bhowever,?\s", "still, "),
    (r"\bin order to\b", "to"),
    (r"\bbecause\b", "since"),
    (r"\bfor example\b", "for instance"),
    (r"\btwo\b", "2"),
    (r"\bthree\b", "3"),
    (r"\bfour\b", "4"),
    (r"\bfive\b", "5"),
    (r"(\d)%", r"\1 percent"),
    (r"(?<=\d),(?=\d{3}\b)", ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, what it cites, and whether that carries it."""

    set: str
    tuning: bool
    question: str
    cited: tuple[Passage, ...]
    sentence: str
    kind: str
    """`reference`, `verbatim` and `otherwise` are supported; all others are planted."""
    origin: int
    """The question it belongs to."""

    @property
    def planted(self) -> bool:
        return self.kind not in ("reference", "verbatim", "otherwise")


def supported(folder: Path, sets: Sequence[str] = ("anthropic_docs", "mtrag")) -> Iterator[Said]:
    """All supported sentences, by question."""
    readers = {"anthropic_docs": product_docs, "mtrag": conversations}
    for name in sets:
        for origin, one in enumerate(readers[name](folder)):
            yield from _of(name, one, origin)


def _of(name: str, one: Answered, origin: int) -> Iterator[Said]:
    passages = _passages(one)
    if not passages:
        return

    def said(sentence: str, kind: str) -> Said:
        return Said(
            set=name,
            tuning=one.tuning,
            question=one.question,
            cited=cited_by(sentence, passages),
            sentence=sentence,
            kind=kind,
            origin=origin,
        )

    own = [s for s in map(_bare, sentences_of(one.answers[0])) if _claims(s)]
    verbatim = [s.text for p in passages for s in p.sentences if _claims(s.text)]
    for sentence in own:
        yield said(sentence, "reference")
        if (other := otherwise(sentence)) != sentence:
            yield said(other, "otherwise")
    # neither the first nor the last: spread over the passages
    for sentence in verbatim[1 :: max(len(verbatim) // 2, 1)][:2]:
        yield said(sentence, "verbatim")
        if (other := otherwise(sentence)) != sentence:
            yield said(other, "otherwise")


def cited_by(sentence: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages that have most of its words."""
    wanted = set(telling_terms(sentence))
    return tuple(sorted(passages, key=lambda p: -len(wanted & set(terms(p.text))))[:_CITED])


def otherwise(sentence: str) -> str:
    """The same in other words, where a rule knows some."""
    said = sentence
    for pattern, words in _OTHERWISE:
        said = re.sub(pattern, words, said, flags=re.IGNORECASE)
    first, comma, rest = said.partition(", ")
    if re.match(r"(?:if|when|after|before|by|in|on|for)\b", first, re.IGNORECASE) and comma:
        said = f"{rest.rstrip('.')} {first[0].lower()}{first[1:]}."
        said = said[0].upper() + said[1:]
    return said


def _passages(one: Answered) -> list[Passage]:
    return [
        a_passage(*sentences, number=place, lead=f"{heading}\n")
        for place, (heading, text) in enumerate(one.texts, start=1)
        if (sentences := [s for s in sentences_of(text) if s.strip()])
    ]


def _bare(sentence: str) -> str:
    """Without the numbers of a list, before it or, torn from the next line, behind it."""
    return re.sub(r"^\d{1,2}[.)]\s+|\s+\d{1,2}\.$", "", sentence)


def _claims(sentence: str) -> bool:
    enough = len(telling_terms(sentence)) >= _LEAST_WORDS
    return enough and len(sentence) <= _MOST_CHARACTERS and not _TALK.search(sentence)
