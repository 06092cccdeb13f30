"""Brings tickets to trackers and their states back: what is due, one link at a time.

Nothing is made twice: before anything is created or said, that is noted; if nobody knows how it
ended, its marker is looked for first, when the tracker has had the time to show it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog

from core.domain.errors import RetryableError, SetupError
from core.models.breaker import Breaker
from core.ports import Clock
from core.postgres.failures import BROKEN
from handoff.connectors.calling import Caller
from handoff.connectors.contract import (
    Answer,
    Connector,
    Note,
    RemoteAway,
    RemoteBusy,
    RemoteError,
    RemoteRefused,
    RemoteUnknown,
)
from handoff.connectors.kinds import Configured, connector
from handoff.connectors.metrics import TrackerMetrics
from handoff.connectors.wording import issue_of
from handoff.people.account import Actor
from handoff.postgres.connectors import PostgresConnectors
from handoff.postgres.links import Known, Link, PostgresLinks, Unsent
from handoff.postgres.tickets import Origin, PostgresTickets
from handoff.tickets.ticket import DONE, Comment, State, followed

_LEASE_S = 120.0
_AT_ONCE = 16
_LONGEST_REST_S, _REFUSED_S = 300.0, 900.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How eager it is; seconds."""

    poll_s: float = 1
    """Between two looks at what is due, where nothing wakes it."""
    settle_s: float = 20
    """What may have been created is looked for until then, before it is created again."""


class Work:
    """Run it in a task; it ends after `stop`. Any number of processes may do so at a time."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        *,
        tickets: PostgresTickets,
        links: PostgresLinks,
        connectors: PostgresConnectors,
        caller: Caller,
        clock: Clock,
        metrics: TrackerMetrics,
        pace: Pace | None = None,
    ) -> None:
        self._tickets = tickets
        self._links = links
        self._connectors = connectors
        self._caller = caller
        self._clock = clock
        self._metrics = metrics
        self._pace = pace or Pace()
        self._breakers: dict[UUID, Breaker] = {}
        self._stopping = asyncio.Event()
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Do what is due until `stop`."""
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                done = await self.turn()
            except (RetryableError, *BROKEN) as away:
                _log.warning("connectors wait for their database", error=type(away).__name__)
                done = 0
            if not done:
                await self._rest()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stopping.set()
        self._woken.set()

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def turn(self) -> int:
        """Do some of what is due: how many links were taken up."""
        links = await self._links.claim(_AT_ONCE, _LEASE_S)
        await asyncio.gather(*(self._do(link) for link in links))
        return len(links)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._pace.poll_s):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _do(self, link: Link) -> None:
        try:
            configured = await self._connectors.one(link.connector)
        except SetupError as lacking:
            _failed(link, lacking)
            await self._later(link, _REFUSED_S, str(lacking), tries=0)
            return
        if configured is not None:
            await self._attempt(link, configured)

    async def _attempt(self, link: Link, configured: Configured) -> None:
        breaker = self._breakers.setdefault(link.connector, Breaker())
        if not breaker.admits(self._clock.monotonic()):
            await self._later(link, 10.0, "its tracker does not answer", tries=0)
            return
        entered, kind = breaker.enter(self._clock.monotonic()), configured.mapped.kind
        try:
            async with asyncio.timeout(_LEASE_S / 2):
                look_at = await self._bring(link, configured)
        except RemoteBusy as busy:
            breaker.left(entered)
            self._metrics.visited(kind, "busy")
            until = self._clock.now() + timedelta(seconds=busy.retry_after_s)
            await self._connectors.rest(link.connector, until)
            await self._links.later(link, until, str(busy), 0)
        except RemoteRefused as refused:
            breaker.left(entered)
            self._metrics.visited(kind, "refused")
            _failed(link, refused)
            await self._later(link, _REFUSED_S, str(refused))
        except (RemoteError, TimeoutError) as away:
            breaker.failed(entered, self._clock.monotonic())
            self._metrics.visited(kind, "away")
            _failed(link, away)
            rest_s = away.retry_after_s if isinstance(away, RemoteUnknown) else 0
            await self._later(link, max(_backoff_s(link.tries), rest_s), str(away))
        except Exception as failed:  # noqa: BLE001 - one link's fault must not stop the others
            breaker.left(entered)
            self._metrics.visited(kind, "failed")
            _failed(link, failed)
            await self._later(link, _LONGEST_REST_S, f"unexpected {type(failed).__name__}")
        else:
            breaker.succeeded(entered, self._clock.monotonic())
            self._metrics.visited(kind, "done")
            await self._links.finish(link, look_at)

    async def _bring(self, link: Link, configured: Configured) -> datetime | None:
        """All that is due there; returns when to ask again."""
        there = connector(configured, self._caller)
        remote = link.remote or await self._created(link, there)
        if remote is None:
            return None
        for unsent in await self._links.unsent(link, configured.name):
            await self._say(link, there, remote, unsent)
        state, now = link.state, self._clock.now()
        if link.look_at is not None and link.look_at <= now:
            state = await self._look(link, configured, there, remote)
        ticket = await self._tickets.get(link.tenant, link.ticket)
        if (ticket.state in DONE) != (state in DONE):
            await (there.close(remote) if ticket.state in DONE else there.reopen(remote))
            await self._links.became(link.id, ticket.state, self._clock.now())
        if ticket.state is State.CLOSED:
            return None
        if link.look_at is not None and link.look_at > now:
            return link.look_at
        return now + timedelta(seconds=configured.mapped.poll_s)

    async def _created(self, link: Link, there: Connector) -> str | None:
        """The tracker's id, of what was created now or before; None when the lease is lost."""
        found = None
        if link.begun_at is not None:
            found = await there.find(link.marker)
            self._settle(link.begun_at, found=found is not None)
        if found is None:
            ticket = await self._tickets.get(link.tenant, link.ticket)
            if not await self._links.begin(link, self._clock.now()):
                return None
            try:
                found = await there.create(issue_of(ticket, link.marker))
            except (RemoteAway, RemoteRefused):
                await self._links.begin(link, None)
                raise
            except (KeyError, TypeError, ValueError) as unread:
                raise RemoteUnknown("the tracker's answer cannot be read") from unread
        return found.id if await self._links.created(link, found) else None

    async def _say(self, link: Link, there: Connector, remote: str, unsent: Unsent) -> None:
        comment = unsent.comment
        note = Note(id=comment.id, text=comment.text, public=comment.public)
        if unsent.begun_at is not None:
            said = await there.said(remote, note)
            self._settle(unsent.begun_at, found=said)
            if said:
                await self._links.sent(link, comment.id)
                return
        if not await self._links.sending(link, comment.id, self._clock.now()):
            return
        try:
            await there.comment(remote, note)
        except (RemoteAway, RemoteRefused):
            await self._links.sending(link, comment.id, None)
            raise
        await self._links.sent(link, comment.id)

    def _settle(self, begun_at: datetime, *, found: bool) -> None:
        """Wait on with what is not there yet, and may still come."""
        if not found and self._clock.now() < begun_at + timedelta(seconds=self._pace.settle_s):
            raise RemoteUnknown("the tracker was asked, and does not show it yet")

    async def _look(
        self, link: Link, configured: Configured, there: Connector, remote: str
    ) -> State:
        """Take over what happened there; returns the state there, in our words."""
        status = await there.look(remote)
        if status is None:
            return link.state
        actor = actor_of(configured)
        await self._take(actor, link, configured, status.answers)
        if status.state is not link.state:
            await follow(self._tickets, actor, link, status.state)
            await self._links.became(link.id, status.state)
        return status.state

    async def _take(
        self, actor: Actor, link: Link, configured: Configured, answers: Sequence[Answer]
    ) -> None:
        for answer in answers:
            comment = Comment(
                id=uuid5(link.id, answer.id),
                author=actor.name,
                text=answer.text,
                public=True,
                at=answer.at,
            )
            origin = Origin(configured.name, answer.id)
            await self._tickets.comment(actor, link.ticket, comment, origin)

    async def _later(self, link: Link, in_s: float, trouble: str, tries: int = 1) -> None:
        at = self._clock.now() + timedelta(seconds=in_s)
        await self._links.later(link, at, trouble, tries)


async def follow(
    tickets: PostgresTickets, actor: Actor, link: Link | Known, theirs: State
) -> None:
    """Bring our ticket to where the tracker's is, if it can get there."""
    ticket = await tickets.get(actor.tenant, link.ticket)
    wanted = followed(ticket.state, theirs)
    if wanted is not None:
        await tickets.move(actor, ticket.id, wanted)


def actor_of(configured: Configured) -> Actor:
    """Who does what a tracker says."""
    return Actor(tenant=configured.tenant, name=f"connector:{configured.name}", may=frozenset())


def _backoff_s(tries: int) -> float:
    return min(2.0 ** min(tries + 1, 10), _LONGEST_REST_S)


def _failed(link: Link, error: BaseException) -> None:
    _log.warning("a tracker was not told", link=link.id, tries=link.tries,
                 error=type(error).__name__)  # fmt: skip
