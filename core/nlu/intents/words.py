"""Lexical features: the words of a text and the runs of its characters, weighed by rarity.

They know what an embedding does not: a name of a product, a code, a language that the embedder
was never taught. Words are stemmed and stand alone and in pairs; runs are of 3 to 5 characters
within a word, and of 1 to 3 where a script has no spaces. Each half has length 1, so that the
product of two texts' features is the mean of two cosines.
"""

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.nlu.words import terms

_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|[^\s{_UNSPACED}]+")
_COMMON = 8
"""What more than one text in so many has tells nothing, and would cost most of the time."""
_FEW = 20
"""Texts that may share a feature, however few there are."""
_MOST_CHARACTERS = 1_000
"""Of one text; the rest says nothing new about what it is for."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse vectors, one per text: the entries of row i stand at `ends[i - 1]` to `ends[i]`."""

    ends: NDArray[np.int64]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]

    def owners(self) -> NDArray[np.int64]:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features of the examples, by their hash, each with its weight."""

    hashes: NDArray[np.uint32]
    """Ascending."""
    rarity: NDArray[np.float32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        """What these texts have; weighed by how few of them have it."""
        having = Counter(feature for text in texts for feature in set(_features(text)))
        hashes = np.array(sorted(having), np.uint32)
        shared = np.array([having[int(feature)] for feature in hashes], np.float32)
        telling = shared <= max(_FEW, len(texts) / _COMMON)
        rarity = np.log((1 + len(texts)) / (1 + shared)) + 1
        return cls(hashes[telling], rarity[telling].astype(np.float32))

    def rows(self, texts: Sequence[str]) -> Rows:
        """The vectors of some texts."""
        ends, columns, weights = [], [], []
        for text in texts:
            own_columns, own_weights = self._row(text)
            columns.append(own_columns)
            weights.append(own_weights)
            ends.append(len(own_columns))
        if not ends:
            return Rows(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.float32))
        return Rows(np.cumsum(ends), np.concatenate(columns), np.concatenate(weights))

    def _row(self, text: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        halves = [self._half(features) for features in _halves(text)]
        return (
            np.concatenate([columns for columns, _ in halves]),
            np.concatenate([weights for _, weights in halves]) * np.float32(np.sqrt(0.5)),
        )

    def _half(self, features: Iterable[int]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        counts = Counter(features)
        wanted = np.fromiter(counts, np.uint32, len(counts))
        times = np.fromiter(counts.values(), np.float32, len(counts))
        places = np.searchsorted(self.hashes, wanted)
        places[places == len(self.hashes)] = 0
        known = self.hashes[places] == wanted
        columns = places[known].astype(np.int32)
        weights = self.rarity[columns] * (1 + np.log(times[known]))
        return columns, weights / max(float(np.linalg.norm(weights)), 1e-9)


@dataclass(frozen=True, slots=True)
class Postings:
    """Some texts' vectors turned round: for each feature the texts that have it."""

    starts: NDArray[np.int64]
    """Of each feature's entries, and the end of the last."""
    texts: NDArray[np.int32]
    weights: NDArray[np.float32]
    number: int
    """Of texts."""

    @classmethod
    def of(cls, rows: Rows, features: int) -> Self:
        """Turn rows round; `features` is the size of their vocabulary."""
        order = np.argsort(rows.columns, kind="stable")
        starts = np.searchsorted(rows.columns[order], np.arange(features + 1))
        owners = rows.owners().astype(np.int32)
        return cls(starts, owners[order], rows.weights[order], len(rows.ends))

    def products(self, rows: Rows) -> NDArray[np.float32]:
        """The dot product of each row with each text, of shape [rows, texts]."""
        found = np.zeros((len(rows.ends), self.number), np.float32)
        begin = 0
        for place, end in enumerate(rows.ends):
            found[place] = self._products(rows.columns[begin:end], rows.weights[begin:end])
            begin = end
        return found

    def _products(
        self, columns: NDArray[np.int32], weights: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        starts = self.starts[columns]
        lengths = self.starts[columns + 1] - starts
        ends = np.cumsum(lengths)
        if not len(ends) or not ends[-1]:
            return np.zeros(self.number)
        entries = np.arange(ends[-1]) + np.repeat(starts - (ends - lengths), lengths)
        shared = self.weights[entries] * np.repeat(weights, lengths)
        return np.bincount(self.texts[entries], shared, self.number).astype(np.float64)


def _features(text: str) -> Iterator[int]:
    for half in _halves(text):
        yield from half


def _halves(text: str) -> tuple[list[int], list[int]]:
    """Hashes of the words' half and of the characters' half."""
    folded = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS]).casefold()
    words = terms(folded)
    pairs = (f"{first} {second}" for first, second in pairwise(words))
    return _hashed("w", [*words, *pairs]), _hashed("c", _pieces(folded))


def _pieces(folded: str) -> Iterator[str]:
    for run in _RUNS.finditer(folded):
        if run.lastgroup:
            yield from _cut(run.group(), 1, 3)
        else:
            yield from _cut(f" {run.group()} ", 3, 5)


def _cut(text: str, shortest: int, longest: int) -> Iterator[str]:
    for size in range(shortest, longest + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


def _hashed(half: str, features: Iterable[str]) -> list[int]:
    return [zlib.crc32(f"{half}{feature}".encode()) for feature in features]
