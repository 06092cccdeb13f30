"""How an operator's hooks fare, for Prometheus; by the names that the operator gave them."""

from prometheus_client import CollectorRegistry, Counter


class HookMetrics:
    """The instrument; made once per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "switchboard_hook_calls",
            "Calls of hooks, by what came of them.",
            ("hook", "step", "outcome"),
            registry=registry,
        )

    def ended(self, hook: str, step: str, outcome: str) -> None:
        """Count a call: changed, unchanged, late, refused or failed."""
        self._calls.labels(hook, step, outcome).inc()
