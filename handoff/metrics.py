"""What operators see of the desk."""

from collections.abc import Collection, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from core.domain.ids import TenantId
from handoff.life import Handoff, Move, Offered, Queued, Requested


class DeskMetrics:
    """Counts moves, and says how many wait and for how long."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._moves = Counter(
            "switchboard_handoff_moves_total",
            "What the desk did with requests for a person.",
            ["move"],
            registry=registry,
        )
        self._targets = Counter(
            "switchboard_handoff_targets_total",
            "Targets of answering that came near or were missed.",
            ["target", "level"],
            registry=registry,
        )
        self._waiting = Gauge(
            "switchboard_handoffs_waiting",
            "Customers who wait for a person.",
            registry=registry,
        )
        self._oldest = Gauge(
            "switchboard_handoffs_oldest_seconds",
            "How long the one has waited who has waited longest.",
            registry=registry,
        )
        self._by_tenant: dict[TenantId, tuple[int, float]] = {}

    def moved(self, move: Move) -> None:
        """A move was made by the desk."""
        self._moves.labels(type(move).__name__).inc()

    def target(self, target: str, level: str) -> None:
        """A target came to a level."""
        self._targets.labels(target, level).inc()

    def waits(self, tenant: TenantId, handoffs: Sequence[Handoff], now: datetime) -> None:
        """What a round found."""
        since = [
            one.requested_at
            for one in handoffs
            if isinstance(one.state, Requested | Queued | Offered)
        ]
        oldest_s = (now - min(since)).total_seconds() if since else 0
        self._by_tenant[tenant] = len(since), oldest_s
        self._show()

    def only(self, tenants: Collection[TenantId]) -> None:
        """Nobody waits at any other tenant."""
        for gone in self._by_tenant.keys() - set(tenants):
            del self._by_tenant[gone]
        self._show()

    def _show(self) -> None:
        self._waiting.set(sum(count for count, _ in self._by_tenant.values()))
        self._oldest.set(max((oldest for _, oldest in self._by_tenant.values()), default=0))
