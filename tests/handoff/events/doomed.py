"""A process that takes a request for a person, tells it, and is killed before it can note that."""

import asyncio
import sys
from uuid import UUID

from core.domain.ids import ConversationId
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.signals import Signals
from core.sealing import Seal
from handoff.connectors.calling import Caller
from tests.builders import TENANT
from tests.fakes.other_desk import FakeOtherDesk
from tests.handoff.events.kit import Told, endpoints_of
from tests.handoff.stage import WANTS, Stage


async def main(dsn: str, key: str, conversation: str) -> None:
    async with await Database.connect(dsn) as database, Caller() as caller:
        stage = Stage(database)
        told = Told(stage, FakeOtherDesk(), caller, await Bell.open(await Signals.open(database)))
        told.endpoints = endpoints_of(stage, Seal([key]))
        await stage.handoffs.request(TENANT, ConversationId(UUID(conversation)), WANTS)
        await told.another_process().turn()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
