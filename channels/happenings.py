"""What happens on a platform, as `parse` finds it: the same values for every channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from channels.ratings import Rating, TalkRating
from core.domain.customers import Profile
from core.domain.ids import CustomerId, EventId, HandoffId


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that lies on the platform."""

    native: str
    """What it is fetched by: an address, or the platform's id."""
    name: str
    media_type: str = ""
    """As the platform says; empty where it does not."""
    size: int | None = None
    """In bytes, as the platform says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A customer said something."""

    address: str
    """Where on the channel, beginning with the account's name: the same address is the same
    conversation."""
    customer: CustomerId
    event: EventId
    """The same for a redelivery and for a twin of the message, and for nothing else."""
    text: str
    """Words; empty where there are only files."""
    at: datetime
    files: tuple[File, ...] = ()
    route: Mapping[str, str] = field(default_factory=dict)
    """What an answer needs beside the address; the latest is kept with the conversation."""
    language: str = ""
    """The customer's, as the platform knows it, as `en` or `zh-hans`."""
    profile: Profile | None = None
    """Who says it; None where the platform tells an id and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A customer changed what they had said."""

    address: str
    event: EventId
    """Of what they had said."""
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A customer took back what they had said."""

    address: str
    event: EventId
    """Of what they had said."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A customer judged an answer."""

    address: str
    rating: Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRated:
    """Somebody judged a talk with a person."""

    address: str
    customer: CustomerId
    """Who did: in a group it may be another one than whose talk it was."""
    rating: TalkRating


@dataclass(frozen=True, slots=True, kw_only=True)
class BotWanted:
    """Somebody pressed the button that takes a request for a person back."""

    address: str
    customer: CustomerId
    """Who did, as in `TalkRated`."""
    handoff: HandoffId


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWanted:
    """A customer pressed the button for a person."""

    address: str
    customer: CustomerId
    event: EventId
    at: datetime
    language: str = ""
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeted:
    """A customer opened the chat, and has said nothing yet."""

    address: str
    customer: CustomerId
    route: Mapping[str, str] = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Nothing can be brought to these addresses any more: the bot was blocked, or removed."""

    address: str
    """Or the beginning of several, which ends with the separator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """Messages can be brought there again."""

    address: str
    """Or the beginning of several, which ends with the separator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was at addresses that begin so is at others now."""

    before: str
    after: str


Happening = (
    Said | Edited | Deleted | Rated | TalkRated | BotWanted | PersonWanted | Greeted | Closed
    | Reopened | Moved
)  # fmt: skip
