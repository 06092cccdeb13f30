"""The whole durable path, beside what Postgres alone can do: `python -m tests.bench.turns`.

A message goes in at the socket, is accepted, gets its turn, is remembered and comes out at the
socket as `message`, at 1, 32 and 256 concurrent conversations. Server, clients, model and database
are processes of their own, all on this machine. Prints a table; bench-out/turns.json has it all.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from core.postgres.queries import beside, read
from deploy import tenants
from deploy.embedded import EmbeddedPostgres
from knowledge.embedders.minilm import MiniLmEmbedder
from tests.bench.limits import limit_database
from tests.bench.load import QUESTIONS, percentile
from tests.bench.programs import ROOT, cpu_s, family_cpu_s, program
from tests.bench.serve import settings_of

AT_ONCE = (1, 32, 256)
WRITERS = ("fixed", "model", "extract")
_DOCUMENTS = ROOT / "deploy" / "sample" / "documents"
_SQL = beside(__file__)
_LOG = read(ROOT / "core" / "postgres" / "event_log.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the bench takes place."""

    data_dir: Path
    dsn: str
    limit_dsn: str
    """Another database of the same server: no worker takes the limit's messages for turns."""
    postmaster: int
    seconds: float


async def bench(stage: Stage, writers: list[str]) -> dict[str, Any]:
    """All figures; each is taken right behind the limit it is compared with."""
    figures: dict[str, Any] = {}
    for writer in writers:
        figures[writer] = {}
        if writer == "extract":
            await _read_in(stage)
            figures["embedding_p50_ms"] = await _embedding_ms(stage)
        async with _server(stage, writer) as (pid, url):
            for callers in AT_ONCE:
                figures[writer][callers] = await _beside_limit(stage, pid, url, callers)
                _print_rows(writer, callers, figures[writer][callers])
    if "extract" in figures:
        _print_search(figures)
    return figures


async def _beside_limit(stage: Stage, pid: int, url: str, callers: int) -> dict[str, Any]:
    seconds = str(stage.seconds)
    limit = await _measured(stage, None, "limit", stage.limit_dsn, str(callers), seconds)
    found = await _measured(stage, pid, "load", url, str(callers), seconds)
    found["steps_p50_ms"] = await _steps(stage, found["turns"])
    found["limit"] = limit
    found["of_limit"] = found["per_second"] / limit["per_second"]
    return found


async def _read_in(stage: Stage) -> None:
    """The sample company's documents, by the command that operators use."""
    words = ("knowledge", "add", str(_DOCUMENTS))
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *words),
        env={**os.environ, "SWITCHBOARD_DEPLOY__DATA_DIR": str(stage.data_dir)},  # noqa: TID251
        stdout=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
    )
    if await program.wait():
        raise SystemExit("the sample documents could not be read in")


async def _embedding_ms(stage: Stage) -> float:
    """One question's embedding with nothing else to do, the median of some."""
    took = []
    async with await MiniLmEmbedder.open(stage.data_dir) as embedder:
        for question in (*QUESTIONS, *QUESTIONS, *QUESTIONS):
            began = time.perf_counter()
            await embedder.embed([question])
            took.append(time.perf_counter() - began)
    return percentile(took, 50)


async def _steps(stage: Stage, turns: int) -> dict[str, float]:
    connection = await asyncpg.connect(stage.dsn)
    try:
        rows = await connection.fetch(_SQL.steps, turns)
    finally:
        await connection.close()
    return {row["step"]: row["ms"] for row in rows}


def _print_search(figures: dict[str, Any]) -> None:
    """What search costs a turn, apart: both with nothing else to do, and under load."""
    embedding = figures["embedding_p50_ms"]
    for callers, measured in figures["extract"].items():
        search = measured["steps_p50_ms"].get("retrieve", 0.0)
        print(f"embedding and search at {callers}: {search:.1f} ms, one embedding {embedding:.1f}")


async def _measured(stage: Stage, server: int | None, *words: str) -> dict[str, Any]:
    """What a load program printed, with the CPU that was used while it counted."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.bench.{words[0]}", *words[1:]),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert program.stdout is not None
    used = [0.0, 0.0]
    found: dict[str, Any] = {}
    async for line in program.stdout:
        now = [cpu_s(server) if server else 0.0, family_cpu_s(stage.postmaster)]
        if line.startswith(b"{"):
            found = json.loads(line)
        else:  # `counting`, then `counted`
            used = [end - start for start, end in zip(used, now, strict=True)]
    if await program.wait() or not found:
        raise SystemExit(f"{words[0]} failed")
    turns = max(found["turns"], 1)
    found["cpu_ms_per_turn"] = used[0] * 1000 / turns
    found["postgres_cpu_ms_per_turn"] = used[1] * 1000 / turns
    return found


@asynccontextmanager
async def _server(stage: Stage, writer: str) -> AsyncIterator[tuple[int, str]]:
    """The measured server and, where it needs one, the model server."""
    async with _model(writer) as url:
        arguments = ("tests.bench.serve", str(stage.data_dir), writer, url)
        async with program(*arguments) as (pid, address):
            yield pid, address


@asynccontextmanager
async def _model(writer: str) -> AsyncIterator[str]:
    if writer != "model":
        yield ""
        return
    async with program("tests.fakes.tgi", "0") as (_, address):
        yield address


def _print_rows(writer: str, callers: int, found: dict[str, Any]) -> None:
    limit = found["limit"]
    print(
        f"{callers:>4} {writer:<9}{found['per_second']:6.0f}/s"
        f"  first {_pair(found, 'first_'):>15}  whole {_pair(found, 'whole_'):>15} ms"
        f"  cpu {found['cpu_ms_per_turn']:4.2f} + {found['postgres_cpu_ms_per_turn']:4.2f} ms"
        f"   limit {limit['per_second']:5.0f}/s, {limit['p50_ms']:.1f} ms"
        f"   {found['of_limit']:.2f} of it",
        flush=True,
    )


def _pair(found: dict[str, Any], name: str) -> str:
    return f"{found[f'{name}p50_ms']:.1f} / {found[f'{name}p99_ms']:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("writers", nargs="*", default=list(WRITERS))
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--out", type=Path, default=Path("bench-out/turns.json"))
    asked = parser.parse_args()
    print("turns per second; p50 / p99; CPU per turn of our process + of Postgres", flush=True)
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as folder:
        data_dir = Path(folder) / "data"
        server = EmbeddedPostgres.open(data_dir)
        try:
            asyncio.run(tenants.put(settings_of(data_dir), "default", "Bench"))
            limit_dsn = asyncio.run(limit_database(server.dsn))
            postmaster = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
            stage = Stage(
                data_dir=data_dir,
                dsn=server.dsn,
                limit_dsn=limit_dsn,
                postmaster=postmaster,
                seconds=asked.seconds,
            )
            figures = asyncio.run(bench(stage, asked.writers))
        finally:
            server.close()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
