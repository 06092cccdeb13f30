"""Builds everything from the settings; nothing here is global, and closing goes backwards."""

import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import asyncpg
import structlog
from aiohttp import web

from channels import gateway
from channels.contract import Delivers
from channels.dispatcher import Dispatcher
from channels.metrics import DeliveryMetrics
from channels.parts import GatewayParts
from channels.postgres.deliveries import PostgresDeliveries
from channels.postgres.feedback import PostgresFeedback
from channels.postgres.threads import PostgresThreads
from channels.postgres.visitors import PostgresVisitors
from core.attempt import Patience
from core.clock import SystemClock, new_secret
from core.domain.errors import SwitchboardError
from core.domain.turns import TurnRecord
from core.inbound import Inbound
from core.lanes import Bounds
from core.models.extractive import ExtractiveWriter
from core.nlu.language import LanguageJudge
from core.nlu.phrases import load_phrases
from core.nlu.smalltalk import SmallTalk
from core.nlu.understand import RuleUnderstander
from core.ports import Clock, EventLog, Live, Retriever
from core.postgres.bell import Bell
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.event_log import PostgresEventLog
from core.postgres.signals import Signals
from core.relay import Outbox, Relay
from core.telemetry.metrics import Metrics
from core.turn.decide import Rules
from core.turn.walk import Walk
from core.worker import Pace, Told, Worker
from deploy.event_log import backend
from deploy.migrate import pending
from deploy.processes import GatewayPart, Part, Role
from deploy.session import database
from deploy.settings import Settings
from deploy.watch import Watch

_log = structlog.get_logger(__name__)


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


@asynccontextmanager
async def base(settings: Settings, dsn: str) -> AsyncIterator[Base]:
    """Connected to a migrated database, until the end.

    Raises:
        SetupError: it cannot be reached, or the settings ask for what there is not.
        MigrationFailed: it does not fit this version.
    """
    clock, metrics, partitions = SystemClock(), Metrics(), settings.core.partitions
    async with AsyncExitStack() as closing:
        pools = await closing.enter_async_context(database(settings, dsn))
        signals = await Signals.open(pools)
        closing.push_async_callback(signals.close)
        bell = await Bell.open(signals)
        closing.push_async_callback(bell.close)
        found = await closing.enter_async_context(
            backend(settings, pools, signals, bell, metrics.live_drops)
        )
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
            conversations=PostgresConversations(
                pools, clock, bell.ring, partitions=partitions, through=found.through
            ),
            dead_letters=PostgresDeadLetters(pools, bell.ring, partitions=partitions),
        )


def build(
    base: Base, roles: Collection[str], retriever: Retriever | None, told: Callable[[str], None]
) -> list[Part]:
    """The roles' parts, in the order in which they stop.

    Args:
        base: what they share.
        roles: which are wanted.
        retriever: what a worker searches with.
        told: hears the gateway's address when it is served.
    """
    deploy = base.settings.deploy
    parts: list[Part] = []
    workers: dict[str, Worker] = {}
    if Role.GATEWAY in roles:
        parts.append(GatewayPart(application(base), deploy.host, deploy.port, told))
    if Role.WORKER in roles and retriever is not None:
        workers["core"] = turn_worker(base, walk(base, retriever))
        parts.append(workers["core"])
    if Role.RELAY in roles:
        parts.append(Relay(base.outbox))
    if Role.DISPATCHER in roles:
        workers["dispatcher"] = delivery_worker(base)
        parts.append(workers["dispatcher"])
    for group, worker in workers.items():
        base.metrics.watch(group, worker)
    parts.append(
        Watch(
            outbox=base.outbox,
            log=base.to_trim,
            dead_letters=base.dead_letters,
            metrics=base.metrics,
            workers=workers,
            keep_days=base.settings.core.keep_days,
        )
    )
    return parts


def turn_worker(base: Base, walk: Walk) -> Worker:
    """Takes the turns."""
    inbound = Inbound(walk, lambda record: observe(base.metrics, record))
    core = base.settings.core
    pace = Pace(bounds=Bounds(at_once=core.lanes), drain_s=core.drain_s)
    return Worker(
        base.log,
        "core",
        "inbound",
        inbound.handle,
        base.clock,
        dead_letters=base.dead_letters,
        pace=pace,
        told=Told(give_up=inbound.give_up, more=inbound.more, ended=inbound.ended),
    )


def delivery_worker(base: Base, pushed: Mapping[str, Delivers] | None = None) -> Worker:
    """Brings out what was said; `pushed` are the channels that are sent to."""
    ledger = PostgresDeliveries(base.database, base.bell.signals)
    counts = DeliveryMetrics(base.metrics.registry)
    dispatcher = Dispatcher(base.live, ledger, pushed, counts.unknown)
    return Worker(
        base.log,
        "dispatcher",
        "outbound",
        dispatcher.deliver,
        base.clock,
        dead_letters=base.dead_letters,
        pace=Pace(patience=Patience(turn_s=base.settings.channels.deliver_s)),
        told=Told(give_up=dispatcher.give_up),
    )


def application(base: Base) -> web.Application:
    """The gateway's HTTP application."""
    pools, partitions = base.database, base.settings.core.partitions
    return gateway.build(
        GatewayParts(
            inbox=base.conversations,
            transcript=base.conversations,
            live=base.live,
            clock=base.clock,
            visitors=PostgresVisitors(pools, base.clock),
            threads=PostgresThreads(pools),
            feedback=PostgresFeedback(pools, base.clock, base.bell.ring, partitions=partitions),
            ready=lambda: _ready(pools),
            new_secret=new_secret,
            registry=base.metrics.registry,
            settings=base.settings.channels,
            version=version("switchboard"),
        )
    )


def walk(base: Base, retriever: Retriever) -> Walk:
    """A turn's way, with answers by extraction."""
    core = base.settings.core
    phrases = load_phrases(core.company, core.bot, Path(core.phrases) if core.phrases else None)
    language = LanguageJudge()
    language.warm()
    return Walk(
        conversations=base.conversations,
        understander=RuleUnderstander(language, SmallTalk.load(), phrases),
        retriever=retriever,
        writer=ExtractiveWriter(),
        live=base.live,
        clock=base.clock,
        phrases=phrases,
        rules=Rules(decline_below=core.decline_below, history=core.history),
    )


def observe(metrics: Metrics, record: TurnRecord) -> None:
    """Count a stored turn, and log it for who wants to know every one."""
    kind = type(record.decision).__name__
    decision = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
    metrics.turn(record.channel, decision, record.timings_ms)
    metrics.thrown_away(record.waste.interruptions, record.waste.characters)
    _log.debug(
        "turn stored",
        tenant=record.tenant,
        conversation=record.conversation,
        turn=record.id,
        decision=decision,
        confidence=round(record.findings.confidence, 3),
        timings_ms=record.timings_ms,
    )


async def _ready(pools: Database) -> str | None:
    """What a load balancer should know, in a sentence; None when requests can be served."""
    try:
        async with pools.as_service() as connection:
            steps = await pending(connection)
    except SwitchboardError as failure:
        return str(failure)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return "The database cannot be reached."
    return f"{len(steps)} migrations are pending." if steps else None
