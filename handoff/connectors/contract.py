"""What every connector does, and how it can fail.

RemoteError
├── RemoteAway       it was certainly not taken; try again when the tracker is back
│   └── RemoteBusy   and not before `retry_after_s`
├── RemoteUnknown    it may have been taken or not: look for the marker before trying again
└── RemoteRefused    an operator must look: a key, a field, a right
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.errors import SwitchboardError
from core.domain.tickets import Priority
from handoff.tickets.ticket import State


class RemoteError(SwitchboardError):
    """A tracker did not do what it was asked."""


class RemoteAway(RemoteError):
    """The tracker cannot be reached."""


class RemoteBusy(RemoteAway):
    """The tracker wants to be left alone for a while."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class RemoteUnknown(RemoteError):
    """The tracker was asked and did not say whether it has done it."""

    def __init__(self, message: str = "", retry_after_s: float = 0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class RemoteRefused(RemoteError):
    """The tracker refuses; the sentence names a status and fields, nobody's words."""


class HookRefused(RemoteError):
    """A call that claims to come from the tracker, and does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A ticket as it is to be there."""

    marker: str
    """What it is found by if nobody knows whether it was created."""
    number: int
    title: str
    text: str
    """Plain text, paragraphs divided by empty lines."""
    category: str
    priority: Priority
    fields: Mapping[str, str]
    """Each of `mapping.SOURCES` by its name, for fields of an operator's own."""
    email: str = ""
    name: str = ""
    """What the customer is called; empty is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """An issue of the tracker."""

    id: str
    label: str
    """As people call it there."""
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A comment as it is to be there."""

    id: UUID
    text: str
    public: bool

    @property
    def marker(self) -> str:
        """What it is found by if nobody knows whether it arrived."""
        return f"sb-{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A public comment of somebody there."""

    id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How an issue is."""

    state: State
    at: datetime | None = None
    """When it became so, where states come without being asked for."""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a call of the tracker's says."""

    remote: str
    """The issue it is about; empty for a call that is about none."""
    status: Status | None = None
    """Where the tracker cannot be asked; otherwise it is, and its answer counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    good: bool
    says: str


class Connector(Protocol):
    """One tracker; each call raises RemoteError of the kinds above."""

    async def find(self, marker: str) -> Remote | None:
        """The issue with this marker; the oldest one if there are several."""
        ...

    async def create(self, issue: Issue) -> Remote:
        """A new issue with its marker, each time it is called."""
        ...

    async def said(self, remote: str, note: Note) -> bool:
        """Whether the note's marker is among the issue's comments."""
        ...

    async def comment(self, remote: str, note: Note) -> None:
        """A new comment, each time it is called."""
        ...

    async def close(self, remote: str) -> None:
        """Mark it as done; one that is done already stays so."""
        ...

    async def reopen(self, remote: str) -> None:
        """Take that back; one that is open stays so."""
        ...

    async def look(self, remote: str) -> Status | None:
        """How it is now; None where the tracker cannot be asked."""
        ...

    def hear(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Heard:
        """What a call of the tracker's says.

        Raises:
            HookRefused: it is not signed as it must be, is too old, or cannot be read.
        """
        ...

    async def check(self) -> Sequence[Finding]:
        """Ask who we are there, and whether all that the file names exists."""
        ...
