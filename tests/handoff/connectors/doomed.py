"""A process that tells a tracker of a ticket, and is killed before it can note that it did."""

import asyncio
import sys

from core.postgres.database import Database
from core.sealing import Seal
from handoff.connectors.calling import Caller
from tests.fakes.trackers import FakeTracker
from tests.handoff.connectors.kit import Desk
from tests.handoff.stage import Stage


async def main(dsn: str, key: str) -> None:
    async with await Database.connect(dsn) as database, Caller() as caller:
        desk = Desk(Stage(database), FakeTracker(), caller)
        desk.connectors = desk.connectors_with(Seal([key]))
        await desk.another_process().turn()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
