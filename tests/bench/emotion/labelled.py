"""GoEmotions in seven groups, as it is given, and the vectors of its texts."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.nlu.emotion.feelings import EMOTIONS
from knowledge.embedders.minilm import MiniLmEmbedder

Matrix = NDArray[np.float32]
ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"
KEPT = ROOT / "bench-out" / "emotion"
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts, and for each which emotions people found in it."""

    texts: tuple[str, ...]
    labels: Matrix

    def has(self, *emotions: str) -> NDArray[np.bool_]:
        """Whether at least one of these was found in each text."""
        columns = [EMOTIONS.index(emotion) for emotion in emotions]
        found: NDArray[np.bool_] = self.labels[:, columns].max(axis=1) > 0
        return found


def read(data: Path, split: str) -> Labelled:
    """One of train, dev and test."""
    folder = data / "goemotions"
    names = tuple((folder / "ekman_labels.txt").read_text("utf-8").split())
    if names != EMOTIONS:
        raise ValueError(f"the set names its groups {names}")
    lines = (folder / f"ekman_{split}.tsv").read_text("utf-8").splitlines()
    labels = np.zeros((len(lines), len(EMOTIONS)), np.float32)
    texts = []
    for row, line in enumerate(lines):
        text, groups, _ = line.split("\t")
        texts.append(text)
        labels[row, [int(group) for group in groups.split(",")]] = 1
    return Labelled(tuple(texts), labels)


async def vectors(name: str, texts: tuple[str, ...], kept: Path = KEPT) -> Matrix:
    """The vectors of these texts, embedded once and kept under a name."""
    file = kept / f"{name}-{len(texts)}.npy"
    if file.exists():
        found: Matrix = np.load(file).astype(np.float32)
        return found
    kept.mkdir(parents=True, exist_ok=True)
    parts = []
    async with await MiniLmEmbedder.open(kept) as embedder:
        for start in range(0, len(texts), _AT_ONCE):
            parts.append(await embedder.embed(texts[start : start + _AT_ONCE]))
            print(f"{name}: {start + len(parts[-1])} of {len(texts)} embedded", flush=True)
    np.save(file, np.concatenate(parts).astype(np.float16))
    return np.concatenate(parts)
