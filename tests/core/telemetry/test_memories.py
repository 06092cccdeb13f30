"""What is seen of a keeper."""

from prometheus_client import CollectorRegistry

from core.memory.keeper import Outcomes
from core.telemetry.memories import MemoryMetrics


def test_a_keeper_is_read_when_somebody_looks() -> None:
    registry, outcomes = CollectorRegistry(), Outcomes()
    MemoryMetrics(registry, outcomes)

    outcomes.written, outcomes.failed = 3, 1

    seen = {
        name: registry.get_sample_value("switchboard_memories_total", {"outcome": name})
        for name in ("written", "beaten", "failed", "left_out")
    }
    assert seen == {"written": 3, "beaten": 0, "failed": 1, "left_out": 0}
