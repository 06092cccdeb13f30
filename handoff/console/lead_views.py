"""What a lead is shown of the desk, as it goes over the wire; the page has it in views.ts."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

Slice = Literal[
    "requested",
    "accepted",
    "waiting",
    "talking",
    "completed",
    "abandoned",
    "nobody_free",
    "out_of_hours",
    "missed",
    "rated_up",
    "rated_down",
    "unrated",
]
"""A part of a day's requests. Of `waiting`, `talking`, `completed`, `abandoned`, `nobody_free` and
`out_of_hours` each request is in one; of `rated_up`, `rated_down` and `unrated` each completed one
is in one; `accepted` and `missed` cut across."""


class Waiter(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who waits for a person."""

    conversation: UUID
    customer: str
    customer_name: str
    channel: str
    language: str
    reason: str
    team: str
    skills: list[str]
    priority: int
    requested_at: datetime
    asked: str | None
    """Who has it on offer."""
    until: datetime | None
    """Of the offer."""
    position: int | None
    """In the order in which they are served, from 1; null for one on offer."""
    expected_s: float | None
    """How long it usually takes from there; null when too few talks began to tell."""


class TalkNow(msgspec.Struct, frozen=True, kw_only=True):
    """A talk of an agent."""

    conversation: UUID
    customer: str
    customer_name: str
    channel: str
    since: datetime
    """When an agent first took it."""
    snoozed: bool
    """Put away for a time; it fills its agent again when it is back."""


class AgentNow(msgspec.Struct, frozen=True, kw_only=True):
    """An agent, with what they have; the longest open talk first."""

    id: UUID
    name: str
    presence: str
    draining: bool
    capacity: int
    teams: list[str]
    languages: list[str]
    talks: list[TalkNow]
    offers: int


class RiskNow(msgspec.Struct, frozen=True, kw_only=True):
    """A target that is near or missed, and not yet met."""

    conversation: UUID
    customer: str
    customer_name: str
    channel: str
    agent: str | None
    target: Literal["first", "next", "resolution"]
    level: Literal["near", "missed"]
    due_at: datetime


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A day's requests for a person in numbers; its hours are those of the desk's zone."""

    day: date
    begins: datetime
    ends: datetime
    numbers: dict[str, int]
    """By slice; each is there."""
    median_s: float | None
    """How long those waited that were accepted; null when nobody was."""
    p95_s: float | None


class OverviewView(msgspec.Struct, frozen=True, kw_only=True):
    """The desk at a moment."""

    at: datetime
    waiting: list[Waiter]
    """The longest waiting first."""
    agents: list[AgentNow]
    others: list[TalkNow]
    """Talks of agents who work here no more."""
    risks: list[RiskNow]
    """The first due first."""
    teams: list[str]
    today: Day


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a person, as a list behind a number shows it."""

    handoff: UUID
    conversation: UUID
    customer: str
    customer_name: str
    channel: str
    outcome: Literal["waiting", "talking", "completed", "abandoned", "nobody_free", "out_of_hours"]
    agent: str | None
    reason: str
    team: str
    priority: int
    requested_at: datetime
    taken_at: datetime | None
    ended_at: datetime | None
    wait_s: float | None
    """Until an agent took it."""
    thumb: Literal["up", "down"] | None
    """What the customer thinks of the talk, and why, in their own words."""
    why: str | None
    comment: str | None


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """What lies behind a number."""

    n: int
    """The number itself."""
    requests: list[Asked]
    next: str | None
    """For `after` of the next page."""
