"""What the way to a model costs, beside a raw reader of the same server: `python -m
tests.bench.models`.

The server is a fake TGI in a process of its own. `raw` sends ready bytes over kept connections
and looks for the first event, `adapter` and `router` are ours, `writer` is all that stands between
a turn and the server: the prompt, the model of last resort, citations. All take turns in short
rounds, so that they see the same machine. Prints tables; bench-out/models.json has it all.
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import uvloop
from prometheus_client import CollectorRegistry

from core.domain.answers import Draft
from core.models.discovered import DiscoveredTgi
from core.models.ports import LanguageModel, Said, Sampling
from core.models.router import Policy, Router
from core.models.streaming import Deadlines, pool
from core.models.targets import Target
from core.settings import CoreSettings, ModelTarget
from core.telemetry.models import ModelMetrics
from deploy.models import models
from tests.bench.faults import faults, show_faults
from tests.bench.load import percentile
from tests.bench.programs import program
from tests.builders import a_context, a_passage, an_understanding, findings

_PROMPT = "Answer from the passages. " * 60
_TALK = (Said(role="user", text=_PROMPT),)
_ANSWER = "Parcels take two days [1] and then some more words follow, for it is a long answer [1]."
_FOUND = findings(a_passage("Parcels take two days and then some more words follow."))
_CONTEXT = a_context("How long do parcels take?")

Ask = Callable[[int], Awaitable[float]]
"""One prompt on the connection of this stream; seconds until the first text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked."""

    streams: tuple[int, ...]
    rounds: int
    prompts: int
    """Of each stream in each round."""
    gap_ms: float
    """Between tokens."""
    spread_s: float
    """Over which the streams of a round begin: customers do not ask in step."""


@dataclass(slots=True)
class Measured:
    """Of one way at one number of streams."""

    first_s: list[float] = field(default_factory=list)
    wall_s: float = 0.0
    cpu_s: float = 0.0


@asynccontextmanager
async def raw(url: str) -> AsyncIterator[Ask]:
    """The least that a client can do."""
    host, port = url.removeprefix("http://").split(":")
    said = [{"role": "user", "content": _PROMPT}]
    asked = {"model": "tgi", "messages": said, "max_tokens": 512, "stream": True}
    body = json.dumps(asked).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    kept: dict[int, tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    async def ask(stream: int) -> float:
        if stream not in kept:
            kept[stream] = await asyncio.open_connection(host, int(port))
        reader, sender = kept[stream]
        begun, first, tail = time.perf_counter(), 0.0, b""
        sender.write(head.encode() + body)
        while not tail.endswith(b"0\r\n\r\n"):
            read = await reader.read(65_536)
            if not first and b"data:" in read:
                first = time.perf_counter() - begun
            tail = (tail + read)[-64:]
        return first

    yield ask
    for _, sender in kept.values():
        sender.close()


def of(model: LanguageModel) -> Ask:
    """A model as the writer reads it."""

    async def ask(stream: int) -> float:
        begun, first = time.perf_counter(), 0.0
        async with aclosing(model.stream(_TALK, Sampling())) as pieces:
            async for _ in pieces:
                first = first or time.perf_counter() - begun
        return first

    return ask


@asynccontextmanager
async def ways(url: str) -> AsyncIterator[dict[str, Ask]]:
    """The ways to the server, by name."""
    async with AsyncExitStack() as closing:
        limits = Deadlines()
        session = await closing.enter_async_context(pool(limits, {}))
        adapter = DiscoveredTgi(url, session, limits)
        router = Router(
            [Target(name="main", model=adapter)],
            Policy(observer=ModelMetrics(CollectorRegistry())),
        )
        core = CoreSettings(models=(ModelTarget(type="tgi", url=url),))
        whole = await closing.enter_async_context(models(core, CollectorRegistry()))

        async def answered(stream: int) -> float:
            begun, first = time.perf_counter(), 0.0
            written = whole.writer.write(_CONTEXT, an_understanding(), _FOUND)
            async for piece in written:
                if isinstance(piece, Draft):
                    assert piece.written_by == "fake/tiny", piece.written_by
                first = first or time.perf_counter() - begun
            return first

        yield {
            "raw": await closing.enter_async_context(raw(url)),
            "adapter": of(adapter),
            "router": of(router),
            "writer": answered,
        }


async def measure(plan: Plan, streams: int, asks: dict[str, Ask]) -> dict[str, Measured]:
    """Each way in turn, round by round; the first round is thrown away."""
    found = {name: Measured() for name in asks}
    for lap in range(plan.rounds + 1):
        prompts = plan.prompts if lap else 1
        for name, ask in asks.items():
            cpu, wall = time.process_time(), time.perf_counter()
            late_s = plan.spread_s / streams
            talks = (_talk(ask, at, prompts, at * late_s) for at in range(streams))
            firsts = await asyncio.gather(*talks)
            if lap:
                found[name].cpu_s += time.process_time() - cpu
                found[name].wall_s += time.perf_counter() - wall
                found[name].first_s += [second for each in firsts for second in each]
    return found


async def _talk(ask: Ask, stream: int, prompts: int, late_s: float) -> list[float]:
    await asyncio.sleep(late_s)
    return [await ask(stream) for _ in range(prompts)]


def figures(found: dict[str, Measured], tokens: int) -> dict[str, dict[str, float]]:
    """In milliseconds, with what each way adds to the raw reader."""
    bare = found["raw"]
    rows = {}
    for name, each in found.items():
        prompts = len(each.first_s)
        rows[name] = {
            "prompts": prompts,
            "first_p50_ms": percentile(each.first_s, 50),
            "first_p99_ms": percentile(each.first_s, 99),
            "added_p50_ms": percentile(each.first_s, 50) - percentile(bare.first_s, 50),
            "added_p99_ms": percentile(each.first_s, 99) - percentile(bare.first_s, 99),
            "cpu_ms_per_prompt": 1000 * each.cpu_s / prompts,
            "tokens_per_s": prompts * tokens / each.wall_s,
        }
    return rows


def show(title: str, rows: dict[str, dict[str, float]]) -> None:
    print(f"\n{title}\n{'':9}{'first token p50/p99 ms':>24}{'added p50/p99':>18}"
          f"{'CPU ms/prompt':>15}{'tokens/s':>10}")  # fmt: skip
    for name, row in rows.items():
        first = f"{row['first_p50_ms']:.2f} / {row['first_p99_ms']:.2f}"
        added = f"{row['added_p50_ms']:.2f} / {row['added_p99_ms']:.2f}"
        print(f"{name:9}{first:>24}{added:>18}{row['cpu_ms_per_prompt']:>15.2f}"
              f"{row['tokens_per_s']:>10.0f}", flush=True)  # fmt: skip


async def run(plan: Plan) -> dict[str, Any]:
    result: dict[str, Any] = {"load_average": os.getloadavg(), "cpus": os.cpu_count()}
    tokens = len(_ANSWER.split(" "))
    kinds = {"paced": plan, "at once": replace(plan, gap_ms=0.0, spread_s=0.0)}
    for name, kind in kinds.items():
        words = ("tests.fakes.tgi", "0", "--text", _ANSWER, "--gap-ms", str(kind.gap_ms))
        async with program(*words) as (_, url), ways(url) as asks:
            for streams in plan.streams:
                rows = figures(await measure(kind, streams, asks), tokens)
                show(f"{streams} streams, tokens {name}", rows)
                result[f"{streams} streams, {name}"] = rows
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--prompts", type=int, default=20)
    parser.add_argument("--gap-ms", type=float, default=20)
    parser.add_argument("--out", type=Path, default=Path("bench-out/models.json"))
    asked = parser.parse_args()
    plan = Plan(
        streams=tuple(asked.streams),
        rounds=asked.rounds,
        prompts=asked.prompts,
        gap_ms=asked.gap_ms,
        spread_s=len(_ANSWER.split(" ")) * asked.gap_ms / 1000,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(run(plan))
    result["faults"] = asyncio.run(faults(("tgi",)))  # the fake server wants asyncio's own loop
    show_faults(result["faults"])
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
