"""Joins the agents' chat on Slack with the handoffs: what is heard there, and what is shown."""

from collections.abc import Callable
from dataclasses import dataclass

from core.ports import Clock, Live
from core.postgres.bell import Ear
from core.postgres.database import Database
from deploy.base import Base
from deploy.console import notary_of, people_of
from deploy.hearing import hearing
from deploy.tickets import desk as tickets
from deploy.tickets import opening
from handoff.due import Handler
from handoff.people.ports import People
from handoff.postgres.acts import Parts, PostgresActs
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.audit import Notary
from handoff.postgres.briefs import PostgresBriefs
from handoff.postgres.handoffs import HANDOFFS, PostgresHandoffs
from handoff.postgres.held import REPLY
from handoff.postgres.inbox import PostgresInbox
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.revising import Revising
from handoff.postgres.surfaces import PostgresSurfaces
from handoff.settings import HandoffSettings
from handoff.surface.briefing import Briefing, TicketOpening
from handoff.surface.cards import Custom
from handoff.surface.deeds import DeedParts, Deeds
from handoff.surface.ports import Surface
from handoff.surface.sending import Sending
from handoff.surface.serving import Serving, ServingParts
from handoff.tickets.opening import Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceGround:
    """What it stands on."""

    database: Database
    clock: Clock
    ring: Callable[[str], None]
    live: Live
    notary: Notary
    people: People
    practices: PostgresPractices
    handoffs: PostgresHandoffs
    opening: Opening
    settings: HandoffSettings
    partitions: int = 12
    suggest_from: float = 0.3
    """Confidence from which agents are suggested words of the documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceParts:
    """The chat at work, for the desk of a process."""

    serving: Serving
    handlers: dict[str, Handler]
    """What it does with jobs that are due, by their kind."""


def of_base(base: Base, practices: PostgresPractices, handoffs: PostgresHandoffs) -> SurfaceParts:
    """The chat of a process.

    Raises:
        SetupError: there is no key to seal the log of acts with.
    """
    ground = SurfaceGround(
        database=base.database,
        clock=base.clock,
        ring=base.bell.ring,
        live=base.live,
        notary=notary_of(base.settings),
        people=people_of(base.settings, base.database),
        practices=practices,
        handoffs=handoffs,
        opening=opening(base, tickets(base).tickets),
        settings=base.settings.handoff,
        partitions=base.settings.core.partitions,
        suggest_from=base.settings.core.decline_below,
    )
    return surface_parts(ground, base.platforms.agents_chat, base.bell.ear(HANDOFFS))


def surface_parts(ground: SurfaceGround, surface: Surface, ear: Ear) -> SurfaceParts:
    """The rest of it."""
    held = hearing(ground.database, ground.clock, ground.ring, ground.settings)
    threads, acts = PostgresSurfaces(ground.database), _acts(ground)
    briefing = Briefing(
        PostgresInbox(ground.database),
        PostgresBriefs(ground.database, ground.suggest_from),
        ground.clock,
    )
    deeds = Deeds(
        DeedParts(
            surface=surface,
            threads=threads,
            held=held,
            acts=acts,
            people=ground.people,
            attendance=_attendance(ground),
            clock=ground.clock,
            note_mark=ground.settings.desk_note_mark,
            ticket=TicketOpening(ground.opening),
        )
    )
    custom = Custom(note_mark=ground.settings.desk_note_mark, hold_s=ground.settings.desk_hold_s)
    serving = ServingParts(
        threads=threads,
        held=held,
        handoffs=ground.handoffs,
        deeds=deeds,
        surface=surface,
        brief=briefing,
        clock=ground.clock,
        ear=ear,
        custom=custom,
        present_s=ground.settings.desk_present_minutes * 60,
    )
    revising = Revising(acts, ground.clock, partitions=ground.partitions)
    sending = Sending(held, acts, revising, deeds)
    return SurfaceParts(serving=Serving(serving), handlers={REPLY: sending})


def _acts(ground: SurfaceGround) -> PostgresActs:
    return PostgresActs(
        Parts(
            database=ground.database,
            clock=ground.clock,
            notary=ground.notary,
            live=ground.live,
            ring=ground.ring,
            partitions=ground.partitions,
        )
    )


def _attendance(ground: SurfaceGround) -> PostgresAttendance:
    return PostgresAttendance(
        ground.database, ground.clock, ground.notary, ground.ring, practices=ground.practices
    )
