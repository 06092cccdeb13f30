"""The chain of all that people and programs did: what is left out or changed later shows.

Every entry is sealed by HMAC-SHA256 over the seal before it and its own canonical JSON, with a key
that does not lie in the database.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from core.domain.ids import TenantId

START = bytes(32)
"""What the first entry of a tenant is sealed with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that was done; ids and settings, never customers' words."""

    act: str
    """As `person.add`, `conversation.take`."""
    object: str
    """As `person:ID`, `conversation:ID`."""
    detail: Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An act in its place."""

    tenant: TenantId
    seq: int
    at: datetime
    actor: str
    act: Act
    mac: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a tenant's chain found."""

    entries: int
    broken: tuple[int, ...]
    """Each `seq` that is missing, changed, or sealed with another key."""


class AuditLog(Protocol):
    """Where entries are kept."""

    async def entries(self, tenant: TenantId, after: int, limit: int) -> Sequence[Entry]:
        """Entries behind a `seq`, in order."""
        ...

    async def verify(self, tenant: TenantId) -> Verdict:
        """Read the whole chain, and hold it against its seals."""
        ...

    async def let_go(self, tenant: TenantId, before: datetime) -> int:
        """Remove entries that are older; the rest of the chain still verifies."""
        ...


class Sealing:
    """Seals and checks entries with the first of several keys, or any of them."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [hashlib.sha256(b"audit\0" + key).digest() for key in keys]

    def seal(self, before: bytes, entry: bytes) -> bytes:
        """The seal of an entry behind another one's."""
        return _mac(self._keys[0], before, entry)

    def fits(self, before: bytes, entry: bytes, mac: bytes) -> bool:
        """Whether one of the keys gives this seal."""
        return any(hmac.compare_digest(_mac(key, before, entry), mac) for key in self._keys)


def canonical(tenant: TenantId, seq: int, at: datetime, actor: str, act: Act) -> bytes:
    """An entry as bytes that are the same for the same entry, whoever writes them."""
    whole = {
        "tenant": tenant,
        "seq": seq,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "act": act.act,
        "object": act.object,
        "detail": dict(act.detail),
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _mac(key: bytes, before: bytes, entry: bytes) -> bytes:
    return hmac.digest(key, before + entry, "sha256")
