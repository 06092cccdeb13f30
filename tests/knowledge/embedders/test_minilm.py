"""The graph we build computes what the weights mean: against a second writing of the model."""

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tokenizers
from safetensors.numpy import load_file

from knowledge.embedders.minilm import MiniLmEmbedder, exported, packaged_weights

pytestmark = pytest.mark.models
TEXTS = [
    "Parcels to Canada take five days.",
    "a",
    "The warranty covers the frame for five years, but not wear, rust or a fall. " * 6,
    "Où est ma commande n° 4711 ?",
]
GELU = np.vectorize(lambda v: v * 0.5 * (1 + math.erf(v / math.sqrt(2))))


def reference(weights: dict[str, Any], ids: list[int]) -> Any:
    """BERT's forward pass, mean pooling and length 1, word for word from its paper."""

    def linear(name: str, x: Any) -> Any:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(name: str, x: Any) -> Any:
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    table = "embeddings.{}_embeddings.weight".format
    x = weights[table("word")][ids] + weights[table("position")][: len(ids)]
    x = norm("embeddings.LayerNorm", x + weights[table("token_type")][0])
    for layer in range(6):
        at = f"encoder.layer.{layer}"
        q, k, v = (
            linear(f"{at}.attention.self.{part}", x).reshape(len(ids), 12, 32).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = np.exp(q @ k.swapaxes(1, 2) / math.sqrt(32))
        heads = (scores / scores.sum(-1, keepdims=True)) @ v
        mixed = linear(f"{at}.attention.output.dense", heads.swapaxes(0, 1).reshape(len(ids), 384))
        x = norm(f"{at}.attention.output.LayerNorm", x + mixed)
        wide = GELU(linear(f"{at}.intermediate.dense", x))
        x = norm(f"{at}.output.LayerNorm", x + linear(f"{at}.output.dense", wide))
    pooled = x.mean(0)
    return pooled / np.linalg.norm(pooled)


async def test_the_graph_agrees_with_the_model_written_down_again(tmp_path: Path) -> None:
    folder = packaged_weights()
    weights = load_file(folder / "model.safetensors")
    words = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    words.no_padding()
    words.no_truncation()

    async with await MiniLmEmbedder.open(tmp_path) as embedder:
        vectors = await embedder.embed(TEXTS)

    for text, vector in zip(TEXTS, vectors, strict=True):
        assert float(vector @ reference(weights, words.encode(text).ids)) > 0.9999


def test_the_graph_is_written_once(tmp_path: Path) -> None:
    first = exported(packaged_weights(), tmp_path)
    written = first.stat().st_mtime_ns

    assert exported(packaged_weights(), tmp_path) == first
    assert first.stat().st_mtime_ns == written
    assert [path.name for path in tmp_path.iterdir()] == [first.name]


def test_two_starts_at_once_leave_one_whole_graph(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: exported(packaged_weights(), tmp_path), range(2))

    assert first == second
    assert [path.name for path in tmp_path.iterdir()] == [first.name]
