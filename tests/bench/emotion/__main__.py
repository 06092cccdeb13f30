"""Prints the figures of the shipped head: `make bench-emotion`."""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from core.nlu.emotion.head import EmotionHead
from tests.bench.emotion.labelled import DATA, ROOT, read, vectors
from tests.bench.emotion.measure import Split, figures, milliseconds, own_labels

BASELINES = {
    "macro_f1": "wanted 0.60; two models of this kind 0.594, fine-tuned BERT 0.624 (published)",
    "frustration_auroc": "wanted 0.875; 0.871 with the set's finer labels, which are not given",
}


async def bench(data: Path) -> dict[str, Any]:
    """All figures."""
    head = EmotionHead.load()
    dev, test = read(data, "dev"), read(data, "test")
    dev_vectors, test_vectors = await vectors("dev", dev.texts), await vectors("test", test.texts)
    whole = (
        Split.judged(head, dev, dev_vectors),
        Split.judged(head, test, test_vectors),
    )
    words = (
        Split.judged(head, dev, dev_vectors, words_alone=True),
        Split.judged(head, test, test_vectors, words_alone=True),
    )
    return {
        "test": figures(*whole),
        "test_by_words_alone": figures(*words),
        "own_labels": own_labels(*whole),
        "cpu_ms_per_message": milliseconds(head, whole[1]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out")
    asked = parser.parse_args()
    if not (asked.data / "goemotions").is_dir():
        print(f"skipped: GoEmotions is not in {asked.data}; say where it is with --data")
        return
    found = asyncio.run(bench(asked.data))
    asked.out.mkdir(exist_ok=True)
    (asked.out / "emotion.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(json.dumps(_rounded(found), indent=1))
    for name, said in BASELINES.items():
        print(f"{name} {found['test'][name]:.3f}   {said}")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
