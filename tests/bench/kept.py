"""An embedder that remembers what it embedded, in memory and, if wanted, in a folder.

For benches only: the same texts are embedded in several bases and runs. It counts what it did
not know, so that a bench can tell what embedding costs.
"""

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.ports import Embedder, Vectors


class KeptEmbedder(Embedder):
    """Another embedder's vectors, each computed once."""

    def __init__(self, inner: Embedder, folder: Path | None) -> None:
        self._inner = inner
        self._known: dict[bytes, Vectors] = {}
        self._file = folder / f"{_digest(inner.version).hex()}.npz" if folder else None
        if self._file and self._file.exists():
            kept = np.load(self._file)
            keys = kept["keys"].tobytes()
            for place, vector in enumerate(kept["vectors"]):
                self._known[keys[16 * place : 16 * place + 16]] = vector
        self.seconds = 0.0
        self.embedded = 0

    @property
    def dims(self) -> int:
        return self._inner.dims

    @property
    def max_tokens(self) -> int:
        return self._inner.max_tokens

    @property
    def version(self) -> str:
        return self._inner.version

    def knows(self, text: str) -> bool:
        return self._inner.knows(text)

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        return self._inner.count_tokens(texts)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        keys = [_digest(text) for text in texts]
        fresh = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._known
        }
        if fresh:
            begun = time.perf_counter()
            vectors = await self._inner.embed([*fresh.values()])
            self.seconds += time.perf_counter() - begun
            self.embedded += len(fresh)
            self._known.update(zip(fresh, vectors, strict=True))
        return np.stack([self._known[key] for key in keys])

    def keep(self) -> None:
        """Write what is known to the folder."""
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(
                self._file,
                keys=np.frombuffer(b"".join(self._known), np.uint8),
                vectors=np.stack([*self._known.values()]),
            )


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
