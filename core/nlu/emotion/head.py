"""The trained head: a text, and its vector where there is one, to calibrated feelings.

Two linear models, one over hashed words and one over the embedding, and a third that weighs both
and calibrates them (stacked generalisation, Wolpert 1992). Without a vector the words alone
are weighed, with a calibration of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import SetupError
from core.nlu.emotion.features import PLACES, features
from core.nlu.emotion.feelings import EMOTIONS, Feelings

Matrix = NDArray[np.float32]
SHIPPED = Path(__file__).with_name("english.npz")
FORM = 1
"""Of the file; a head of another form is refused."""
COLUMNS = len(EMOTIONS) + 1
"""The emotions, and whether anger or disgust speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a head has learned; rows are inputs, columns `COLUMNS`."""

    rarity: Matrix
    """Of each place of the lexical features."""
    words: Matrix
    """For each place, and a last row that is added always."""
    embedding: Matrix
    """For each dimension, and a last row that is added always."""
    both: Matrix
    """For both models' scores, the words' first, and a last row that is added always."""
    alone: Matrix
    """The same for the words' scores where there is no vector."""
    embedder: str
    """The version of the embedder whose vectors it was trained on."""

    def __post_init__(self) -> None:
        dims = self.embedding.shape[0] - 1
        wanted = {
            "rarity": (PLACES,),
            "words": (PLACES + 1, COLUMNS),
            "embedding": (dims + 1, COLUMNS),
            "both": (2 * COLUMNS + 1, COLUMNS),
            "alone": (COLUMNS + 1, COLUMNS),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise SetupError(f"the emotion head's {name} should have the shape {shape}")

    def save(self, file: Path) -> None:
        """Write them, the words' weights in 8 bits."""
        scale = np.abs(self.words[:-1]).max(axis=0) / 127
        np.savez_compressed(
            file,
            form=np.array(FORM),
            embedder=np.array(self.embedder),
            rarity=self.rarity.astype(np.float16),
            words=np.round(self.words[:-1] / scale).astype(np.int8),
            words_scale=scale.astype(np.float32),
            words_added=self.words[-1],
            embedding=self.embedding.astype(np.float16),
            both=self.both.astype(np.float32),
            alone=self.alone.astype(np.float32),
        )

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            SetupError: the file cannot be read, or is of another form.
        """
        try:
            with file.open("rb") as content, np.load(content, allow_pickle=False) as kept:
                return cls._of({name: kept[name] for name in kept.files})
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as broken:
            raise SetupError(f"the emotion head {file.name} cannot be read") from broken

    @classmethod
    def _of(cls, kept: dict[str, NDArray[np.generic]]) -> Self:
        if int(kept["form"]) != FORM:
            raise SetupError(f"the emotion head is of form {kept['form']}, not {FORM}")
        words = kept["words"].astype(np.float32) * kept["words_scale"].astype(np.float32)
        added = kept["words_added"].astype(np.float32)
        return cls(
            rarity=kept["rarity"].astype(np.float32),
            words=np.vstack((words, added)),
            embedding=kept["embedding"].astype(np.float32),
            both=kept["both"].astype(np.float32),
            alone=kept["alone"].astype(np.float32),
            embedder=str(kept["embedder"]),
        )


class EmotionHead:
    """Feels English texts; others only as far as they share words and vectors with it."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @classmethod
    def load(cls, file: Path = SHIPPED) -> Self:
        """The head in a file.

        Raises:
            SetupError: the file cannot be read, or is of another form.
        """
        return cls(Weights.read(file))

    def fits(self, embedder: str) -> bool:
        """Whether vectors of this version of an embedder are those it was trained on."""
        return embedder == self._weights.embedder

    def feel(self, texts: Sequence[str], vectors: Matrix | None = None) -> tuple[Feelings, ...]:
        """The feelings of each text.

        Args:
            texts: What customers wrote.
            vectors: A row of length 1 for each text, of the embedder that `fits`; None judges
                by the words alone.
        """
        chances = 1.0 / (1.0 + np.exp(-self.scores(texts, vectors)))
        return tuple(
            Feelings(chances=tuple(map(float, row[:-1])), frustrated=float(row[-1]))
            for row in chances
        )

    def scores(self, texts: Sequence[str], vectors: Matrix | None = None) -> Matrix:
        """The calibrated log odds of `COLUMNS`, one row for each text."""
        if not texts:
            return np.empty((0, COLUMNS), np.float32)
        words = np.stack([self._by_words(text) for text in texts])
        if vectors is None:
            return _applied(words, self._weights.alone)
        return _applied(
            np.hstack((words, _applied(vectors, self._weights.embedding))), self._weights.both
        )

    def _by_words(self, text: str) -> Matrix:
        places = np.fromiter(features(text), np.int64)
        rarity = self._weights.rarity[places]
        length = float(np.linalg.norm(rarity)) or 1.0
        scores: Matrix = (rarity / length) @ self._weights.words[places] + self._weights.words[-1]
        return scores


def _applied(inputs: Matrix, weights: Matrix) -> Matrix:
    scores: Matrix = inputs @ weights[:-1] + weights[-1]
    return scores
