"""Summarises without a model: the sentences that say most of what the others say, word by word.

Method: TextRank (Mihalcea and Tarau 2004) over likeness of meaning, or of words where the embedder
does not know the language, times length, place and speaker; chosen greedily, without repeats, and
said in their order with the speakers' names.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.conversation import Conversation
from core.domain.memory import Memory
from core.domain.messages import Author, Message
from core.memory.entities import key
from core.memory.plain import plain
from core.memory.ports import Summariser, Summary
from core.memory.sentences import is_chinese, sentences
from core.memory.speech import asks, knew_nothing
from core.models.ports import Count
from core.nlu.embeds import Embeds
from core.nlu.words import telling_terms

WRITTEN_BY = "extract"
_SPEAKERS = {
    Author.CUSTOMER: ("Customer", "客户"),
    Author.BOT: ("Assistant", "助手"),
    Author.AGENT: ("Agent", "客服"),
}
_LABEL = re.compile("^(" + "|".join(n for names in _SPEAKERS.values() for n in names) + ")[:：] ?")
_BY_NAME = {name: author for author, names in _SPEAKERS.items() for name in names}
_WEIGHT: Mapping[Author | None, float] = {Author.CUSTOMER: 1.3, Author.AGENT: 1.2, Author.BOT: 0.8}
_FIRST = 1.3
"""What the opening of a talk is worth beside its end: it says what the talk is about."""
_DAMPING, _ROUNDS = 0.85, 30
_FEWEST, _LONG = 3, 20
"""Telling terms: with fewer a sentence says nothing, more count no further."""
_LONGEST = 280
_MOST = 300
"""Sentences that are compared, the latest."""
_EMBEDDED = 40
_SAME = 0.85


@dataclass(frozen=True, slots=True)
class _Line:
    author: Author | None
    """None for a sentence that a model wrote about the talk."""
    text: str
    terms: frozenset[str]

    def said(self) -> str:
        if self.author is None:
            return self.text
        english, chinese = _SPEAKERS[self.author]
        return f"{chinese}：{self.text}" if is_chinese(self.text) else f"{english}: {self.text}"


class Extractive(Summariser):
    """Chooses sentences; `embeds` says how near their meanings are, words do without one."""

    def __init__(self, count: Count, embeds: Embeds | None = None) -> None:
        self._count = count
        self._embeds = embeds

    async def summarise(
        self,
        memory: Memory,
        messages: Sequence[Message],
        conversation: Conversation,
        room: int,
    ) -> Summary:
        facts = "\n".join(key(fact.text) for fact in memory.facts)
        lines = [*_before(memory.text), *_behind(messages, facts)][-_MOST:]
        if self._embeds is None or not lines:
            chosen = await asyncio.to_thread(_chosen, lines, None, room, self._count)
        else:
            lines = await asyncio.to_thread(_likeliest, lines)
            vectors = await self._embeds.embed([line.text for line in lines])
            chosen = await asyncio.to_thread(_chosen, lines, vectors, room, self._count)
        return Summary("\n".join(line.said() for line in chosen), WRITTEN_BY)


def _before(text: str) -> Iterator[_Line]:
    """The lines of the summary so far."""
    for line in filter(None, text.splitlines()):
        label = _LABEL.match(line)
        said = line[label.end() :] if label else line
        author = _BY_NAME[label.group(1)] if label else None
        yield _Line(author, said, frozenset(telling_terms(said)))


def _behind(messages: Sequence[Message], facts: str) -> Iterator[_Line]:
    """Sentences that may stand in a summary: not what stands among the facts."""
    for message in messages:
        if message.author not in _SPEAKERS:
            continue
        for sentence in sentences(message.text):
            said = " ".join(sentence.split())
            if message.author is not Author.CUSTOMER:
                said = plain(said)
            terms = frozenset(telling_terms(said))
            line = _Line(message.author, said, terms)
            if _says_something(line) and key(said) not in facts:
                yield line


def _says_something(line: _Line) -> bool:
    """Not what is said to be polite, and not that the bot knew nothing."""
    if len(line.terms) < _FEWEST or len(line.text) > _LONGEST:
        return False
    return line.author is Author.CUSTOMER or not (asks(line.text) or knew_nothing(line.text))


def _likeliest(lines: Sequence[_Line]) -> list[_Line]:
    """Those worth most by their words alone: each that is embedded costs milliseconds."""
    worth = _worth(lines, _likeness(lines, None))
    best = np.argsort(-worth, kind="stable")[:_EMBEDDED]
    return [lines[number] for number in sorted(best.tolist())]


def _chosen(
    lines: Sequence[_Line], vectors: NDArray[np.float32] | None, room: int, count: Count
) -> list[_Line]:
    likeness = _likeness(lines, vectors)
    worth = _worth(lines, likeness)
    taken: list[int] = []
    for best in np.argsort(-worth, kind="stable").tolist():
        cost = count(lines[best].said()) + 1
        if cost <= room and not any(likeness[best, other] > _SAME for other in taken):
            taken.append(best)
            room -= cost
    return [lines[number] for number in sorted(taken)]


def _worth(lines: Sequence[_Line], likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank, length, place and speaker of each, as one figure."""
    place = np.linspace(_FIRST, 1.0, len(lines))
    length = np.sqrt([min(len(line.terms), _LONG) for line in lines])
    speaker = np.array([_WEIGHT.get(line.author, 1.0) for line in lines])
    return np.asarray(_rank(likeness) * length * place * speaker)


def _likeness(lines: Sequence[_Line], vectors: NDArray[np.float32] | None) -> NDArray[np.float64]:
    """Of each pair: of their meanings where both are known, else of their words."""
    words = sorted({term for line in lines for term in line.terms})
    places = {word: number for number, word in enumerate(words)}
    rows = np.zeros((len(lines), max(len(words), 1)))
    for row, line in zip(rows, lines, strict=True):
        row[[places[term] for term in line.terms]] = 1.0
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows /= np.where(lengths > 0, lengths, 1.0)
    alike = rows @ rows.T
    if vectors is not None:
        known = np.linalg.norm(vectors, axis=1) > 0
        alike = np.where(np.outer(known, known), np.clip(vectors @ vectors.T, 0.0, 1.0), alike)
    np.fill_diagonal(alike, 0.0)
    return np.asarray(alike, np.float64)


def _rank(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each is recommended by the others, and they by others."""
    sums = likeness.sum(axis=1, keepdims=True)
    number = max(len(likeness), 1)
    flow = np.where(sums > 0, likeness / np.where(sums > 0, sums, 1.0), 1.0 / number)
    rank = np.full(len(likeness), 1.0 / number)
    for _ in range(_ROUNDS):
        rank = (1 - _DAMPING) / number + _DAMPING * (rank @ flow)
    return rank
