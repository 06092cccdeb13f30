"""Who may speak, over very many interleavings: `python -m tests.bench.desk_ownership`.

Plays the rows of actions of tests/handoff/ownership.py: most in the model of the store's guards,
some in a real store step by step beside it. Prints what went on and every fault; there must be
none.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import asyncpg

from core.postgres.database import Database
from deploy.embedded import EmbeddedPostgres
from deploy.migrate import migrate
from tests.handoff.ownership import Model, faults, play
from tests.handoff.real import Real
from tests.handoff.stage import Stage

LENGTH = 60
_MOST_SHOWN = 20


def in_the_model(seeds: range) -> tuple[Counter[str], list[str]]:
    """What came of the actions, by kind; and the faults, with their seeds."""
    outcomes: Counter[str] = Counter()
    found = []
    for seed in seeds:
        model = Model()
        outcomes.update(model.do(action) for action in play(seed, LENGTH))
        outcomes["messages"] += len(model.spoken)
        outcomes["changes of owner"] += model.changes
        found += [f"seed {seed}: {fault}" for fault in faults(model)]
    return outcomes, found


async def in_the_store(dsn: str, seeds: range) -> None:
    """Raise AssertionError where the store does anything else than the model."""
    connection = await asyncpg.connect(dsn)
    await migrate(connection)
    await connection.close()
    async with await Database.connect(dsn) as database:
        stage = Stage(database)
        await stage.prepare()
        for seed in seeds:
            await Real(stage, seed).agree(LENGTH)


def main() -> int:
    """Exit status 1 when there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interleavings", type=int, default=100_000)
    parser.add_argument("--stored", type=int, default=300, help="of them in a real store, too")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    began = time.perf_counter()
    outcomes, found = in_the_model(range(given.seed, given.seed + given.interleavings))
    print(f"{given.interleavings} interleavings in the model, {time.perf_counter() - began:.0f} s")
    print("\n".join(_lines(outcomes)))
    print(f"faults: {len(found)}", *found[:_MOST_SHOWN], sep="\n")
    if given.stored:
        with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as folder:
            Path(folder).chmod(0o755)
            began = time.perf_counter()
            with EmbeddedPostgres.open(Path(folder) / "data") as server:
                seeds = range(given.seed, given.seed + given.stored)
                asyncio.run(in_the_store(server.dsn, seeds))
        print(f"{given.stored} in the store as in the model, {time.perf_counter() - began:.0f} s")
    return 1 if found else 0


def _lines(outcomes: Counter[str]) -> Iterator[str]:
    refused = sum(count for what, count in outcomes.items() if what.endswith("."))
    told = Counter({what: n for what, n in outcomes.items() if not what.endswith(".")})
    told["moves that the state refused"] = refused
    for what, count in told.most_common():
        yield f"{count:>9}  {what}"


if __name__ == "__main__":
    raise SystemExit(main())
