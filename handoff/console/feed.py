"""What one tenant's consoles are told, in order: events with a gapless `seq`.

The last of them are kept, so that whoever comes back in time misses nothing; whoever comes too
late gets the whole state.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from core.domain.ids import AgentId
from handoff.console.frames import (
    AgentChanged,
    ConversationChanged,
    CountsChanged,
    Event,
    TicketChanged,
    packed,
)
from handoff.console.views import AgentView, Counts, Row
from handoff.postgres.inbox import Standing, Ticket

_KEPT = 5_000
"""Events."""
_KNOWN = 20_000
"""Rows, so that nothing is told twice."""


class Reader:
    """One socket's place in the feed. It has no queue: a slow one costs nothing."""

    def __init__(self, agent: AgentId, since: int) -> None:
        self.agent = agent
        self.since = since
        self.news = asyncio.Event()


class Feed:
    """One tenant's events, in one process."""

    def __init__(self, era: str, standing: Mapping[UUID, Standing] | None = None) -> None:
        self.era = era
        """Of this process and tenant: a `seq` says nothing in another one."""
        self.standing = standing or {}
        """How the open requests stood when they were looked at last."""
        self.seq = 0
        self.counts: Counts | None = None
        self._kept: deque[bytes] = deque(maxlen=_KEPT)
        self._rows: dict[UUID, Row] = {}
        self._agents: dict[UUID, AgentView] = {}
        self._tickets: dict[UUID, datetime] = {}
        self._readers: set[Reader] = set()

    @property
    def there(self) -> frozenset[AgentId]:
        """Whose consoles are open."""
        return frozenset(reader.agent for reader in self._readers)

    @property
    def read(self) -> bool:
        """Whether anybody is there."""
        return bool(self._readers)

    def moved(self, standing: Mapping[UUID, Standing]) -> set[UUID]:
        """The conversations whose requests stand otherwise than they did before."""
        before, self.standing = self.standing, standing
        there = before.keys() | standing.keys()
        return {one for one in there if before.get(one) != standing.get(one)}

    def enter(self, reader: Reader) -> None:
        """Wake it with every event from now on."""
        self._readers.add(reader)

    def leave(self, reader: Reader) -> None:
        """Wake it no more."""
        self._readers.discard(reader)

    def has(self, era: str, since: int) -> bool:
        """Whether all events behind a place are still known."""
        return era == self.era and self.seq - len(self._kept) <= since <= self.seq

    def behind(self, since: int) -> list[bytes]:
        """The events behind a place that `has` says is known."""
        missed = self.seq - since
        return [self._kept[at] for at in range(len(self._kept) - missed, len(self._kept))]

    def tell_rows(self, rows: Iterable[Row]) -> None:
        """Those that are not as they were."""
        for row in rows:
            if self._rows.get(row.id) == row:
                continue
            self._rows.pop(row.id, None)
            self._rows[row.id] = row
            if len(self._rows) > _KNOWN:
                del self._rows[next(iter(self._rows))]
            self._tell(ConversationChanged(seq=self.seq + 1, row=row))

    def tell_counts(self, counts: Counts) -> None:
        """If they are others."""
        if counts != self.counts:
            self.counts = counts
            told = CountsChanged(seq=self.seq + 1, waiting=counts.waiting, open=counts.open)
            self._tell(told)

    def tell_agents(self, agents: Iterable[AgentView]) -> None:
        """Those that are not as they were."""
        for agent in agents:
            if self._agents.get(agent.id) != agent:
                self._agents[agent.id] = agent
                self._tell(AgentChanged(seq=self.seq + 1, agent=agent))

    def tell_tickets(self, tickets: Iterable[Ticket]) -> None:
        """Those that have got on since they were told."""
        for ticket, number, conversation, at in tickets:
            if self._tickets.get(ticket) != at:
                self._tickets.pop(ticket, None)
                self._tickets[ticket] = at
                if len(self._tickets) > _KNOWN:
                    del self._tickets[next(iter(self._tickets))]
                self._tell(
                    TicketChanged(
                        seq=self.seq + 1, ticket=ticket, number=number, conversation=conversation
                    )
                )

    def _tell(self, event: Event) -> None:
        self.seq += 1
        self._kept.append(packed(event))
        for reader in self._readers:
            reader.news.set()
