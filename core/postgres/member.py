"""One consumer of a group of the log in Postgres."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import structlog

from core.domain.errors import LogUnavailable
from core.event_log import Lost, Member, Partition, Record, Revoked
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.failures import unavailable
from core.postgres.group import Claimed, Seat
from core.postgres.queries import beside

_LOOK_S = 0.5
"""Between two looks at records and at the group, should every ring be lost."""
_SQL = beside(__file__)
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Held:
    """A partition's assignment; the next assignment is another object."""

    position: int
    epoch: int


class PostgresMember(Member):
    """Reads the partitions that its seat has; made by `PostgresEventLog.join`.

    When its connection breaks it loses everything and begins again at the committed positions,
    as a new member. It must: a restarted server may have forgotten the records at the end that
    this member has read already, and give their offsets to others.
    """

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        database: Database,
        bell: Bell,
        seat: Seat,
        *,
        on_revoked: Revoked | None,
        on_lost: Lost | None,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._bell = bell
        self._seat = seat
        self._on_revoked = on_revoked
        self._on_lost = on_lost
        self._lease = lease
        self._held: dict[Partition, _Held] = {}
        self._leaving: dict[Partition, _Held] = {}
        self._paused: set[Partition] = set()
        self._out = False
        self._turn = 0
        self._records = bell.ear(*seat.topics)
        self._news = bell.ear(f"group {seat.group}")
        self._uncut = bell.signals.on_cut(self._cut)
        self._tending: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Take the seat and a share of the partitions, and keep them from now on."""
        await self._seat.enter(self._lease)
        await self._claim()
        self._tending = asyncio.create_task(self._tend())
        self._ring_group()

    async def poll(
        self, max_records: int, timeout_s: float
    ) -> Mapping[Partition, Sequence[Record]]:
        if self._tending is not None and self._tending.done():
            self._tending.result()
        now = asyncio.get_running_loop().time
        until = now() + timeout_s
        while True:
            self._records.clear()
            with unavailable():
                found = await self._read(max_records)
            left_s = until - now()
            if found or left_s <= 0:
                return found
            await self._records.wait(min(left_s, _LOOK_S))

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        known = self._leaving | self._held
        rows = [(p, to, known[p].epoch) for p, to in positions.items() if p in known]
        if rows:
            with unavailable():
                await self._seat.commit(rows)

    def pause(self, partitions: Sequence[Partition]) -> None:
        self._paused.update(partitions)

    def resume(self, partitions: Sequence[Partition]) -> None:
        self._paused.difference_update(partitions)
        self._records.wake()

    def assigned(self) -> frozenset[Partition]:
        return frozenset(self._held)

    async def lag(self) -> Mapping[Partition, int]:
        with unavailable():
            behind = await self._seat.lag()
        return {partition: behind[partition] for partition in self._held if partition in behind}

    async def leave(self) -> None:
        tending, self._tending = self._tending, None
        if tending is None:
            return
        tending.cancel()
        with suppress(asyncio.CancelledError):
            await tending
        self._uncut()
        self._drop(tuple(self._held))
        self._records.close()
        self._news.close()
        try:
            with unavailable():
                await self._seat.leave()
        except LogUnavailable:
            _log.warning("left without a word", group=self._seat.group)
        self._ring_group()

    async def _read(self, most: int) -> dict[Partition, list[Record]]:
        places = [item for item in self._held.items() if item[0] not in self._paused]
        if not places:
            return {}
        self._turn = (self._turn + 1) % len(places)  # so that no partition is always the last
        places = places[self._turn :] + places[: self._turn]
        async with self._database.as_service() as connection:
            rows = await connection.fetch(
                _SQL.read,
                [partition.topic for partition, _ in places],
                [partition.number for partition, _ in places],
                [held.position for _, held in places],
                most,
            )
        return self._taken(rows, dict(places)) if rows else {}

    def _taken(
        self, rows: Iterable[Any], asked: Mapping[Partition, _Held]
    ) -> dict[Partition, list[Record]]:
        """The rows of partitions that are still assigned as they were when asked."""
        found: dict[Partition, list[Record]] = {}
        for topic, part, offset, key, value, headers, at in rows:
            partition = Partition(topic, part)
            held = self._held.get(partition)
            if held is not asked[partition] or partition in self._paused:
                continue
            held.position = offset + 1
            found.setdefault(partition, []).append(
                Record(
                    partition=partition,
                    offset=offset,
                    key=key,
                    value=value,
                    headers=msgspec.json.decode(headers) if headers != "{}" else {},
                    at=at,
                )
            )
        return found

    async def _tend(self) -> None:
        while True:
            await self._news.wait(_LOOK_S)
            self._news.clear()
            try:
                with unavailable():
                    await self._settle()
            except LogUnavailable:
                _log.warning("group is out of reach", group=self._seat.group)

    async def _settle(self) -> None:
        """Do what the other members' coming and going asks for."""
        members = () if self._out else await self._seat.beat(self._lease)
        if not members:
            self._cut()
            await self._return()
            return
        shares = self._seat.shares(members)
        surplus = [p for topic, share in shares.items() for p in self._of(topic)[share:]]
        if surplus:
            await self._give(surplus)
        short = any(len(self._of(topic)) < share for topic, share in shares.items())
        if short or not all(member.alive for member in members):
            await self._claim()

    async def _give(self, surplus: Sequence[Partition]) -> None:
        self._leaving = {partition: self._held[partition] for partition in surplus}
        self._drop(surplus)
        await self._tell(surplus)
        self._leaving = {}
        await self._seat.release(surplus)
        self._ring_group()

    async def _claim(self) -> None:
        claimed = await self._seat.claim(frozenset(self._held), self._lease)
        if not self._out:
            self._adopt(claimed)

    async def _return(self) -> None:
        """After a broken connection, or when declared dead: begin again."""
        await self._seat.enter(self._lease)
        self._out = False
        await self._claim()
        self._ring_group()

    async def _tell(self, partitions: Sequence[Partition]) -> None:
        if self._on_revoked is None:
            return
        try:
            async with asyncio.timeout(self._lease.total_seconds() * 2 / 3):
                await self._on_revoked(partitions)
        except Exception as error:  # noqa: BLE001 - whatever the hook does, others wait for these
            _log.error("revoking failed", group=self._seat.group, error=type(error).__name__)

    def _adopt(self, claimed: Iterable[Claimed]) -> None:
        for claim in claimed:
            self._held[claim.partition] = _Held(claim.position, claim.epoch)
            self._paused.discard(claim.partition)
        self._records.wake()

    def _drop(self, partitions: Collection[Partition]) -> None:
        for partition in partitions:
            del self._held[partition]
        self._paused.difference_update(partitions)

    def _of(self, topic: str) -> list[Partition]:
        return sorted((p for p in self._held if p.topic == topic), key=lambda p: p.number)

    def _cut(self) -> None:
        """Nothing is this member's any more."""
        if not self._out:
            self._out = True
            lost = tuple(self._held)
            self._drop(lost)
            if lost and self._on_lost is not None:
                self._on_lost(lost)
            self._news.wake()

    def _ring_group(self) -> None:
        self._bell.ring(f"group {self._seat.group}")
