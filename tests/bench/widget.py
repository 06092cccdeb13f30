"""Widget sockets, beside aiohttp with nothing on top: `python -m tests.bench.widget`.

How many idle sockets fit into a GB, what a pushed message costs, how long a delta takes from the
core to the socket, in one process and from another, and what 10,000 sockets of one gateway need.
Everything runs on this machine. Prints a table; bench-out/widget.json has it all.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy import tenants
from deploy.embedded import EmbeddedPostgres
from tests.bench.load import percentile
from tests.bench.programs import ROOT, rss_mb
from tests.bench.serve import settings_of

ROUNDS = 20
BEATS = 400
REST_S = 10
_SPARE = 200
"""Files that a process has open beside its sockets."""


class Program:
    """A program that answers lines with lines."""

    def __init__(self, process: Process, first: str) -> None:
        self._process = process
        self.first = first

    @property
    def rss_mb(self) -> float:
        return rss_mb(self._process.pid)

    async def ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line.encode() + b"\n")
        answer = await self._process.stdout.readline()
        if not answer:
            raise SystemExit(f"a program ended while it was asked to {line}")
        found: dict[str, Any] = json.loads(answer)
        return found


@asynccontextmanager
async def started(*words: str) -> AsyncIterator[Program]:
    """A program of the bench, until the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words), stdin=PIPE, stdout=PIPE, cwd=ROOT, limit=2**24
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        first = (await process.stdout.readline()).decode().strip()
        if not first:
            raise SystemExit(f"{words[0]} did not start")
        yield Program(process, first)
    finally:
        process.stdin.close()
        await process.wait()


async def measured(kind: str, data_dir: Path, sockets: int) -> dict[str, Any]:
    """One kind of server with so many sockets."""
    place = [] if kind == "bare" else [str(data_dir)]
    async with started("tests.bench.held", kind, *place) as server:
        empty_mb = server.rss_mb
        async with started("tests.bench.holding", server.first, str(sockets)) as clients:
            found: dict[str, Any] = {"sockets": sockets}
            came_s = await _cpu_s(server)
            idle_s = (await server.ask(f"rest {REST_S}"))["cpu_s"] - came_s
            found["idle_cpu_percent"] = 100 * idle_s / REST_S
            found["idle_kb"] = 1e3 * (server.rss_mb - empty_mb) / sockets
            began_s = await _cpu_s(server)
            await server.ask(f"push {ROUNDS}")
            heard = await _all(clients, ROUNDS * sockets)
            pushed_s = await _cpu_s(server) - began_s
            found["pushed"], found["wanted"] = heard["deltas"], ROUNDS * sockets
            found["push_us"] = 1e6 * pushed_s / heard["deltas"]
            found["used_kb"] = 1e3 * (server.rss_mb - empty_mb) / sockets
            found["beat_ms"] = await _beats(server, clients)
            if kind != "bare":
                async with started("tests.bench.held", "core", *place) as core:
                    found["from_core_ms"] = await _beats(core, clients)
            found["lost"] = (await clients.ask("count"))["lost"]
            return found


async def _cpu_s(server: Program) -> float:
    """What it has taken so far."""
    return float((await server.ask("rest 0"))["cpu_s"])


async def _all(clients: Program, deltas: int) -> dict[str, Any]:
    """What came, when all did or nothing more comes."""
    total = {"deltas": 0, "ms": [], "lost": 0}
    while total["deltas"] < deltas:
        await asyncio.sleep(0.3)
        now = await clients.ask("count")
        if not now["deltas"]:
            break
        total = {
            "deltas": total["deltas"] + now["deltas"],
            "ms": total["ms"] + now["ms"],
            "lost": now["lost"],
        }
    return total


async def _beats(source: Program, clients: Program) -> dict[str, float]:
    await source.ask(f"beat {BEATS}")
    took_s = [ms / 1e3 for ms in (await _all(clients, BEATS))["ms"]]
    return {
        "count": len(took_s),
        "p50": percentile(took_s, 50),
        "p99": percentile(took_s, 99),
    }


def allowed(wanted: int) -> int:
    """So many sockets, or as many as a process here may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + _SPARE:
        soft = hard if hard == resource.RLIM_INFINITY else min(wanted + _SPARE, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(wanted, soft - _SPARE)


def show(name: str, found: dict[str, Any]) -> None:
    """One row."""
    beats, core = found["beat_ms"], found.get("from_core_ms")
    columns = [
        f"{name:<8}{found['sockets']:>6}",
        f"idle {found['idle_kb']:4.1f} KB ({1e6 / found['idle_kb']:6.0f} per GB)"
        f" {found['idle_cpu_percent']:4.1f} % CPU",
        f"used {found['used_kb']:4.1f} KB",
        f"push {found['push_us']:5.1f} us",
        f"delta {beats['p50']:.2f} / {beats['p99']:.2f} ms",
    ]
    if core:
        columns.append(f"from the core {core['p50']:.2f} / {core['p99']:.2f} ms")
    if found["lost"] or found["pushed"] < found["wanted"]:
        columns.append(f"LOST {found['lost']} sockets, {found['wanted'] - found['pushed']} deltas")
    print("  ".join(columns), flush=True)


async def bench(data_dir: Path, sockets: int, most: int) -> dict[str, Any]:
    """All figures."""
    figures = {}
    for kind, count in (("bare", sockets), ("gateway", sockets), ("gateway", most)):
        found = await measured(kind, data_dir, allowed(count))
        figures[f"{kind} {found['sockets']}"] = found
        show(kind, found)
    few, many = figures[f"bare {sockets}"], figures[f"gateway {sockets}"]
    for what in ("idle_kb", "push_us"):
        figures[f"{what}_of_bare"] = many[what] / few[what]
        print(f"{what}: {many[what] / few[what]:.2f} x that of bare aiohttp")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=Path("bench-out/widget.json"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as folder:
        data_dir = Path(folder) / "data"
        server = EmbeddedPostgres.open(data_dir)
        try:
            asyncio.run(tenants.put(settings_of(data_dir), "default", "Bench"))
            figures = asyncio.run(bench(data_dir, asked.sockets, asked.most))
        finally:
            server.close()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
