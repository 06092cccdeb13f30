"""Learns the English emotion head: `python -m tests.bench.emotion.train [--out FILE]`.

Both models, the words' and the embedding's, learn from all texts of the train split (embedding
them takes minutes, once); both are frozen then, and dev teaches how to weigh and calibrate them.
The test split is not read here.
"""

import argparse
import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.nlu.emotion.features import PLACES, features
from core.nlu.emotion.feelings import FRUSTRATED
from core.nlu.emotion.head import COLUMNS, SHIPPED, EmotionHead, Weights
from knowledge.embedders.graph import GRAPH_VERSION
from tests.bench.emotion.labelled import DATA, Labelled, Matrix, read, vectors
from tests.bench.emotion.logistic import DenseRows, SparseRows, fit

_WORDS_DECAY, _WORDS_STEPS = 4e-5, 40
_EMBEDDING_DECAY = 3e-5
_STACK_DECAY = 1e-3
_SELDOM = 2
"""A place that fewer texts have is left out."""
_FREE_AT_LEAST = 0.3


def train(
    train_split: Labelled, dev: Labelled, train_vectors: Matrix, dev_vectors: Matrix
) -> Weights:
    """All weights of a head.

    Args:
        train_split: Learned from.
        dev: Weighed and calibrated on.
        train_vectors: The vectors of `train_split`'s texts.
        dev_vectors: Those of dev's texts.
    """
    places = [features(text) for text in train_split.texts]
    having = np.bincount(np.concatenate([[*own] for own in places]), minlength=PLACES)
    rarity = (np.log((1 + len(places)) / (1 + having)) + 1).astype(np.float16).astype(np.float32)
    rarity[having < _SELDOM] = 0
    rows = SparseRows(places, rarity)
    labels = columns(train_split)
    telling = telling_of(places, labels)
    weights = Weights(
        rarity=rarity,
        words=fit(rows, labels, _WORDS_DECAY, _WORDS_STEPS, telling),
        embedding=fit(DenseRows(train_vectors), labels, _EMBEDDING_DECAY),
        both=np.eye(2 * COLUMNS + 1, COLUMNS, dtype=np.float32),
        alone=np.eye(COLUMNS + 1, COLUMNS, dtype=np.float32),
        embedder=f"all-MiniLM-L6-v2/{GRAPH_VERSION}",
    )
    return _stacked(weights, dev, dev_vectors)


def columns(split: Labelled) -> Matrix:
    """The labels of a split in the columns of a head."""
    return np.column_stack((split.labels, split.has(*FRUSTRATED))).astype(np.float32)


def telling_of(places: list[frozenset[int]], labels: Matrix) -> Matrix:
    """How freely each place's weights may move: as far as the place tells the labels apart.

    Source: log-count ratios, Wang and Manning 2012; as a prior rather than as a factor.
    """
    owners = np.repeat(np.arange(len(places)), [len(own) for own in places])
    met = np.concatenate([[*own] for own in places])
    ratios = []
    for label in labels.T:
        there = np.bincount(met, weights=label[owners], minlength=PLACES) + 1
        missing = np.bincount(met, weights=1 - label[owners], minlength=PLACES) + 1
        ratios.append(np.log((there / there.sum()) / (missing / missing.sum())))
    return (_FREE_AT_LEAST + np.abs(np.stack(ratios, axis=1))).astype(np.float32)


def _stacked(weights: Weights, dev: Labelled, dev_vectors: Matrix) -> Weights:
    """The same with both models weighed and calibrated, in the precision in which they ship."""
    with tempfile.TemporaryDirectory() as folder:
        weights.save(Path(folder) / "head.npz")
        kept = Weights.read(Path(folder) / "head.npz")
    words = EmotionHead(kept).scores(dev.texts)  # nothing is weighed yet: as the words say it
    by_embedding = dev_vectors @ kept.embedding[:-1] + kept.embedding[-1]
    return replace(
        kept,
        both=fit(DenseRows(np.hstack((words, by_embedding))), columns(dev), _STACK_DECAY),
        alone=fit(DenseRows(words), columns(dev), _STACK_DECAY),
    )


async def learned(data: Path) -> Weights:
    """A head, from the set in a folder."""
    train_split, dev = read(data, "train"), read(data, "dev")
    train_vectors = await vectors("train", train_split.texts)
    return train(train_split, dev, train_vectors, await vectors("dev", dev.texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    asked = parser.parse_args()
    if not (asked.data / "goemotions").is_dir():
        print(f"skipped: GoEmotions is not in {asked.data}; say where it is with --data")
        return
    asyncio.run(learned(asked.data)).save(asked.out)
    print(f"written: {asked.out}, {asked.out.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
