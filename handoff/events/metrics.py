"""What operators see of other desks."""

from prometheus_client import CollectorRegistry, Counter


class EventMetrics:
    """Counts how calls to other desks end."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "switchboard_handoff_event_calls_total",
            "Calls that tell other desks of handoffs, by how they ended.",
            ["kind", "outcome"],
            registry=registry,
        )

    def called(self, kind: str, outcome: str) -> None:
        """One call: told, busy, refused, away (or nobody knows), failed."""
        self._calls.labels(kind, outcome).inc()
