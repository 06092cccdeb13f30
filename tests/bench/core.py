"""The core at scale, over a model that takes a second: `python -m tests.bench.core`.

Gateway, relay, dispatcher and 1, 2 and 4 workers as processes of their own, on a real Kafka broker
and, beside it, on the log in Postgres; clients at sockets, a model server that streams for a
second. In the same run: what aiokafka alone and what Postgres alone can do on this machine. Prints
a table; bench-out/core.json has it all.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy import tenants
from deploy.embedded import EmbeddedPostgres
from tests.bench.limits import limit_database
from tests.bench.programs import ROOT, cpu_s, family_cpu_s, program, rss_mb
from tests.bench.serve import settings_of
from tests.brokers.cluster import Cluster

WORKERS = (1, 2, 4)
THROUGH = {"kafka": "outbox", "postgres": "log"}
"""The backends of the log, and how an accepted message gets there."""
MODEL_S = 1.0
_TOKENS = 5
_LANES = 3_000
_IN_FLIGHT = 1_000
_SERVE = "tests.bench.serve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the bench takes place."""

    data_dir: Path
    limit_dsn: str
    postmaster: int
    bootstrap: str
    broker: int
    """The broker's process."""
    seconds: float
    callers: int
    """Conversations at once: more than the model's second lets any number of workers finish."""


@dataclass(slots=True)
class Fleet:
    """The processes of one service."""

    url: str = ""
    pids: dict[str, list[int]] = field(default_factory=dict)

    def cpu(self, stage: Stage) -> dict[str, float]:
        """Seconds used so far, by role."""
        used = {role: sum(map(cpu_s, pids)) for role, pids in self.pids.items()}
        return used | {"postgres": family_cpu_s(stage.postmaster), "broker": cpu_s(stage.broker)}


async def bench(stage: Stage, backends: Sequence[str], workers: Sequence[int]) -> dict[str, Any]:
    """All figures."""
    limits = await _limits(stage)
    figures: dict[str, Any] = {"limits": limits}
    for backend in backends:
        figures[backend] = {}
        lower = min(limits[backend]["per_second"], limits["aiokafka"]["per_second"])
        for count in workers:
            async with program("tests.fakes.tgi", "0", *_streaming(MODEL_S)) as (_, model):
                found = await _measured(stage, backend, count, model)
            found["of_lower_limit"] = found["per_second"] / lower
            figures[backend][count] = found
            _print_row(backend, count, found)
        figures[backend]["memory"] = await _memory(stage, backend)
    return figures


def _streaming(seconds: float) -> tuple[str, ...]:
    return ("--tokens", str(_TOKENS), "--gap-ms", str(1000 * seconds / _TOKENS))


async def _limits(stage: Stage) -> dict[str, Any]:
    """What the parts can do with nothing between them."""
    seconds = str(stage.seconds)
    raw = await _json_of("tests.bench.kafka", stage.bootstrap, seconds)
    raw["per_second"] /= 2  # a turn is read twice and written twice
    print(f"aiokafka alone {raw['per_second']:8.0f} turns/s of 2 records in and out", flush=True)
    found = {"aiokafka": raw}
    for backend, through in THROUGH.items():
        words = (stage.limit_dsn, "32", seconds, "--through", through)
        found[backend] = await _json_of("tests.bench.limit", *words)
        rate = found[backend]["per_second"]
        print(f"Postgres alone {rate:8.0f} turns/s of the statements on {backend}", flush=True)
    return found


async def _measured(stage: Stage, backend: str, workers: int, model: str) -> dict[str, Any]:
    async with _fleet(stage, backend, workers, model) as fleet:
        load = await _start("tests.bench.load", fleet.url, str(stage.callers), str(stage.seconds))
        used: list[dict[str, float]] = []
        found: dict[str, Any] = {}
        assert load.stdout is not None
        async for line in load.stdout:
            if line.startswith(b"{"):
                found = json.loads(line)
            else:  # `counting`, then `counted`
                used.append(fleet.cpu(stage))
        if await load.wait() or not found:
            raise SystemExit("the load failed")
    turns = max(found["turns"], 1)
    found["cpu_ms_per_turn"] = {
        role: 1000 * (used[-1][role] - used[0][role]) / turns for role in used[0]
    }
    for which in ("p50", "p99"):
        found[f"added_{which}_ms"] = found[f"whole_{which}_ms"] - 1000 * MODEL_S
    return found


async def _memory(stage: Stage, backend: str) -> dict[str, float]:
    """What a worker's memory grows by when a thousand more conversations wait for the model."""
    async with AsyncExitStack() as closing:
        _, model = await closing.enter_async_context(
            program("tests.fakes.tgi", "0", *_streaming(10 * _TOKENS))
        )
        fleet = await closing.enter_async_context(_fleet(stage, backend, 1, model))
        sizes = [_sizes(fleet)]
        for _ in range(2):
            load = await _start("tests.bench.load", fleet.url, str(_IN_FLIGHT), "4")
            assert load.stdout is not None
            await load.stdout.readline()  # `counting`: all of them wait
            sizes.append(_sizes(fleet))
            closing.push_async_callback(load.wait)
        grown = {role: sizes[2][role] - sizes[1][role] for role in sizes[0]}
    print(f"{backend}: memory per 1,000 conversations in flight {_pairs(grown, ' MB', 1)}")
    return grown


def _sizes(fleet: Fleet) -> dict[str, float]:
    return {role: sum(map(rss_mb, pids)) for role, pids in fleet.pids.items()}


@asynccontextmanager
async def _fleet(stage: Stage, backend: str, workers: int, model: str) -> AsyncIterator[Fleet]:
    env = {"KAFKA_BOOTSTRAP_SERVERS": stage.bootstrap if backend == "kafka" else ""}
    fleet = Fleet()
    async with AsyncExitStack() as closing:
        for role in ("relay", "dispatcher", *["worker"] * workers, "gateway"):
            words = (_SERVE, str(stage.data_dir), "model", model, "--roles", role)
            pid, fleet.url = await closing.enter_async_context(
                program(*words, "--lanes", str(_LANES), env=env)
            )
            fleet.pids.setdefault(role, []).append(pid)
        yield fleet


async def _json_of(*words: str) -> dict[str, Any]:
    """The last line that a program prints."""
    started = await _start(*words)
    out, _ = await started.communicate()
    if started.returncode:
        raise SystemExit(f"{words[0]} failed")
    last: dict[str, Any] = json.loads(out.splitlines()[-1])
    return last


async def _start(*words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )


def _print_row(backend: str, workers: int, found: Mapping[str, Any]) -> None:
    print(
        f"{backend:<9}{workers:>2} workers {found['per_second']:6.0f} turns/s"
        f"  {found['of_lower_limit']:.2f} of the lower limit"
        f"  added {found['added_p50_ms']:.0f} / {found['added_p99_ms']:.0f} ms"
        f"  CPU ms a turn: {_pairs(found['cpu_ms_per_turn'], '', 2)}",
        flush=True,
    )


def _pairs(values: Mapping[str, float], unit: str, digits: int) -> str:
    return ", ".join(f"{name} {value:.{digits}f}{unit}" for name, value in values.items())


async def _run(asked: argparse.Namespace, folder: Path, server: EmbeddedPostgres) -> Any:
    data_dir = folder / "data"
    await tenants.put(settings_of(data_dir), "default", "Bench")
    postmaster = (data_dir / "postgres" / "postmaster.pid").read_text(encoding="utf-8")
    async with Cluster.start(folder / "kafka") as cluster:
        stage = Stage(
            data_dir=data_dir,
            limit_dsn=await limit_database(server.dsn),
            postmaster=int(postmaster.split()[0]),
            bootstrap=cluster.bootstrap,
            broker=cluster.brokers[0].pid,
            seconds=asked.seconds,
            callers=asked.callers,
        )
        return await bench(stage, asked.backends, asked.workers)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--backends", nargs="+", default=list(THROUGH))
    parser.add_argument("--workers", nargs="+", type=int, default=list(WORKERS))
    parser.add_argument("--callers", type=int, default=600)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--out", type=Path, default=Path("bench-out/core.json"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as name:
        folder = Path(name)
        server = EmbeddedPostgres.open(folder / "data")
        try:
            figures = asyncio.run(_run(asked, folder, server))
        finally:
            server.close()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
