"""The desk of a process: who waits for a person, who is asked, and what is due."""

from dataclasses import dataclass

import structlog

from core.domain.errors import SetupError
from deploy import tickets
from deploy.answers import answer_cache
from deploy.base import Base
from deploy.events import OtherDesks
from deploy.processes import Part
from deploy.surface import SurfaceParts, of_base
from handoff.desk import Desk
from handoff.due import Due, TargetWatch, TicketOpener, handlers
from handoff.metrics import DeskMetrics
from handoff.postgres.agents import PostgresAgents
from handoff.postgres.care import PostgresCare
from handoff.postgres.desks import PostgresDesks
from handoff.postgres.handoffs import CONTACT, HANDOFFS, PostgresHandoffs
from handoff.postgres.jobs import PostgresJobs
from handoff.postgres.practices import PostgresPractices
from handoff.rounds import Rounds
from handoff.tickets.reaching import ContactBringer
from handoff.tickets.replies import TicketReplies
from handoff.tickets.wanted import WANTED, WantedTickets

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """The stores of handoffs: what the desk, the gateway and the console share."""

    practices: PostgresPractices
    agents: PostgresAgents
    handoffs: PostgresHandoffs
    desks: PostgresDesks


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParts:
    """The desk at work."""

    hears: Desk
    """What is done with each record of the events topic."""
    rounds: Rounds
    due: Due
    others: tuple[Part, ...]
    """Agents' threads in a chat, tickets at trackers, and what other desks are told; none without
    a key to seal the log of what is done."""


def handing(base: Base) -> Handing:
    """The stores, over what the process shares."""
    practices = PostgresPractices(base.database, base.clock)
    agents = PostgresAgents(base.database, base.clock, practices=practices)
    return Handing(
        practices=practices,
        agents=agents,
        handoffs=PostgresHandoffs(
            base.database,
            base.clock,
            base.bell.ring,
            live=base.live,
            practices=practices,
            partitions=base.settings.core.partitions,
        ),
        desks=PostgresDesks(base.database, base.clock, agents=agents, ring=base.bell.ring),
    )


def caring(base: Base, stores: Handing) -> PostgresCare:
    """Who takes care of a customer, for the channels."""
    return PostgresCare(
        base.database,
        base.clock,
        handoffs=stores.handoffs,
        desks=stores.desks,
        practices=stores.practices,
    )


def desk_parts(base: Base, stores: Handing) -> DeskParts:
    """The desk; without a key for its secrets, tickets that are wanted wait until there is one."""
    metrics = DeskMetrics(base.metrics.registry)
    ear = base.bell.ear(HANDOFFS)
    watch = TargetWatch(
        desks=stores.desks,
        practices=stores.practices,
        clock=base.clock,
        ring=base.bell.ring,
        metrics=metrics,
    )
    cache = answer_cache(base.database, base.clock, base.settings.core, "")
    made, chat = _tickets(base), _chat(base, stores)
    opens = None if made is None else tickets.opening(base, made.tickets)
    opener = None if opens is None else TicketOpener(stores.handoffs, opens)
    kinds = handlers(watch, opener) | ({} if chat is None else chat.handlers)
    if made is not None and opens is not None:
        kinds[WANTED] = WantedTickets(opens)
        kinds[CONTACT] = ContactBringer(stores.handoffs, made.tickets, base.clock)
    return DeskParts(
        hears=Desk(base.metrics.events, ear.wake, cache.forget),
        rounds=Rounds(
            handoffs=stores.handoffs,
            desks=stores.desks,
            practices=stores.practices,
            clock=base.clock,
            ear=ear,
            metrics=metrics,
        ),
        due=Due(PostgresJobs(base.database, base.clock), kinds),
        others=(
            *(() if chat is None else (chat.serving,)),
            *(() if made is None else (tickets.Trackers(made, base),)),
            *_other_desks(base),
        ),
    )


def requests(base: Base, practices: PostgresPractices) -> TicketReplies | None:
    """What customers write again about their tickets; None where there are no tickets."""
    made = _tickets(base)
    return None if made is None else TicketReplies(made.tickets, practices, base.clock)


def _tickets(base: Base) -> tickets.Desk | None:
    try:
        return tickets.desk(base)
    except SetupError as lacking:
        _log.warning("no tickets are opened", why=str(lacking))
        return None


def _other_desks(base: Base) -> tuple[Part, ...]:
    try:
        return (OtherDesks(base),)
    except SetupError as lacking:
        _log.warning("no other desk is told of handoffs", why=str(lacking))
        return ()


def _chat(base: Base, stores: Handing) -> SurfaceParts | None:
    try:
        return of_base(base, stores.practices, stores.handoffs)
    except SetupError as lacking:
        _log.warning("no threads are opened for agents", why=str(lacking))
        return None
