"""What the pages are shown of canned replies, as it goes over the wire."""

from datetime import datetime
from uuid import UUID

import msgspec


class CannedView(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that lies ready."""

    id: UUID
    shortcut: str
    title: str
    texts: dict[str, str]
    scope: str
    uses: int
    used_at: datetime | None


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Where a reply has a name that nobody knows, in UTF-16 units."""

    name: str
    start: int = msgspec.field(name="from")
    end: int = msgspec.field(name="to")


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A reply with the names filled that are known."""

    text: str
    language: str
    gaps: list[Gap]
