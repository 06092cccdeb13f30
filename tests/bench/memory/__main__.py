"""Measures memory on conversations of 50 turns: `make bench-memory`.

What it wants: at least 95 % of what the whole history scores, with at most 30 % of its tokens.
"""

import argparse
import asyncio
import json
import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from core.memory.budget import Budget
from core.nlu.embeds import Embeds
from deploy.intents import MessageVectors
from knowledge.embedders.minilm import MiniLmEmbedder
from tests.bench.kept import KeptEmbedder
from tests.bench.memory.measure import WANTED_SHARE, WANTED_TOKENS, ended, figures
from tests.bench.memory.planted import Split
from tests.bench.memory.talks import chinese, compose, english

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"
SPLITS: tuple[Split, ...] = ("tuning", "reporting")


async def bench(data: Path, talks: int, budget: Budget, embeds: Embeds | None) -> dict[str, Any]:
    """All figures, by language and split."""
    found: dict[str, Any] = {"budget": budget.tokens}
    for language, read in (("en", english), ("zh", chinese)):
        for split in SPLITS:
            exchanges = read(data, split)
            ends = [
                await ended(
                    compose(exchanges, random.Random(f"{split} {seed}"), split, language),
                    budget,
                    embeds,
                )
                for seed in range(talks)
            ]
            found[f"{language} {split}"] = await figures(ends, embeds)
    return found


def table(found: dict[str, Any]) -> str:
    """The figures in lines."""
    lines = [f"{'':38}{'tokens':>8}{'share':>8}{'kept':>8}{'share':>8}{'found':>8}{'share':>8}"]
    for name, of_set in found.items():
        if isinstance(of_set, dict):
            for way, row in of_set["ways"].items():
                shown = "".join(
                    f"{row[a]:>8.{0 if a == 'tokens' else 3}f}{row[b]:>8.3f}"
                    for a, b in (
                        ("tokens", "share_of_tokens"),
                        ("kept", "share_of_kept"),
                        ("found", "share_of_found"),
                    )
                )
                lines.append(f"{name:16}{way:22}{shown}")
    lines.append(f"wanted: kept share {WANTED_SHARE}, tokens share at most {WANTED_TOKENS}")
    return "\n".join(lines)


async def run(asked: argparse.Namespace) -> dict[str, Any]:
    async with AsyncExitStack() as closing:
        embeds: Embeds | None = None
        if not asked.words:
            opened = await closing.enter_async_context(await MiniLmEmbedder.open(asked.out))
            embeds = MessageVectors(KeptEmbedder(opened, None))
        return await bench(asked.data, asked.talks, Budget(tokens=asked.tokens), embeds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--out", type=Path, default=ROOT / "bench-out")
    parser.add_argument("--talks", type=int, default=10, help="of each language and split")
    parser.add_argument("--tokens", type=int, default=Budget().tokens, help="the budget")
    parser.add_argument("--words", action="store_true", help="without the embedding model")
    asked = parser.parse_args()
    if not (asked.data / "mtrag").is_dir():
        print(f"skipped: the sets are not in {asked.data}; say where they are with --data")
        return
    asked.out.mkdir(exist_ok=True)
    found = asyncio.run(run(asked))
    (asked.out / "memory.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    print(json.dumps(found, indent=1, ensure_ascii=False))
    print(table(found))


if __name__ == "__main__":
    main()
