"""Builds everything from the settings; nothing here is global, and closing goes backwards."""

import re
from collections.abc import Callable, Collection, Mapping
from importlib.metadata import version

import structlog
from aiohttp import web

from channels import gateway, operating
from channels.contract import Delivers
from channels.dispatcher import Dispatcher, Still, alone
from channels.gateway import GATEWAY
from channels.metrics import DeliveryMetrics
from channels.parts import GatewayParts
from channels.ports import Deliveries
from channels.postgres.deliveries import PostgresDeliveries
from channels.postgres.feedback import PostgresFeedback
from channels.postgres.files import PostgresFiles
from channels.postgres.threads import PostgresThreads
from channels.postgres.visitors import PostgresVisitors
from channels.postgres.wanted import PostgresWantedFiles
from core.attempt import Patience
from core.clock import new_secret
from core.domain.decisions import Reply
from core.domain.errors import SetupError
from core.domain.ids import ConversationId
from core.domain.turns import TurnRecord
from core.inbound import Inbound
from core.lanes import Bounds
from core.memory.keeper import Keeper
from core.relay import Relay
from core.telemetry.metrics import Metrics
from core.turn.walk import Walk
from core.worker import Pace, Told, Worker
from deploy.base import Base
from deploy.console import vouching
from deploy.desk import caring, desk_parts, handing
from deploy.inbox import Inbox, inbox
from deploy.mind import Mind, walk
from deploy.platforms import Showing, has_records, streaming
from deploy.processes import GatewayPart, Notice, Part, Role, ServerPart
from deploy.readiness import member
from deploy.talks import sums_up
from deploy.watch import Watch
from handoff.desk import Desk

_log = structlog.get_logger(__name__)


def build(
    base: Base,
    roles: Collection[str],
    mind: Mind | None,
    told: Callable[[str], None],
    notice_s: float = 0,
) -> list[Part]:
    """The roles' parts, in the order in which they stop.

    Args:
        base: what they share.
        roles: which are wanted.
        mind: what a worker answers with.
        told: hears the gateway's address when it is served.
        notice_s: how long a gateway says that it is not ready before it stops.
    """
    parts: list[Part] = [Notice(base.readiness, notice_s if Role.GATEWAY in roles else 0)]
    workers: dict[str, Worker] = {}
    app = application(base) if Role.GATEWAY in roles else None
    if app is not None:
        parts += [*base.platforms.doors.parts(app[GATEWAY].receive), GatewayPart(app)]
    if Role.WORKER in roles and mind is not None:
        workers["core"] = turn_worker(base, walk(base, mind), mind.keeper)
        parts.append(workers["core"])
        if mind.keeper is not None:
            parts += [mind.keeper, sums_up(base, mind.keeper)]
    if Role.RELAY in roles:
        relay = Relay(base.outbox)
        base.metrics.work.relays.append(relay)
        parts.append(relay)
    if Role.DISPATCHER in roles:
        parts += dispatching(base, workers)
    if Role.DESK in roles:
        desk = desk_parts(base, handing(base))
        workers["desk"] = desk_worker(base, desk.hears)
        parts += [workers["desk"], desk.rounds, desk.due, *desk.others]
    if workers or Role.RELAY in roles:
        base.readiness.add(base.log_answers)
    return [*parts, watch(base, workers), server(base, app, told)]


def server(base: Base, app: web.Application | None, told: Callable[[str], None]) -> ServerPart:
    """What serves the gateway, or only those who ask how the process is."""
    deploy = base.settings.deploy
    if app is not None:
        return ServerPart(app, deploy.host, deploy.port, told)
    app = operating.application(base.readiness, base.metrics.registry)
    return ServerPart(app, deploy.host, deploy.health_port, _told)


def _told(address: str) -> None:
    _log.info("health is served", at=address)


def watch(base: Base, workers: Mapping[str, Worker]) -> Watch:
    """What measures these workers, and tells whether they read."""
    for group, worker in workers.items():
        base.metrics.work.workers[group] = worker
        base.readiness.add(member(group, worker))
    return Watch(
        outbox=base.outbox,
        log=base.to_trim,
        dead_letters=base.dead_letters,
        metrics=base.metrics,
        workers=workers,
        keep_days=base.settings.core.keep_days,
    )


def turn_worker(base: Base, walk: Walk, keeper: Keeper | None = None) -> Worker:
    """Takes the turns; the keeper hears of each that is stored."""

    def stored(record: TurnRecord) -> None:
        observe(base.metrics, record)
        if keeper is not None:
            keeper.after(record.tenant, record.conversation, max(record.covers))

    inbound = Inbound(
        walk,
        stored,
        again=base.metrics.repeated.labels("core").inc,
    )
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


def dispatching(base: Base, workers: dict[str, Worker]) -> list[Part]:
    """Brings out what was said, and shows it before where a platform can."""

    def has(conversation: ConversationId) -> bool:
        return has_records(worker, conversation, base.settings.core.partitions)

    ledger = PostgresDeliveries(base.database, base.bell.signals)
    shown = streaming(base.platforms, base.live, ledger, has)
    worker = delivery_worker(base, base.platforms.pushed, ledger, shown.still)
    workers["dispatcher"] = worker
    return [base.platforms.fetching, Showing(shown, base.platforms.accounts), worker]


def delivery_worker(
    base: Base,
    pushed: Mapping[str, Delivers] | None = None,
    ledger: Deliveries | None = None,
    still: Still = alone,
) -> Worker:
    """Brings out what was said; `pushed` are the channels that are sent to."""
    ledger = ledger or PostgresDeliveries(base.database, base.bell.signals)
    counts = DeliveryMetrics(base.metrics.registry)
    again = base.metrics.repeated.labels("dispatcher").inc
    dispatcher = Dispatcher(
        base.live, ledger, pushed, count=counts.unknown, again=again, still=still
    )
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


def desk_worker(base: Base, desk: Desk) -> Worker:
    """Hears of handoffs and ratings."""
    return Worker(
        base.log, "desk", "events", desk.take, base.clock, dead_letters=base.dead_letters
    )


def application(base: Base) -> web.Application:
    """The gateway's HTTP application."""
    pools, partitions = base.database, base.settings.core.partitions
    agents = _console(base)
    app = gateway.build(
        GatewayParts(
            inbox=base.conversations,
            transcript=base.conversations,
            live=base.live,
            clock=base.clock,
            visitors=PostgresVisitors(pools, base.clock),
            threads=PostgresThreads(pools),
            feedback=PostgresFeedback(pools, base.clock, base.bell.ring, partitions=partitions),
            people=caring(base, handing(base)),
            files=PostgresFiles(pools, base.clock),
            ready=base.readiness,
            new_secret=new_secret,
            registry=base.metrics.registry,
            settings=base.settings.channels,
            places=base.platforms.places,
            wanted=PostgresWantedFiles(pools),
            platforms=base.platforms.doors.routes,
            vouches=vouching(base.settings, pools),
            others=() if agents is None else agents.routes,
            version=version("switchboard"),
        )
    )
    if agents is not None:
        agents.live_with(app)
    return app


def _console(base: Base) -> Inbox | None:
    """The people's side; without a key to seal their log with there is none."""
    try:
        return inbox(base)
    except SetupError as lacking:
        _log.warning("no console is served", why=str(lacking))
        return None


def observe(metrics: Metrics, record: TurnRecord) -> None:
    """Count a stored turn, and log it for who wants to know every one."""
    kind = type(record.decision).__name__
    decision = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
    metrics.turn(record.channel, decision, record.timings_ms, len(record.covers))
    if isinstance(record.decision, Reply):
        metrics.replies.labels(record.decision.draft.path).inc()
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
