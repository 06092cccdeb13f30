"""A process with one poller: stores some updates, says when it has the next, waits to die."""

import asyncio
import sys

from channels.pacing import Pacer
from channels.postgres.answers import PostgresAnswers
from channels.postgres.leases import PostgresLeases
from channels.postgres.places import PostgresPlaces
from channels.telegram.acknowledge import Acknowledge
from channels.telegram.poll import PollParts, TelegramPoller
from channels.telegram.take import Take
from channels.telegram.wire import Bots
from core.clock import SystemClock
from core.postgres.database import Database
from tests.channels.telegram.account import an_account
from tests.channels.telegram.receiving import a_receiver

CAUGHT = "caught"


async def main(dsn: str, url: str, take: int, when: str) -> None:
    async with await Database.connect(dsn, tenant_size=1, service_size=1) as database:
        receiver, left = a_receiver(database), take

        async def receive(account, happenings, traceparent="") -> None:
            nonlocal left
            left -= 1
            if left >= 0 or when == "after":
                await receiver(account, happenings, traceparent)
            if left < 0:
                print(CAUGHT, flush=True)
                await asyncio.Event().wait()

        bots, clock = Bots(), SystemClock()
        parts = PollParts(
            take=Take(
                receive=receive,
                answers=PostgresAnswers(database),
                places=PostgresPlaces(database),
                clock=clock,
            ),
            acknowledge=Acknowledge(bots, Pacer(clock)),
            leases=PostgresLeases(database),
        )
        await TelegramPoller(an_account(url), parts).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3], int(sys.argv[3]), sys.argv[4]))
