"""How often an answer need not be written, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter


class AnswerCacheMetrics:
    """The instrument; made once per process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._looks = Counter(
            "switchboard_answer_cache_looks",
            "Questions that may have been answered before: exact, similar or miss.",
            ("result",),
            registry=registry,
        )

    def looked(self, result: str) -> None:
        """Count a look into the cache: `exact`, `similar` or `miss`."""
        self._looks.labels(result).inc()
