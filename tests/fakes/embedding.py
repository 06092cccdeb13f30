"""An embedder that needs no weights: texts are near when they share words."""

import hashlib
from collections.abc import Sequence

import numpy as np

from knowledge.ports import Embedder, Vectors
from knowledge.scripts import is_chinese
from knowledge.terms import terms


class WordEmbedder(Embedder):
    """Each term has a fixed direction; a text is their sum. Counts the texts it embedded."""

    def __init__(self, version: str = "words/1") -> None:
        self._version = version
        self.embedded = 0

    @property
    def dims(self) -> int:
        return 384

    @property
    def max_tokens(self) -> int:
        return 256

    @property
    def version(self) -> str:
        return self._version

    def knows(self, text: str) -> bool:
        return not is_chinese(text)

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        return [len(terms(text)) for text in texts]

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        vectors = np.zeros((len(texts), self.dims), np.float32)
        vectors[:, 0] = 1e-3
        for row, text in enumerate(texts):
            for term in terms(text):
                seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:8])
                vectors[row] += np.random.default_rng(seed).standard_normal(self.dims)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
