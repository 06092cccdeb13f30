"""What is counted and measured, for Prometheus; no ids and no words in labels."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 45)


class Counted(Protocol):
    """What became of a worker's records, counted since its beginning."""

    handled: int
    retried: int
    refused: int
    parked: int


class AtWork(Protocol):
    """What a worker tells of itself."""

    @property
    def outcomes(self) -> Counted: ...

    @property
    def lanes(self) -> int: ...

    @property
    def paused(self) -> int: ...

    @property
    def oldest_uncommitted_s(self) -> float: ...


class _Workers(Collector):
    """Reads the workers when Prometheus looks, so that they need not count twice."""

    def __init__(self, workers: Mapping[str, AtWork]) -> None:
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        records = CounterMetricFamily(
            "switchboard_records", "Records by what became of them.", labels=("group", "outcome")
        )
        lanes, paused, oldest = (
            GaugeMetricFamily(f"switchboard_{name}", sentence, labels=("group",))
            for name, sentence in (
                ("lanes", "Conversations with a record in hand or waiting."),
                ("paused_partitions", "Partitions not read, for too much is unfinished."),
                ("oldest_uncommitted_seconds", "Age of the oldest unfinished record."),
            )
        )
        for group, worker in self._workers.items():
            for outcome in ("handled", "retried", "refused", "parked"):
                records.add_metric((group, outcome), getattr(worker.outcomes, outcome))
            lanes.add_metric((group,), worker.lanes)
            paused.add_metric((group,), worker.paused)
            oldest.add_metric((group,), worker.oldest_uncommitted_s)
        yield from (records, lanes, paused, oldest)


class Metrics:
    """The instruments of one process, in a registry of their own.

    Made once by the wiring and passed to whoever counts, so that two services in one process
    (as in tests) do not add up.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.turns = self._counter("turns", "Turns taken.", "channel", "decision")
        self.joined = self._counter(
            "turn_interruptions", "Passes thrown away because the customer said more."
        )
        self.wasted = self._counter("wasted_characters", "Characters written in such passes.")
        self.step_seconds = self._seconds("turn_step_seconds", "Wall time of a step.", "step")
        self.log_lag = self._gauge("log_lag_records", "Unread records.", "group")
        self.outbox_rows = self._gauge("outbox_unsent_rows", "Outbox rows without a topic.")
        self.outbox_age = self._gauge("outbox_oldest_seconds", "Age of the oldest of them.")
        self.dead_letters = self._gauge("dead_letters_open", "Letters that wait for a decision.")
        self.events = self._counter("events", "Events that the desk has heard of.", "type")
        self.live_drops = self._counter(
            "live_drops", "Live signs that other processes were not told."
        )
        self._workers: dict[str, AtWork] = {}
        self.registry.register(_Workers(self._workers))

    def watch(self, group: str, worker: AtWork) -> None:
        """Show what this worker has done and has in hand, at every look."""
        self._workers[group] = worker

    def turn(self, channel: str, decision: str, timings_ms: Mapping[str, float]) -> None:
        """Count a stored turn and where its time went."""
        self.turns.labels(channel, decision).inc()
        for step, spent_ms in timings_ms.items():
            self.step_seconds.labels(step).observe(spent_ms / 1000)

    def thrown_away(self, passes: int, characters: int) -> None:
        """Count what a stored turn had begun before, for nothing."""
        self.joined.inc(passes)
        self.wasted.inc(characters)

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
