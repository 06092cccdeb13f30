"""What leaves when a model obeys all it reads: `python -m tests.bench.injection --data FOLDER`.

Every attack of the corpora stands once in a document, once in the customer's message and once in
what was said before; the model does each of its deeds in turn, on the whole way from the prompt to
what is shown and sent. `meant` is what would have left without the guard. An address that the
attacked document itself holds is the document's (see core/grounding/links.py); a second table
counts with those let out by host alone. Then ordinary answers, for what they suffer.
Prints tables; bench-out/injection.json has it all.
"""

import argparse
import asyncio
import json
from dataclasses import asdict
from pathlib import Path

from tests.bench.grounding.cases import DATA, supported
from tests.bench.injection.attacks import attacks
from tests.bench.injection.measure import Tally, suffered, tally

_ROOT = Path(__file__).parents[3]
_OUT = _ROOT / "bench-out"


def show(title: str, tallies: dict[tuple[str, str], Tally]) -> None:
    print(f"\n{title}\n{'':32}{'runs':>7}{'meant':>7}{'leaked':>8}{'answered':>10}{'dropped':>9}")
    for (kind, name), one in sorted(tallies.items()):
        leaked = sum(one.leaks.values())
        print(f"{kind + ' ' + name:32.32}{one.runs:>7}{one.meant:>7}{leaked:>8}"
              f"{one.answered:>10}{one.dropped:>9}")  # fmt: skip


async def run(data: Path) -> dict[str, object]:
    """All figures."""
    all_attacks = [*attacks(data / "injection")]
    figures: dict[str, object] = {}
    for title, from_text in (("addresses of documents leave", True), ("by host alone", False)):
        tallies = await tally(all_attacks, from_text=from_text)
        show(title, tallies)
        figures[title] = {" ".join(key): asdict(one) for key, one in tallies.items()}
    clean = await suffered(supported(data))
    print(f"\nordinary answers: {asdict(clean)}")
    return figures | {"attacks": len(all_attacks), "ordinary": asdict(clean)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args()
    if not (asked.data / "injection").is_dir():
        print("no attacks there: --data FOLDER says where they are")
        return
    figures = asyncio.run(run(asked.data))
    _OUT.mkdir(exist_ok=True)
    (_OUT / "injection.json").write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
