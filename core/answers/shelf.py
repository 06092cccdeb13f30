"""A tenant's approved questions in memory, as they are compared with what customers ask."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.answers.agree import Facts, facts
from core.answers.ports import Pair, Shelved, Vector
from core.answers.words import content, normal
from core.domain.understanding import Judged

_SURE = 0.8
"""Confidence in a language from which answers for others are left out."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a customer asks, ready to be compared."""

    text: str
    vector: Vector
    language: Judged
    at: datetime


class Shelf:
    """One version of a tenant's approved questions; a row per wording."""

    def __init__(self, version: int, shelved: Sequence[Shelved]) -> None:
        self.version = version
        self._pairs = tuple(one.pair for one in shelved)
        rows = [
            (number, wording) for number, one in enumerate(shelved) for wording in one.wordings
        ]
        self.questions = tuple(wording.question for _, wording in rows)
        answers = {pair.answer: number for number, pair in enumerate(self._pairs)}
        self._answer_of = np.array([answers[self._pairs[n].answer] for n, _ in rows], np.intp)
        self._pair_of: NDArray[np.intp] = np.array([number for number, _ in rows], np.intp)
        self._vectors = [wording.vector for _, wording in rows]
        self._matrix: tuple[NDArray[np.float32], NDArray[np.bool_]] | None = None
        self._languages = np.array([pair.language for pair in self._pairs])
        self._expires = np.array([_end(pair) for pair in self._pairs])
        self._normal: dict[str, list[int]] = defaultdict(list)
        self._rows_of: dict[str, list[int]] = defaultdict(list)
        sizes = []
        for row, question in enumerate(self.questions):
            self._normal[normal(question)].append(row)
            words = content(question)
            sizes.append(len(words))
            for word in words:
                self._rows_of[word].append(row)
        self._sizes = np.array(sizes, np.float32)
        self._facts: dict[int, Facts] = {}

    @property
    def has_languages(self) -> bool:
        """Whether any pair is for customers of one language only."""
        return bool((self._languages != "").any())

    def without_vectors(self) -> tuple[int, ...]:
        """The rows that no embedder has seen."""
        return tuple(row for row, vector in enumerate(self._vectors) if vector is None)

    def embed(self, rows: Sequence[int], vectors: Vector) -> None:
        """Take the missing vectors in, one per row; before the first comparison."""
        for row, vector in zip(rows, vectors, strict=True):
            self._vectors[row] = vector

    def pair(self, row: int) -> Pair:
        """The pair that a wording belongs to."""
        return self._pairs[int(self._pair_of[row])]

    def facts(self, row: int) -> Facts:
        """The signs of a wording; read when it is first near to a question."""
        if row not in self._facts:
            self._facts[row] = facts(self.questions[row])
        return self._facts[row]

    def likeness(self, question: Question) -> NDArray[np.float32]:
        """Of the question to each wording, 0 to 1; -1 for those that are not for this customer.

        By the vectors where both have one that says something, by common words elsewhere.
        """
        matrix, known = self._stacked()
        likeness = self._in_words(content(question.text))
        if question.vector.any():
            likeness = np.where(known, np.clip(matrix @ question.vector, 0, 1), likeness)
        for row in self._normal.get(normal(question.text), ()):
            likeness[row] = 1
        likeness[~self._are_for(question)[self._pair_of]] = -1
        return likeness

    def runner_up(self, likeness: NDArray[np.float32], row: int) -> float:
        """The greatest likeness to a wording that has another answer; 0 where there is none."""
        others = likeness[self._answer_of != self._answer_of[row]]
        return max(float(others.max()), 0.0) if others.size else 0.0

    def _stacked(self) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """All vectors, and which of them say something."""
        if self._matrix is None:
            matrix = np.stack([vector for vector in self._vectors if vector is not None])
            known: NDArray[np.bool_] = np.any(matrix, axis=1)
            self._matrix = matrix, known
            self._vectors.clear()
        return self._matrix

    def _in_words(self, words: frozenset[str]) -> NDArray[np.float32]:
        common = np.zeros(len(self.questions), np.float32)
        for word in words & self._rows_of.keys():
            common[self._rows_of[word]] += 1
        return 2 * common / (self._sizes + len(words))

    def _are_for(self, question: Question) -> NDArray[np.bool_]:
        """Which pairs may be said to this customer now."""
        live: NDArray[np.bool_] = self._expires > question.at.timestamp()
        if question.language.confidence < _SURE:
            return live
        return live & np.isin(self._languages, ("", question.language.label))


def _end(pair: Pair) -> float:
    """When it is not said any more, in seconds since 1970."""
    return math.inf if pair.expires_at is None else pair.expires_at.timestamp()
