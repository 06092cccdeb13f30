"""What is counted and measured, for Prometheus; no ids and no words in labels."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 45)


class Metrics:
    """The instruments of one process, in a registry of their own.

    Made once by the wiring and passed to whoever counts, so that two services in one process
    (as in tests) do not add up.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = self._counter("turns", "Turns taken.", "channel", "decision")
        self.step_seconds = self._seconds("turn_step_seconds", "Wall time of a step.", "step")
        self.failures = self._counter("failures", "What a loop survived.", "role", "error")
        self.lanes = self._gauge("lanes", "Conversations with a turn in hand or waiting.")
        self.log_lag = self._gauge("log_lag_records", "Unread records.", "group")
        self.dead_letters = self._counter("dead_letters", "Records put aside.", "group")
        self.outbox_rows = self._gauge("outbox_unsent_rows", "Outbox rows without a topic.")
        self.outbox_age = self._gauge("outbox_oldest_seconds", "Age of the oldest of them.")

    def turn(self, channel: str, decision: str, timings_ms: Mapping[str, float]) -> None:
        """Count a stored turn and where its time went."""
        self.turns.labels(channel, decision).inc()
        for step, spent_ms in timings_ms.items():
            self.step_seconds.labels(step).observe(spent_ms / 1000)

    def render(self) -> bytes:
        """All of them, in Prometheus's text format (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)

    def _counter(self, name: str, sentence: str, *labels: str) -> Counter:
        return Counter(f"switchboard_{name}", sentence, labels, registry=self.registry)

    def _gauge(self, name: str, sentence: str, *labels: str) -> Gauge:
        return Gauge(f"switchboard_{name}", sentence, labels, registry=self.registry)

    def _seconds(self, name: str, sentence: str, *labels: str) -> Histogram:
        return Histogram(
            f"switchboard_{name}", sentence, labels, buckets=_SECONDS, registry=self.registry
        )
