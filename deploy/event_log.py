"""Chooses where the event log and live signs are: in Postgres, or on Kafka if it is configured."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import structlog
from prometheus_client import Counter

from channels.parts import Probe
from core.domain.errors import LogUnavailable, SetupError
from core.event_log import EventLog
from core.kafka.brokers import Brokers
from core.kafka.connect import reach
from core.kafka.consumer import Timing
from core.kafka.event_log import KafkaEventLog
from core.kafka.live import KafkaLive
from core.kafka.topics import TOPICS, Layout
from core.ports import Live
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.event_log import PostgresEventLog
from core.postgres.live import PostgresLive
from core.postgres.outbox import ForwardingOutbox, PostgresOutbox
from core.relay import Outbox
from deploy.settings import Settings

_ANSWER_S = 3
_log = structlog.get_logger(__name__)
Needed = Literal["now", "later"]
"""When brokers must be there: a process that only takes in what customers say works without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The log with what stands around it."""

    log: EventLog
    live: Live
    outbox: Outbox
    through: Literal["log", "outbox"]
    """How an accepted message gets into the log."""
    to_trim: PostgresEventLog | None
    """The log, where nobody else clears it of old records."""
    answers: Probe
    """Whether it does."""


def brokers_of(settings: Settings) -> Brokers:
    """Where the brokers are, and who we are to them."""
    deploy = settings.deploy
    return Brokers(
        bootstrap=deploy.kafka_bootstrap_servers,
        security=deploy.kafka_security,
        sasl_mechanism=deploy.kafka_sasl_mechanism,
        username=deploy.kafka_username,
        password=deploy.kafka_password.get_secret_value(),
        ca_file=deploy.kafka_ca_file,
    )


def layout_of(settings: Settings) -> Layout:
    """What the topics must be like."""
    return Layout(
        prefix=settings.deploy.kafka_prefix,
        partitions=settings.core.partitions,
        replication=settings.deploy.kafka_replication,
        keep_days=settings.core.keep_days,
    )


@asynccontextmanager
async def backend(
    settings: Settings, pools: Database, bell: Bell, dropped: Counter, needed: Needed
) -> AsyncIterator[Backend]:
    """The configured one, open until the end.

    Args:
        settings: say which.
        pools: on the database.
        bell: of this process.
        dropped: counts live signs that others were not told.
        needed: whether the process can do without brokers.

    Raises:
        SetupError: it is not to be had; one sentence says why.
    """
    if settings.deploy.kafka_bootstrap_servers:
        async with _on_kafka(settings, pools, bell, dropped, needed) as found:
            yield found
        return
    async with _in_postgres(settings, pools, bell, dropped) as found:
        yield found


@asynccontextmanager
async def _in_postgres(
    settings: Settings, pools: Database, bell: Bell, dropped: Counter
) -> AsyncIterator[Backend]:
    partitions = settings.core.partitions
    async with AsyncExitStack() as closing:
        live = await PostgresLive.open(bell.signals, dropped)
        closing.push_async_callback(live.close)
        log = await PostgresEventLog.create(pools, bell, partitions=partitions)
        closing.push_async_callback(log.close)
        yield Backend(
            log=log,
            live=live,
            outbox=PostgresOutbox(pools, bell, partitions),
            through="log",
            to_trim=log,
            answers=_with_the_database,
        )


@asynccontextmanager
async def _on_kafka(
    settings: Settings, pools: Database, bell: Bell, dropped: Counter, needed: Needed
) -> AsyncIterator[Backend]:
    brokers, layout = brokers_of(settings), layout_of(settings)
    async with AsyncExitStack() as closing:
        try:
            log = await KafkaEventLog.open(brokers, layout)
        except LogUnavailable as away:
            why = f"no broker answers at {brokers.bootstrap} (deploy.kafka_bootstrap_servers)"
            if needed == "now":
                raise SetupError(why) from away
            _log.warning("no broker answers; topics are not checked")
            log = KafkaEventLog(brokers, layout, TOPICS, Timing())
        closing.push_async_callback(log.close)
        live = await KafkaLive.open(brokers, layout, dropped)
        closing.push_async_callback(live.close)
        yield Backend(
            log=log,
            live=live,
            outbox=ForwardingOutbox(pools, bell, log, layout.partitions),
            through="outbox",
            to_trim=None,
            answers=partial(brokers_answer, brokers),
        )


async def _with_the_database() -> str | None:
    """It is in the database, which is asked anyway."""
    return None


async def brokers_answer(brokers: Brokers) -> str | None:
    """Whether one of them does; all are asked at once, for some may be silent."""
    doors = (replace(brokers, bootstrap=one) for one in brokers.bootstrap.split(","))
    asked = [asyncio.create_task(reach(door)) for door in doors]
    why = "No broker answers."
    try:
        async with asyncio.timeout(_ANSWER_S):
            for answer in asyncio.as_completed(asked):
                try:
                    await answer
                except LogUnavailable:
                    continue
                except SetupError as refused:
                    why = f"{str(refused)[0].upper()}{str(refused)[1:]}."
                else:
                    return None
    except TimeoutError:
        pass
    finally:
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    return why
