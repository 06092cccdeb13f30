"""Classifiers of the transformers library in this process; it comes with the extra `models`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Self

from transformers import AutoModelForSequenceClassification, TextClassificationPipeline

from core.domain.errors import ModelUnavailable
from core.models.local.files import read
from core.nlu.classifiers.scores import Classifies, Scores

_LONGEST = 1_000_000
"""Tokenizers that know no limit name a number beyond any model's."""
_RESERVED = 2
"""Places that models of RoBERTa's kind count and do not use."""


class PipelineClassifier(Classifies):
    """The library's text classification, in a thread."""

    def __init__(self, pipeline: Any, thread: ThreadPoolExecutor, *, several: bool) -> None:
        self._pipeline = pipeline
        self._thread = thread
        self._manner = {
            "top_k": None,
            "truncation": True,
            "function_to_apply": "sigmoid" if several else "softmax",
        }

    @classmethod
    @asynccontextmanager
    async def opened(cls, path: str, *, several: bool) -> AsyncIterator[Self]:
        """The model at a path, until the end of the block.

        Args:
            path: A folder with weights as safetensors, or the name of a model in the library's
                cache on this machine.
            several: Whether several labels may hold at once.

        Raises:
            SetupError: there is none.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="classifier")
        try:
            yield cls(await asyncio.to_thread(_loaded, path), thread, several=several)
        finally:
            await asyncio.to_thread(thread.shutdown, cancel_futures=True)

    async def classify(self, texts: Sequence[str]) -> tuple[Scores, ...]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._scores, list(texts))
        except (RuntimeError, IndexError) as broken:
            raise ModelUnavailable("the classifier in this process failed") from broken

    def _scores(self, texts: list[str]) -> tuple[Scores, ...]:
        found = self._pipeline(texts, **self._manner) if texts else []
        return tuple({one["label"]: float(one["score"]) for one in row} for row in found)


def _loaded(path: str) -> Any:
    files = read(AutoModelForSequenceClassification, path)
    if files.tokenizer.model_max_length > _LONGEST:
        places: int = files.model.config.max_position_embeddings
        files.tokenizer.model_max_length = places - _RESERVED
    return TextClassificationPipeline(model=files.model, tokenizer=files.tokenizer)
