"""Reads the topic of dead letters without using it up, and puts a record back where it was."""

from dataclasses import dataclass
from typing import Self

from core.domain.errors import RefusedError, SetupError, UndecodableRecord
from core.ports import EventLog, Member, NewRecord, Record
from core.wire.dead_letters import DeadLetter, decode_dead_letter
from deploy.session import server
from deploy.settings import Settings
from deploy.wiring import base

TOPIC = "dead-letters"
_GROUP = "dead-letters"
"""Never commits: it reads from the oldest each time, and keeps what it has not read for long."""
_WAIT_S = 2
_RECORDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A dead letter and the name it is called by."""

    id: str
    letter: DeadLetter

    @classmethod
    def of(cls, entry: Record) -> Self:
        """Under `partition-offset` of the topic of dead letters."""
        return cls(id=f"{entry.partition.number}-{entry.offset}", letter=decode_dead_letter(entry))


async def found(settings: Settings) -> list[Found]:
    """All dead letters there are, the latest first.

    Raises:
        SetupError: somebody else reads them at this moment.
    """
    async with server(settings) as dsn, base(settings, dsn) as shared:
        return await _all(shared.log, settings.core.partitions)


async def replay(settings: Settings, ids: tuple[str, ...]) -> None:
    """Put these records back into their topics, behind what is there.

    A record whose work was done meanwhile does nothing a second time.

    Raises:
        RefusedError: there is no such dead letter; nothing was put back.
    """
    async with server(settings) as dsn, base(settings, dsn) as shared:
        letters = {one.id: one.letter for one in await _all(shared.log, settings.core.partitions)}
        unknown = [id for id in ids if id not in letters]
        if unknown:
            raise RefusedError(f"there is no dead letter {', '.join(unknown)}")
        records = [letters[id].record for id in ids]
        await shared.log.append(
            [
                NewRecord(
                    topic=record.partition.topic,
                    key=record.key,
                    value=record.value,
                    headers=record.headers,
                )
                for record in records
            ]
        )


async def _all(log: EventLog, partitions: int) -> list[Found]:
    member = await log.join(_GROUP, [TOPIC])
    try:
        entries = await _read(member, partitions)
    finally:
        await member.leave()
    letters = []
    for entry in entries:
        try:
            letters.append(Found.of(entry))
        except UndecodableRecord:
            continue  # of a later version
    return sorted(letters, key=lambda one: one.letter.failure.last_at, reverse=True)


async def _read(member: Member, partitions: int) -> list[Record]:
    entries: list[Record] = []
    while not await _complete(member, partitions, len(entries)):
        batch = await member.poll(_RECORDS, _WAIT_S)
        entries += [record for records in batch.values() for record in records]
        if not batch and len(member.assigned()) < partitions:
            raise SetupError("somebody else reads the dead letters at this moment; try again")
    return entries


async def _complete(member: Member, partitions: int, read: int) -> bool:
    """Whether so many are all: nothing is ever committed, so the lag counts every one."""
    if len(member.assigned()) < partitions:
        return False
    return read >= sum((await member.lag()).values())
