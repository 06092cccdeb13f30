"""The whole durable path, beside what Postgres alone can do: `python -m tests.bench.turns`.

A message goes in at the socket, is accepted, gets its turn, is remembered and comes out at the
socket as `message`, at 1, 32 and 256 concurrent conversations. Server, clients, model and database
are processes of their own, all on this machine. Prints a table; bench-out/turns.json has it all.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import tenants
from deploy.embedded import EmbeddedPostgres
from tests.bench.serve import settings_of

AT_ONCE = (1, 32, 256)
WRITERS = ("fixed", "model", "extract")
_TICKS = os.sysconf("SC_CLK_TCK")
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the bench takes place."""

    data_dir: Path
    dsn: str
    postmaster: int
    seconds: float


async def bench(stage: Stage, writers: list[str]) -> dict[str, Any]:
    """All figures: the limit first, then each writer."""
    limits = {}
    for callers in AT_ONCE:
        words = ("limit", stage.dsn, str(callers), str(stage.seconds))
        limits[callers] = await _measured(stage, None, *words)
        _row("postgres alone", callers, limits[callers], None)
    figures: dict[str, Any] = {"limit": limits}
    for writer in writers:
        figures[writer] = {}
        async with _server(stage, writer) as (pid, url):
            for callers in AT_ONCE:
                words = ("load", url, str(callers), str(stage.seconds))
                measured = await _measured(stage, pid, *words)
                measured["of_limit"] = measured["per_second"] / limits[callers]["per_second"]
                figures[writer][callers] = measured
                _row(writer, callers, measured, measured["of_limit"])
    return figures


async def _measured(stage: Stage, server: int | None, *words: str) -> dict[str, Any]:
    """What a load program printed, with the CPU that was used while it counted."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.bench.{words[0]}", *words[1:]),
        stdout=asyncio.subprocess.PIPE,
        cwd=_ROOT,
    )
    assert program.stdout is not None
    used = [0.0, 0.0]
    found: dict[str, Any] = {}
    async for line in program.stdout:
        now = [_cpu_s(server) if server else 0.0, _family_cpu_s(stage.postmaster)]
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
        async with _program(*arguments) as (pid, address):
            yield pid, address


@asynccontextmanager
async def _model(writer: str) -> AsyncIterator[str]:
    if writer != "model":
        yield ""
        return
    async with _program("tests.fakes.tgi", "0") as (_, address):
        yield address


@asynccontextmanager
async def _program(*words: str) -> AsyncIterator[tuple[int, str]]:
    """A program of ours that prints its address first, until the end."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words), stdout=asyncio.subprocess.PIPE, cwd=_ROOT
    )
    assert program.stdout is not None
    try:
        address = (await program.stdout.readline()).decode().split()
        if not address:
            raise SystemExit(f"{words[0]} did not start")
        yield program.pid, address[-1]
    finally:
        if program.returncode is None:
            program.send_signal(signal.SIGTERM)
        await program.wait()


def _cpu_s(pid: int, *, ended: bool = False) -> float:
    """User and system time of a process, with that of its ended children. Source: proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if ended else 13])) / _TICKS


def _family_cpu_s(parent: int) -> float:
    """Of a process and its children."""
    used = _cpu_s(parent, ended=True)
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # gone meanwhile
        if int(fields[1]) == parent:
            used += (int(fields[11]) + int(fields[12])) / _TICKS
    return used


def _row(name: str, callers: int, found: dict[str, Any], of_limit: float | None) -> None:
    whole = (
        found.get("whole_p50_ms", found.get("p50_ms")),
        found.get("whole_p99_ms", found.get("p99_ms")),
    )
    first = (
        f"{found['first_p50_ms']:6.1f} {found['first_p99_ms']:7.1f}"
        if "first_p50_ms" in found
        else " " * 14
    )
    print(
        f"{name:<15}{callers:>4}  {found['per_second']:7.0f}/s  first {first}  "
        f"whole {whole[0]:7.1f} {whole[1]:7.1f} ms  cpu {found['cpu_ms_per_turn']:5.2f}  "
        f"postgres {found['postgres_cpu_ms_per_turn']:5.2f} ms"
        + (f"  {of_limit:.2f} of the limit" if of_limit is not None else ""),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("writers", nargs="*", default=list(WRITERS))
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--out", type=Path, default=Path("bench-out/turns.json"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as folder:
        data_dir = Path(folder) / "data"
        server = EmbeddedPostgres.open(data_dir)
        try:
            asyncio.run(tenants.put(settings_of(data_dir), "default", "Bench"))
            postmaster = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])
            stage = Stage(
                data_dir=data_dir, dsn=server.dsn, postmaster=postmaster, seconds=asked.seconds
            )
            figures = asyncio.run(bench(stage, asked.writers))
        finally:
            server.close()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
