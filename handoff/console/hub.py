"""Turns live signs into what consoles are told; one per process.

Signs say only that something has changed, and any of them may be lost. So the changed rows are
read, and told where they are not as they were told before; and every few seconds whatever has been
active lately is read again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from core.domain.errors import StoreUnavailable
from core.domain.events import Delta, Typing
from core.domain.ids import AgentId, TenantId
from core.ports import Clock, Listening, Live
from core.postgres.bell import Bell
from handoff.console.feed import Feed, Reader
from handoff.console.frames import Resumed, State, packed
from handoff.console.views import Row
from handoff.postgres.attendance import ATTENDANCE, PostgresAttendance
from handoff.postgres.handoffs import HANDOFFS
from handoff.postgres.inbox import Filter, PostgresInbox
from handoff.postgres.telling import LINKS

_PAUSE_S = 0.02
_BATCH = 200
"""Rows that are read at a time."""
_SWEEP_S = 5.0
_LOOK_BACK_S = 20.0
_OPEN = 200
"""Rows of the state; the rest is read by pages."""
_LINGER_S = 120.0
"""So long a feed that nobody reads is kept, for those who come back."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubParts:
    """What it is made of."""

    live: Live
    bell: Bell
    clock: Clock
    inbox: PostgresInbox
    attendance: PostgresAttendance
    version: str


class Hub:
    """Feeds of all tenants whose consoles are open here."""

    def __init__(self, parts: HubParts) -> None:
        self._parts = parts
        self._feeds: dict[TenantId, Feed] = {}
        self._left: dict[TenantId, float] = {}
        self._changed: set[UUID] = set()
        self._something = asyncio.Event()
        self._moved = True

    async def run(self) -> None:
        """Tell what happens, until it is cancelled."""
        ear = self._parts.bell.ear(HANDOFFS, ATTENDANCE, LINKS)
        try:
            async with self._parts.live.overhear() as listening, asyncio.TaskGroup() as tasks:
                tasks.create_task(self._hear(listening))
                tasks.create_task(self._sweep())
                tasks.create_task(self._work())
                while True:
                    await ear.wait(_SWEEP_S)
                    ear.clear()
                    self._moved = True
                    self._something.set()
        finally:
            ear.close()

    @asynccontextmanager
    async def join(
        self, tenant: TenantId, agent: AgentId, era: str, since: int
    ) -> AsyncIterator[tuple[Feed, Reader, bytes]]:
        """A console's place in the feed, and what it is told first.

        A page that knows the events up to `since` of this era gets those behind it, any other the
        whole state.
        """
        feed = self._feeds.get(tenant) or await self._begin(tenant)
        self._left.pop(tenant, None)
        known = feed.has(era, since)
        reader = Reader(agent, since if known else feed.seq)
        feed.enter(reader)
        try:
            yield feed, reader, await self._first(tenant, feed, reader, known=known)
        finally:
            feed.leave(reader)
            self._left[tenant] = self._parts.clock.monotonic()

    async def state(self, tenant: TenantId, feed: Feed, reader: Reader) -> bytes:
        """All there is, for a reader that goes on from here."""
        parts = self._parts
        reader.since = feed.seq  # what happens while the state is read is told once more
        agents = await parts.attendance.everyone(tenant)
        page = await parts.inbox.page(tenant, Filter(no_bots=True), None, _OPEN)
        me = next(one for one in agents if one.id == reader.agent)
        return packed(
            State(
                era=feed.era,
                seq=reader.since,
                version=parts.version,
                me=me,
                counts=await parts.inbox.counts(tenant, reader.agent),
                agents=agents,
                open=await parts.inbox.rows(tenant, page.ids),
                now=parts.clock.now(),
            )
        )

    async def _begin(self, tenant: TenantId) -> Feed:
        # Looked at before the first page reads its state: what moves from now on is told.
        standing = await self._parts.inbox.open_states(tenant)
        fresh = Feed(str(self._parts.clock.new_id()), standing)
        return self._feeds.setdefault(tenant, fresh)

    async def _first(self, tenant: TenantId, feed: Feed, reader: Reader, *, known: bool) -> bytes:
        if not known:
            return await self.state(tenant, feed, reader)
        parts = self._parts
        resumed = Resumed(
            era=feed.era, seq=reader.since, version=parts.version, now=parts.clock.now()
        )
        return packed(resumed)

    async def _hear(self, listening: Listening) -> None:
        while True:
            event = await listening.next(60)
            if event is None or isinstance(event, Typing | Delta) or not self._feeds:
                continue
            self._changed.add(event.conversation)
            self._something.set()

    async def _work(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            moved, self._moved = self._moved, False
            batch = {self._changed.pop() for _ in range(min(_BATCH, len(self._changed)))}
            try:
                for tenant, feed in tuple(self._feeds.items()):
                    await self._tell(tenant, feed, batch, moved=moved)
            except StoreUnavailable:
                self._changed |= batch
                self._moved |= moved
                self._something.set()
                await asyncio.sleep(1)
            if self._changed:
                self._something.set()
            await asyncio.sleep(_PAUSE_S)

    async def _tell(
        self, tenant: TenantId, feed: Feed, changed: set[UUID], *, moved: bool
    ) -> None:
        inbox = self._parts.inbox
        wanted = set(changed)
        if moved:
            wanted |= feed.moved(await inbox.open_states(tenant))
        rows = await inbox.rows(tenant, list(wanted))
        feed.tell_rows(rows)
        if moved or any(_with_people(row) for row in rows):
            feed.tell_counts(await inbox.counts(tenant, None))
        if moved:
            feed.tell_agents(await self._parts.attendance.everyone(tenant))
            since = self._parts.clock.now() - timedelta(seconds=_LOOK_BACK_S)
            feed.tell_tickets(await inbox.tickets_since(tenant, since))

    async def _sweep(self) -> None:
        """Signs of life of who is there, and whatever a lost sign would have told."""
        clock, inbox = self._parts.clock, self._parts.inbox
        while True:
            await asyncio.sleep(_SWEEP_S)
            self._forget()
            since = clock.now() - timedelta(seconds=_LOOK_BACK_S)
            try:
                for tenant, feed in tuple(self._feeds.items()):
                    if feed.there:
                        await self._parts.attendance.seen(tenant, feed.there)
                    self._changed |= await inbox.active_since(tenant, since)
            except StoreUnavailable as away:
                _log.warning("consoles are not told anything", error=type(away).__name__)
            self._something.set()

    def _forget(self) -> None:
        now = self._parts.clock.monotonic()
        for tenant, left in tuple(self._left.items()):
            if not self._feeds[tenant].read and now - left > _LINGER_S:
                del self._feeds[tenant], self._left[tenant]


def _with_people(row: Row) -> bool:
    return row.owner.kind != "bot"
