"""Metrics: a registry per service, and nothing in a label that names a person."""

import re
from dataclasses import dataclass

from core.telemetry.metrics import Metrics


def test_two_services_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()

    first.turn("web", "reply", {"answer": 12.5})

    assert b'switchboard_turns_total{channel="web",decision="reply"} 1.0' in first.render()
    assert b"switchboard_turns_total{" not in second.render()


def test_a_step_s_time_is_measured_in_seconds() -> None:
    metrics = Metrics()

    metrics.turn("web", "reply", {"answer": 12.5})

    assert b'switchboard_turn_step_seconds_sum{step="answer"} 0.0125' in metrics.render()


@dataclass
class FakeOutcomes:
    handled: int = 7
    retried: int = 0
    refused: int = 1
    parked: int = 0


@dataclass
class FakeWorker:
    outcomes: FakeOutcomes
    lanes: int = 3
    paused: int = 0
    oldest_uncommitted_s: float = 1.5


def test_a_worker_is_read_when_somebody_looks() -> None:
    metrics, worker = Metrics(), FakeWorker(FakeOutcomes())
    metrics.watch("core", worker)

    worker.outcomes.handled = 8

    shown = metrics.render()
    assert b'switchboard_records_total{group="core",outcome="handled"} 8.0' in shown
    assert b'switchboard_lanes{group="core"} 3.0' in shown
    assert b'switchboard_oldest_uncommitted_seconds{group="core"} 1.5' in shown


def test_no_label_is_an_id() -> None:
    metrics = Metrics()
    metrics.turn("web", "reply", {"answer": 12.5})
    metrics.watch("core", FakeWorker(FakeOutcomes()))

    labels = set(re.findall(r"[{,]([a-z]+)=", metrics.render().decode()))

    assert labels == {"channel", "decision", "step", "le", "group", "outcome"}
