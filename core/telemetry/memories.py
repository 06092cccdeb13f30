"""What a keeper of memories tells of itself, read when Prometheus looks."""

from collections.abc import Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

_OUTCOMES = ("written", "beaten", "failed", "left_out")


class Counted(Protocol):
    """What became of memories, counted since the beginning."""

    written: int
    beaten: int
    failed: int
    left_out: int


class MemoryMetrics(Collector):
    """The counters of one keeper under their name; made once per process."""

    def __init__(self, registry: CollectorRegistry, counted: Counted) -> None:
        self._counted = counted
        registry.register(self)

    def collect(self) -> Iterator[Metric]:
        memories = CounterMetricFamily(
            "switchboard_memories",
            "Versions of memories by what became of them.",
            None,
            ["outcome"],
        )
        for outcome in _OUTCOMES:
            memories.add_metric([outcome], getattr(self._counted, outcome))
        yield memories
