"""What every role of a process stands on: connections, stores, platforms."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from channels.metrics import PlatformMetrics
from channels.parts import Probe
from core.clock import SystemClock
from core.event_log import EventLog
from core.ports import Clock, Live
from core.postgres.bell import Bell
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.event_log import PostgresEventLog
from core.postgres.signals import Signals
from core.relay import Outbox
from core.telemetry.metrics import Metrics
from deploy.event_log import Needed, backend
from deploy.hearing import hearing
from deploy.platforms import Platforms, platforms
from deploy.readiness import Readiness, schema_is_current
from deploy.session import database
from deploy.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What every role of one process shares."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    database: Database
    bell: Bell
    live: Live
    log: EventLog
    outbox: Outbox
    to_trim: PostgresEventLog | None
    """The log, where nobody else clears it of old records."""
    conversations: PostgresConversations
    dead_letters: PostgresDeadLetters
    log_answers: Probe
    """Whether the event log does."""
    readiness: Readiness
    platforms: Platforms


@asynccontextmanager
async def connected(settings: Settings, dsn: str, brokers: Needed = "now") -> AsyncIterator[Base]:
    """Connected to a migrated database and the event log, until the end.

    `brokers` says whether they must be there, where the event log is on brokers.

    Raises:
        SetupError: it cannot be reached, or the settings ask for what there is not.
        MigrationFailed: it does not fit this version.
    """
    clock, metrics, partitions = SystemClock(), Metrics(), settings.core.partitions
    async with AsyncExitStack() as closing:
        entered = closing.enter_async_context
        pools = await entered(database(settings, dsn))
        bell = await entered(_bell(pools))
        found = await entered(backend(settings, pools, bell, metrics.live_drops, brokers))
        conversations = PostgresConversations(
            pools, clock, bell.ring, partitions=partitions, through=found.through
        )
        counts = PlatformMetrics(metrics.registry)
        heard = hearing(pools, clock, bell.ring, settings.handoff)
        there = platforms(settings, pools, conversations, clock, counts, desk=heard)
        yield Base(
            settings=settings,
            clock=clock,
            metrics=metrics,
            database=pools,
            bell=bell,
            live=found.live,
            log=found.log,
            outbox=found.outbox,
            to_trim=found.to_trim,
            conversations=conversations,
            dead_letters=PostgresDeadLetters(pools, bell.ring, partitions=partitions),
            log_answers=found.answers,
            readiness=Readiness(schema_is_current(pools)),
            platforms=await entered(there),
        )


@asynccontextmanager
async def _bell(pools: Database) -> AsyncIterator[Bell]:
    signals = await Signals.open(pools)
    try:
        bell = await Bell.open(signals)
        try:
            yield bell
        finally:
            await bell.close()
    finally:
        await signals.close()
