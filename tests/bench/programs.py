"""Programs of a bench: started, stopped, and what they used meanwhile."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def program(
    *words: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[int, str]]:
    """A program of ours that prints its address first, until the end."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, **(env or {})},  # noqa: TID251 - a child's is its parent's
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


def cpu_s(pid: int, *, ended: bool = False) -> float:
    """User and system time of a process, with that of its ended children. Source: proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if ended else 13])) / _TICKS


def family_cpu_s(parent: int) -> float:
    """Of a process and its children."""
    used = cpu_s(parent, ended=True)
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


def rss_mb(pid: int) -> float:
    """Memory that a process has in hand. Source: proc(5)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * _PAGE / 1e6
