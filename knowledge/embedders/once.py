"""Embeds a question once, however many ask for its vector on its way through a turn."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.ports import Embedder, Vectors

_A_FEW = 4
"""Calls of more texts are documents, which nobody asks for twice."""


class OncePerQuestion(Embedder):
    """Another embedder, whose latest vectors of questions are kept in memory."""

    def __init__(self, embedder: Embedder, kept: int = 2_048) -> None:
        self._embedder = embedder
        self._most = kept
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    @property
    def dims(self) -> int:
        return self._embedder.dims

    @property
    def max_tokens(self) -> int:
        return self._embedder.max_tokens

    @property
    def version(self) -> str:
        return self._embedder.version

    def knows(self, text: str) -> bool:
        return self._embedder.knows(text)

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        return self._embedder.count_tokens(texts)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts or len(texts) > _A_FEW:
            return await self._embedder.embed(texts)
        found = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found |= zip(missing, await self._embedder.embed(missing), strict=True)
        for text in texts:
            self._kept[text] = found[text]
            self._kept.move_to_end(text)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return np.stack([found[text] for text in texts])
