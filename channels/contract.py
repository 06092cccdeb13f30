"""What a channel is.

On the way in a channel verifies that a request is genuine and parses it; on the way out it
renders a stored message into what the platform takes, and sends that. web and api pull: their
customers read the transcript themselves, so sending is a wake-up.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from channels.accounts import Account
from channels.happenings import Happening
from core.domain.errors import MessageRefused, TenantNotFound
from core.domain.events import MessageSent
from core.domain.ids import TenantId
from core.domain.messages import Message

MAX_TEXT = 4000
"""Characters of one customer's message, on every channel."""
_TENANT = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# Postgres stores no U+0000 and no page shows the others; tab, line feed and return stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can show; who renders asks here, never for the channel's name."""

    max_text: int
    """Characters of one segment."""
    streams: bool
    """Shows an answer while it is written."""
    edits: bool
    """Can change what was sent."""
    buttons: bool
    threads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the platform answered to one sending."""

    native_ids: tuple[str, ...] = ()
    """The platform's own ids of what now stands there; empty where the customer pulls."""


class Verify(Protocol):
    """Tells genuine requests from others."""

    def __call__(
        self, headers: Mapping[str, str], body: bytes, account: Account, now: datetime
    ) -> bool:
        """True when the request comes from the platform; one changed byte makes it False."""
        ...


class Parse(Protocol):
    """Reads a platform's request."""

    def __call__(self, body: bytes, account: Account) -> tuple[Happening, ...]:
        """What happened by it, in order; empty for what concerns nobody.

        Any body of a genuine request is read, of future versions, too: what is not understood
        is left out, and nothing is raised.
        """
        ...


Segment_co = TypeVar("Segment_co", covariant=True)


class Render(Protocol, Generic[Segment_co]):
    """Turns a stored message into what the platform takes."""

    def __call__(self, message: Message) -> tuple[Segment_co, ...]:
        """In order; joined they are the message, and none exceeds the channel's `max_text`."""
        ...


Note = Callable[[Receipt], Awaitable[None]]
"""Told, after each segment that is not the last, what stands there by then; it returns when that
is stored, and only then may the next segment be sent.

Raises:
    RetryableError: it is not stored, or the message is another dispatcher's by now. Send nothing
        more, and let the error pass.
"""


class Reconcile(Protocol):
    """Finds out from the platform itself what became of an unknown sending."""

    async def __call__(self, sent: MessageSent, before: Receipt) -> Receipt | None:
        """What stands there of the message, `before` included; None when there is nothing more.

        It is asked some time after the sending broke off; a platform that shows late what it
        took must be given that time here.

        Raises:
            RetryableError: the platform cannot be asked now; it will be asked again before
                anything is sent.
            DeliveryRefused: this platform, or this account, never answers that.
        """
        ...


class Delivers(Protocol):
    """Brings one stored message out; what the dispatcher knows of a channel.

    A channel says three things about itself here: what it can show, how it sends, and whether it
    can be asked afterwards what it has.
    """

    @property
    def reconcile(self) -> Reconcile | None:
        """None for a platform that cannot be asked; an unknown sending is sent again then."""
        ...

    async def deliver(self, sent: MessageSent, before: Receipt, note: Note) -> Receipt:
        """Send what `before` does not show as sent already, in order.

        Each segment of the message is one native message, and one native call ends within 20
        seconds. Called with a `before` that is complete it sends nothing.

        Returns:
            What stands there now, `before` included.

        Raises:
            DeliveryDelayed: the platform asks to wait, or could not be reached at all: of the
                segment in hand nothing was sent.
            DeliveryRefused: the platform said that it will never take it; nothing of the segment
                in hand was sent.
            DeliveryUnknown: it was asked, and did not answer. Whatever else is raised is taken
                for this, too.
        """
        ...

    async def revise(self, sent: MessageSent, before: Receipt) -> Receipt:
        """Let what stands there read as the message does now; one that is withdrawn goes.

        What cannot be changed any more is corrected by a message behind it. Done again it changes
        nothing.

        Returns:
            What stands there now.

        Raises:
            DeliveryDelayed, DeliveryRefused, DeliveryUnknown: as `deliver` does.
        """
        ...


def checked_text(text: str) -> str:
    """A customer's words as they may be stored, outer white space gone.

    Control characters become U+FFFD, so that what is visible stays where it was.

    Raises:
        MessageRefused: empty, or longer than `MAX_TEXT` characters.
    """
    clean = printable(text).strip()
    if not clean:
        raise MessageRefused("The message is empty.")
    if len(clean) > MAX_TEXT:
        raise MessageRefused(f"The message is longer than {MAX_TEXT} characters.")
    return clean


def printable(text: str) -> str:
    """The text with control characters replaced by U+FFFD."""
    return _CONTROL.sub("\ufffd", text)


def tenant_named(name: str) -> TenantId:
    """The tenant's id, if it could be one.

    Raises:
        TenantNotFound: no tenant can have such a name.
    """
    if not _TENANT.fullmatch(name):
        raise TenantNotFound
    return TenantId(name)
