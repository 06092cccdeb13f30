"""How calls of tools end, for Prometheus; tools by the names that the operator gave them."""

from prometheus_client import CollectorRegistry, Counter


class ToolMetrics:
    """The instrument; made once per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._calls = Counter(
            "switchboard_tool_calls",
            "Calls of tools, by how they ended.",
            ("tool", "outcome"),
            registry=registry,
        )

    def ended(self, tool: str, outcome: str) -> None:
        """Count a call: done, failed, unknown or refused."""
        self._calls.labels(tool, outcome).inc()
