"""How well sentences without ground are told: `python -m tests.bench.grounding --data FOLDER`.

Prints a table; bench-out/grounding.json has it all. `--fit` learns the weights of
core/grounding/support.py anew from the tuning half and prints them; the report is always on the
other half. Vectors are kept in bench-out/, so that a second run embeds nothing.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path

from knowledge.embedders.minilm import MiniLmEmbedder
from tests.bench.grounding import chinese
from tests.bench.grounding.cases import DATA, supported
from tests.bench.grounding.measure import learn, report, weigh
from tests.bench.grounding.planted import plant
from tests.bench.kept import KeptEmbedder

_ROOT = Path(__file__).parents[3]
_OUT = _ROOT / "bench-out"


async def run(data: Path, *, fits: bool) -> dict[str, object]:
    """All figures, with embeddings and by words alone."""
    true = [*supported(data)]
    async with await MiniLmEmbedder.open(_ROOT / "data") as embedder:
        kept = KeptEmbedder(embedder, _OUT / "grounding")
        weighed = await weigh([*true, *plant(true)], kept)
        kept.keep()
    if fits:
        for embedded in (True, False):
            print("BOTH" if embedded else "WORDS", learn(weighed, embedded=embedded))
    held = [one for one in weighed if not one.said.tuning]
    begun = time.perf_counter()
    figures: dict[str, object] = {
        f"{name}, {way}": report(
            [one for one in held if name in ("all", one.said.set)], embedded=way == "embedded"
        )
        for name in ("all", "anthropic_docs", "mtrag")
        for way in ("embedded", "words alone")
    }
    han = [*chinese.supported(data)]
    chinese_said = await weigh([*han, *chinese.plant(han)], None)
    figures["cmrc2018, words alone"] = report(chinese_said, embedded=False)
    return figures | {"seconds": round(time.perf_counter() - begun, 1)}


def show(figures: dict[str, object]) -> None:
    for name, figure in figures.items():
        if isinstance(figure, dict):
            print(f"\n{name}: recall {figure['recall']}, precision {figure['precision']} "
                  f"(one in ten planted: {figure['precision_one_in_ten']}), "
                  f"AUROC {figure['auroc']}")  # fmt: skip
            for kind, rate in {
                **figure["flagged_of_supported"],
                **figure["flagged_of_planted"],
            }.items():
                print(f"  {kind:26}{figure['sentences'][kind]:>6}{rate:>8.3f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    if not (asked.data / "mtrag").is_dir():
        print("no evaluation sets there: --data FOLDER says where they are")
        return
    figures = asyncio.run(run(asked.data, fits=asked.fit))
    show(figures)
    _OUT.mkdir(exist_ok=True)
    (_OUT / "grounding.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
