"""A process with one member: takes and commits some records, says so, and waits for its end."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.postgres.database import Database
from tests.contracts import logs


@asynccontextmanager
async def place_of(backend: str, where: str) -> AsyncIterator[logs.Place]:
    if backend == "kafka":
        yield logs.KafkaPlace(*where.split())
        return
    async with await Database.connect(where, tenant_size=1, service_size=1) as writers:
        yield logs.PostgresPlace(where, writers)


async def main(backend: str, where: str, group: str, take: int, commit: int) -> None:
    async with place_of(backend, where) as place, place.process() as log:
        member = await log.join(group, [logs.TOPIC])
        taken = await logs.take(member, take)
        done = taken[:commit]
        await member.commit({record.partition: record.offset + 1 for record in done})
        said = {
            "taken": [(record.partition.number, record.offset) for record in taken],
            "committed": [(record.partition.number, record.offset) for record in done],
        }
        print(json.dumps(said), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5])))
