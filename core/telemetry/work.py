"""What workers and relays tell of themselves, read when Prometheus looks.

They count for themselves anyway; here it gets its names.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.event_log import Partition

_OUTCOMES = ("handled", "retried", "refused", "parked")


class Counted(Protocol):
    """What became of a worker's records, counted since its beginning."""

    handled: int
    retried: int
    refused: int
    parked: int


class AtWork(Protocol):
    """What a worker tells of itself."""

    commit_failures: int
    revoked: int
    lost: int

    @property
    def outcomes(self) -> Counted: ...

    @property
    def lanes(self) -> int: ...

    @property
    def unfinished(self) -> int: ...

    @property
    def paused(self) -> int: ...

    @property
    def oldest_uncommitted_s(self) -> float: ...


class Moving(Protocol):
    """What a relay tells of itself."""

    moved: int
    failures: int


class Work(Collector):
    """The workers of one process by their groups, its relays, and how far behind they are."""

    def __init__(self) -> None:
        self.workers: dict[str, AtWork] = {}
        self.relays: list[Moving] = []
        self.behind: dict[str, Mapping[Partition, int]] = {}
        """Records behind the committed positions, by group, as they were seen last."""

    def collect(self) -> Iterator[Metric]:
        yield from self._counters()
        yield from self._gauges()

    def _counters(self) -> Iterator[Metric]:
        records = _counter("records", "Records by what became of them.", "group", "outcome")
        commits = _counter("commit_failures", "Commits that failed; a later one does it.", "group")
        moves = _counter("rebalances", "Times that partitions went to others.", "group", "how")
        for group, worker in self.workers.items():
            for outcome in _OUTCOMES:
                records.add_metric((group, outcome), getattr(worker.outcomes, outcome))
            commits.add_metric((group,), worker.commit_failures)
            moves.add_metric((group, "given"), worker.revoked)
            moves.add_metric((group, "lost"), worker.lost)
        yield from (records, commits, moves)
        rows = _counter("relay_rows", "Rows brought from the outbox into the log.")
        failures = _counter("relay_failures", "Passes of the relay that moved nothing.")
        rows.add_metric((), sum(relay.moved for relay in self.relays))
        failures.add_metric((), sum(relay.failures for relay in self.relays))
        yield from (rows, failures)

    def _gauges(self) -> Iterator[Metric]:
        for name, sentence, measured in _BY_GROUP:
            gauge = _gauge(name, sentence, "group")
            for group, worker in self.workers.items():
                gauge.add_metric((group,), measured(worker))
            yield gauge
        lag = _gauge(
            "log_lag_records", "Records not yet committed.", "group", "topic", "partition"
        )
        for group, behind in self.behind.items():
            for partition, records in behind.items():
                lag.add_metric((group, partition.topic, str(partition.number)), records)
        yield lag


_BY_GROUP: Iterable[tuple[str, str, Callable[[AtWork], float]]] = (
    ("lanes", "Conversations with a record in hand or waiting.", lambda one: one.lanes),
    ("lane_records", "Records in hand or waiting in lanes.", lambda one: one.unfinished),
    ("paused_partitions", "Partitions not read, for too much is unfinished.",
     lambda one: one.paused),
    ("oldest_uncommitted_seconds", "Age of the oldest unfinished record.",
     lambda one: one.oldest_uncommitted_s),
)  # fmt: skip


def _counter(name: str, sentence: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"switchboard_{name}", sentence, labels=labels)


def _gauge(name: str, sentence: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"switchboard_{name}", sentence, labels=labels)
