"""Bursts of messages over the whole service, socket to socket: `python -m tests.bench.bursts`.

Customers say three things, one shortly after the other, while a model server takes its time before
each first token. How many bursts get one answer to all of it, and what was begun for nothing? On
the log in Postgres and on a Kafka broker. Prints a table; bench-out/bursts.json has it all.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from core.postgres.queries import beside
from deploy import tenants
from deploy.embedded import EmbeddedPostgres
from tests.bench.load import percentile
from tests.bench.programs import program
from tests.bench.serve import settings_of
from tests.brokers.cluster import Cluster
from tests.fakes.tgi import Answer, FakeTgi

SAID = ("How long does standard delivery take", "to Canada, I mean to Montreal", "with a tent?")
_ANSWER = "Standard delivery to Canada takes five to eight business days, with a tent too."
_BACKENDS = ("postgres", "kafka")
_SHORTEST_GAP_S = 0.02
_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the customers do."""

    bursts: int
    at_once: int
    first_s: float
    """The model's time before its first token."""
    gap_share: float
    """A burst's gaps are random, up to this share of it."""
    seed: int


async def bench(plan: Plan, dsn: str, data_dir: Path, bootstrap: str) -> dict[str, Any]:
    """The figures of one backend."""
    fake = FakeTgi(answers=(Answer(text=_ANSWER, first_s=plan.first_s, gap_s=0.02),))
    chance = random.Random(plan.seed)  # the same gaps in every run
    gaps = [
        [chance.uniform(_SHORTEST_GAP_S, plan.gap_share * plan.first_s) for _ in SAID[1:]]
        for _ in range(plan.bursts)
    ]
    env = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap}
    async with fake.serve() as model:
        words = ("tests.bench.serve", str(data_dir), "model", model.url)
        async with program(*words, env=env) as (_, url), aiohttp.ClientSession(url) as session:
            before = {turn["conversation"] for turn in await _turns(dsn)}
            room = asyncio.Semaphore(plan.at_once)
            async with asyncio.timeout(600):
                waited = await asyncio.gather(*(_burst(session, room, each) for each in gaps))
                await _nothing_waits(dsn)
            turns = [t for t in await _turns(dsn) if t["conversation"] not in before]
    return _figures(plan, turns, [s for s in waited if s is not None], fake)


async def _burst(
    session: aiohttp.ClientSession, room: asyncio.Semaphore, gaps: list[float]
) -> float | None:
    """Say all of it; seconds from the last word to the first one of the answer."""
    async with room, session.ws_connect("/ws", protocols=("chat.v1",)) as socket:
        await socket.send_json({"type": "hello"})
        for place, text in enumerate(SAID):
            if place:
                await asyncio.sleep(gaps[place - 1])
            await socket.send_json({"type": "say", "client_id": f"c{place}", "text": text})
        said = time.perf_counter()
        first = None
        async for message in socket:
            frame = json.loads(message.data)
            if frame["type"] == "delta":
                first = first or time.perf_counter() - said
            if frame["type"] == "message" and frame["author"] == "bot":
                return first
    raise RuntimeError("the socket ended before the answer")


async def _nothing_waits(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        while await connection.fetchval(_SQL.waiting):
            await asyncio.sleep(0.1)
    finally:
        await connection.close()


async def _turns(dsn: str) -> list[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(_SQL.turns))
    finally:
        await connection.close()


def _figures(plan: Plan, turns: list[Any], waited: list[float], fake: FakeTgi) -> dict[str, Any]:
    covered: dict[Any, list[int]] = defaultdict(list)
    for turn in turns:
        covered[turn["conversation"]].append(turn["covered"])
    whole = sum(each == [len(SAID)] for each in covered.values())
    return {
        "bursts": len(covered),
        "one_answer": whole,
        "share_one_answer": whole / plan.bursts,
        "turns_per_burst": dict(Counter(len(each) for each in covered.values())),
        "interruptions": sum(turn["interruptions"] for turn in turns),
        "prompts": len(fake.prompts),
        "share_prompts_in_vain": 1 - len(turns) / len(fake.prompts),
        "tokens": fake.told,
        "share_tokens_wasted": fake.told_in_vain / fake.told,
        "first_word_p50_ms": percentile(waited, 50),
        "first_word_p99_ms": percentile(waited, 99),
        "first_s": plan.first_s,
        "gap_share": plan.gap_share,
        "seed": plan.seed,
    }


def _print_row(backend: str, found: dict[str, Any]) -> None:
    print(
        f"{backend:<9}{found['one_answer']:>5} of {found['bursts']} bursts with one answer"
        f" ({100 * found['share_one_answer']:.1f} %)"
        f"  tokens wasted {100 * found['share_tokens_wasted']:.2f} %"
        f"  prompts begun in vain {100 * found['share_prompts_in_vain']:.0f} %"
        f"  first word after the last message {found['first_word_p50_ms']:.0f}"
        f" / {found['first_word_p99_ms']:.0f} ms",
        flush=True,
    )


async def _run(plan: Plan, backends: list[str], folder: Path, dsn: str) -> dict[str, Any]:
    data_dir = folder / "data"
    await tenants.put(settings_of(data_dir), "default", "Bench")
    figures = {}
    for backend in backends:
        if backend == "kafka":
            async with Cluster.start(folder / "kafka") as cluster:
                figures[backend] = await bench(plan, dsn, data_dir, cluster.bootstrap)
        else:
            figures[backend] = await bench(plan, dsn, data_dir, "")
        _print_row(backend, figures[backend])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("backends", nargs="*", default=list(_BACKENDS))
    parser.add_argument("--bursts", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--first-s", type=float, default=1.0)
    parser.add_argument("--gap-share", type=float, default=0.8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("bench-out/bursts.json"))
    asked = parser.parse_args()
    plan = Plan(
        bursts=asked.bursts,
        at_once=asked.at_once,
        first_s=asked.first_s,
        gap_share=asked.gap_share,
        seed=asked.seed,
    )
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as name:
        folder = Path(name)
        server = EmbeddedPostgres.open(folder / "data")
        try:
            figures = asyncio.run(_run(plan, asked.backends, folder, server.dsn))
        finally:
            server.close()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
