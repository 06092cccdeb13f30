"""What operators see of trackers."""

from prometheus_client import CollectorRegistry, Counter


class TrackerMetrics:
    """Counts how visits to trackers end."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._visits = Counter(
            "switchboard_tracker_visits_total",
            "Visits to trackers of tickets, by how they ended.",
            ["kind", "outcome"],
            registry=registry,
        )

    def visited(self, kind: str, outcome: str) -> None:
        """One visit: done, busy, refused, away (or nobody knows), failed."""
        self._visits.labels(kind, outcome).inc()
