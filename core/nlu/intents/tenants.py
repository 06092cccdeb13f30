"""Takes messages for the intents of their tenant, by the head that was trained last."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from core.domain.errors import StoreUnavailable
from core.domain.ids import TenantId
from core.nlu.intents.artefact import ArtefactRefused
from core.nlu.intents.trained import Trained
from core.nlu.ports import JudgesIntents, Meant, Vectors

_log = structlog.get_logger(__name__)
_MOST_TENANTS = 200
"""Whose heads are kept in memory; those that were asked for longest ago go."""


class KeepsHeads(Protocol):
    """Where every tenant's head is kept."""

    async def stamp(self, tenant: TenantId) -> str | None:
        """Another one after every change; None for a tenant that has put nothing."""
        ...

    async def trained(self, tenant: TenantId) -> Trained | None:
        """The head with its catalogue; None without a head.

        Raises:
            ArtefactRefused: another version trained it.
        """
        ...


@dataclass(slots=True)
class _Known:
    """What was read of a tenant."""

    trained: Trained | None = None
    stamp: str | None = None
    is_read: bool = False
    good_until: float = float("-inf")
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class TenantHeads(JudgesIntents):
    """Each tenant's own head, or the one of the starter set for whoever has trained none.

    A head that another version wrote, or whose vectors are of another embedder, says nothing.
    """

    def __init__(
        self, kept: KeepsHeads, starter: Trained, embedder: str, recheck_s: float = 3.0
    ) -> None:
        """Read nothing yet.

        Args:
            kept: where heads are.
            starter: trained with the embedder.
            embedder: the version of the one whose vectors come with messages.
            recheck_s: how long a head is used before its stamp is looked at again.
        """
        self._kept = kept
        self._starter = starter
        self._embedder = embedder
        self._recheck_s = recheck_s
        self._known: OrderedDict[TenantId, _Known] = OrderedDict()

    async def guess(
        self,
        tenant: TenantId,
        texts: Sequence[str],
        languages: Sequence[str],
        vectors: Vectors | None,
    ) -> tuple[Meant | None, ...]:
        trained = await self.trained(tenant)
        if trained is None:
            return (None,) * len(texts)
        return trained.judge(texts, languages, vectors)

    async def trained(self, tenant: TenantId) -> Trained | None:
        """The head that judges for a tenant now, with its catalogue."""
        known = self._known.setdefault(tenant, _Known())
        self._known.move_to_end(tenant)
        if len(self._known) > _MOST_TENANTS:
            self._known.popitem(last=False)
        now = asyncio.get_running_loop().time
        if now() >= known.good_until:
            async with known.reading:
                if now() >= known.good_until:
                    await self._look(tenant, known)
                    known.good_until = now() + self._recheck_s
        return known.trained

    async def _look(self, tenant: TenantId, known: _Known) -> None:
        """Read what has changed; what is known stays while the database is away."""
        try:
            stamp = await self._kept.stamp(tenant)
            if not known.is_read or stamp != known.stamp:
                known.trained = await self._read(tenant)
                known.stamp, known.is_read = stamp, True
        except StoreUnavailable:
            _log.warning("intents cannot be read", tenant=tenant)

    async def _read(self, tenant: TenantId) -> Trained | None:
        with suppress(ArtefactRefused):
            own = await self._kept.trained(tenant)
            if own is None:
                return self._starter
            if own.head.embedder == self._embedder:
                return own
        _log.warning("intents must be trained again", tenant=tenant)
        return None
