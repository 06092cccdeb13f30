"""The agents' console under load: `python -m tests.bench.console`.

How long the list takes with a million conversations stored, and how long it takes from a
customer's message to the pages of fifty agents while two hundred conversations go on. The service
and its pages are one process here, on an embedded Postgres. Prints a table; bench-out/console.json
has it all.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from core.domain.events import Stored
from core.domain.ids import AgentId, ConversationId
from core.postgres.queries import beside
from deploy.embedded import EmbeddedPostgres
from handoff.postgres.inbox import Filter, Place, PostgresInbox
from tests.bench.load import percentile
from tests.builders import TENANT
from tests.handoff.console.house import Browser, House

_OUT = Path("bench-out") / "console.json"
_SQL = beside(__file__)
_AGENT = AgentId(UUID("00000000-0000-7000-9000-000000000007"))
_PAGE = 50
_DEEP = 20
"""Pages down the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of everything."""

    rows: int = 1_000_000
    open: int = 5_000
    runs: int = 200
    consoles: int = 50
    conversations: int = 200
    messages: int = 10
    """In each of these conversations."""
    per_s: float = 100
    """Messages of all of them."""


async def fill(dsn: str, plan: Plan) -> None:
    """Store the conversations."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET session_replication_role = replica")  # nothing to check here
    await connection.execute("SET synchronous_commit = off")
    await connection.execute(_SQL.conversations, plan.rows, plan.open, timeout=1_800)
    await connection.execute(_SQL.messages, timeout=1_800)
    await connection.execute(_SQL.handoffs, timeout=1_800)
    for table in ("conversations", "messages", "handoffs"):
        await connection.execute(f"VACUUM ANALYZE {table}", timeout=1_800)
    await connection.close()


async def queries(inbox: PostgresInbox, plan: Plan) -> dict[str, dict[str, float]]:
    """Milliseconds of each thing that a page asks of the list."""
    deep = await _down(inbox, Filter(), plan)
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "tab mine": lambda: _list(inbox, Filter(mine=_AGENT)),
        "tab waiting": lambda: _list(inbox, Filter(owner="queue")),
        "tab all": lambda: _list(inbox, Filter()),
        "all, page 21 of those with people": lambda: _list(inbox, Filter(), deep),
        "the bot's": lambda: _list(inbox, Filter(owner="bot")),
        "the bot's, one in six": lambda: _list(inbox, Filter(owner="bot", channel="slack")),
        "the bot's, one in a thousand": lambda: _list(inbox, Filter(owner="bot", language="sv")),
        "the bot's, none": lambda: _list(inbox, Filter(owner="bot", language="xx")),
        "words in what waits": lambda: _list(inbox, Filter(owner="queue", search="order 77")),
        "words in all": lambda: _list(inbox, Filter(search="nobody said this")),
        "counts": lambda: inbox.counts(TENANT, _AGENT),
    }
    return {name: await _timed(ask, plan.runs) for name, ask in asked.items()}


async def _list(inbox: PostgresInbox, wanted: Filter, after: Place | None = None) -> None:
    page = await inbox.page(TENANT, wanted, after, _PAGE)
    await inbox.rows(TENANT, page.ids)


async def _down(inbox: PostgresInbox, wanted: Filter, plan: Plan) -> Place | None:
    place = None
    for _ in range(min(_DEEP, plan.open // _PAGE - 1)):
        place = (await inbox.page(TENANT, wanted, place, _PAGE)).next
    return place


async def _timed(ask: Callable[[], Awaitable[object]], runs: int) -> dict[str, float]:
    taken = []
    for _ in range(runs):
        begun = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - begun)
    return {name: round(percentile(taken, at), 2) for name, at in (("p50", 50), ("p99", 99))}


class Watching:
    """Pages that note when they hear of what."""

    def __init__(self, pages: Sequence[Browser]) -> None:
        self._pages = pages
        self.said: dict[tuple[str, int], float] = {}
        self.heard: list[float] = []

    def say(self, conversation: UUID, seq: int, at: float) -> None:
        """A message was begun to be stored at this moment."""
        self.said[str(conversation), seq] = at

    async def page(self, number: int, ready: asyncio.Event, last: dict[str, int]) -> None:
        """Hear until all of these conversations are where they end."""
        seen: dict[str, int] = {}
        async with self._pages[number].live() as live:
            await live.socket.receive()
            ready.set()
            while any(seen.get(one, 0) < seq for one, seq in last.items()):
                message = await live.socket.receive(timeout=120)
                now = time.perf_counter()
                frame = msgspec.json.decode(message.data)
                if frame["type"] != "conversation":
                    continue
                row = frame["row"]
                for seq in range(seen.get(row["id"], 0) + 1, row["seq"] + 1):
                    if (row["id"], seq) in self.said:
                        self.heard.append(now - self.said[row["id"], seq])
                seen[row["id"]] = row["seq"]


async def live(house: House, plan: Plan) -> dict[str, float]:
    """Milliseconds from a customer's message to a page, for all messages and pages."""
    pages = [await house.comes(f"Agent{number}") for number in range(plan.consoles)]
    talks = [(await house.waits()).conversation for _ in range(plan.conversations)]
    seqs = {talk: (await house.base.conversations.standing(TENANT, talk)).seq for talk in talks}
    last = {str(talk): seq + plan.messages for talk, seq in seqs.items()}
    watching, ready = Watching(pages), [asyncio.Event() for _ in pages]
    async with asyncio.TaskGroup() as tasks:
        for number in range(len(pages)):
            tasks.create_task(watching.page(number, ready[number], last))
        for event in ready:
            await event.wait()
        await _talk(house, talks, seqs, watching, plan)
    return {
        "events": len(watching.heard),
        "p50": round(percentile(watching.heard, 50), 2),
        "p99": round(percentile(watching.heard, 99), 2),
        "longest": round(percentile(watching.heard, 100), 2),
    }


async def _talk(
    house: House,
    talks: Sequence[ConversationId],
    seqs: dict[ConversationId, int],
    watching: Watching,
    plan: Plan,
) -> None:
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(plan.messages * len(talks)):
            talk = talks[number % len(talks)]
            seq = seqs[talk] + 1 + number // len(talks)
            await asyncio.sleep(max(0, begun + number / plan.per_s - time.perf_counter()))
            tasks.create_task(_say(house, talk, seq, watching))


async def _say(house: House, talk: ConversationId, seq: int, watching: Watching) -> None:
    watching.say(talk, seq, time.perf_counter())
    stored = await house.says(talk, "Are you there?")
    house.base.live.tell(Stored(conversation=talk, seq=stored))


async def run(plan: Plan) -> dict[str, Any]:
    """Fill, ask, watch."""
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="switchboard-")))
        folder.chmod(0o755)
        server = closing.enter_context(EmbeddedPostgres.open(folder))
        house = await closing.enter_async_context(House.open(server.dsn))
        begun = time.perf_counter()
        await fill(server.dsn, plan)
        filled_s = time.perf_counter() - begun
        asked = await queries(PostgresInbox(house.base.database), plan)
        return {
            "rows": plan.rows,
            "open": plan.open,
            "filled_s": round(filled_s, 1),
            "queries_ms": asked,
            "live_ms": await live(house, plan),
        }


def table(found: dict[str, Any]) -> str:
    """For reading."""
    lines = [f"{found['rows']:,} conversations, {found['open']:,} of them with people"]
    lines += [f"{'':36}{'p50 ms':>9}{'p99 ms':>9}"]
    lines += [
        f"{name:36}{one['p50']:>9}{one['p99']:>9}" for name, one in found["queries_ms"].items()
    ]
    told = found["live_ms"]
    lines += [f"{'message to page':36}{told['p50']:>9}{told['p99']:>9}"]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, write."""
    usual = Plan()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=usual.rows)
    parser.add_argument("--consoles", type=int, default=usual.consoles)
    parser.add_argument("--conversations", type=int, default=usual.conversations)
    parser.add_argument("--per-s", type=float, default=usual.per_s)
    given = parser.parse_args()
    plan = replace(usual, open=min(usual.open, given.rows // 10), **vars(given))
    found = asyncio.run(run(plan))
    _OUT.parent.mkdir(exist_ok=True)
    _OUT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(table(found))


if __name__ == "__main__":
    main()
