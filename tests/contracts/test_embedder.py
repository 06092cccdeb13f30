"""What every Embedder does: one vector of length 1 for each text, whatever stands beside it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from knowledge.ports import Embedder
from tests.fakes.embedding import WordEmbedder

BACKENDS = ["words", pytest.param("minilm", marks=pytest.mark.models)]
TEXTS = ["Parcels to Canada take five days.", "", "退货需要多久？", "a " * 2_000, "🚲"]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(params=BACKENDS)
async def embedder(request: pytest.FixtureRequest, models: Path) -> AsyncIterator[Embedder]:
    if request.param == "words":
        yield WordEmbedder()
        return
    from knowledge.embedders.minilm import MiniLmEmbedder

    async with await MiniLmEmbedder.open(models) as opened:
        yield opened


async def test_each_text_has_a_vector_of_length_one(embedder: Embedder) -> None:
    vectors = await embedder.embed(TEXTS)

    assert vectors.shape == (len(TEXTS), embedder.dims)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


async def test_no_texts_have_no_vectors(embedder: Embedder) -> None:
    assert (await embedder.embed([])).shape == (0, embedder.dims)


async def test_a_text_has_the_same_vector_whatever_stands_beside_it(embedder: Embedder) -> None:
    together = await embedder.embed([*TEXTS, *TEXTS[::-1]])
    alone = np.concatenate([await embedder.embed([text]) for text in TEXTS])

    assert np.allclose(together[: len(TEXTS)], alone, atol=2e-3)
    assert np.allclose(together[len(TEXTS) :][::-1], alone, atol=2e-3)


async def test_calls_at_the_same_time_get_their_own_vectors(embedder: Embedder) -> None:
    texts = [f"question number {n}" for n in range(40)]

    at_once = await asyncio.gather(*(embedder.embed([text]) for text in texts))

    assert np.allclose(np.concatenate(at_once), await embedder.embed(texts), atol=2e-3)


async def test_near_meanings_are_near(embedder: Embedder) -> None:
    question, near, far = await embedder.embed(
        ["How long does delivery take?", "Delivery takes five days.", "Our shop sells bicycles."]
    )

    assert question @ near > question @ far


async def test_tokens_are_counted_uncut(embedder: Embedder) -> None:
    short, long = embedder.count_tokens(["a word", "word " * 2_000])

    assert 0 < short < embedder.max_tokens < long


async def test_what_language_it_does_not_know_it_says(embedder: Embedder) -> None:
    assert embedder.knows("Where is my order?")
    assert not embedder.knows("我的订单在哪里？")
