"""Metrics: a registry per service, and nothing in a label that names a person."""

import re
from dataclasses import dataclass, field

from core.event_log import Partition
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


def test_a_turn_s_time_is_that_of_its_steps() -> None:
    metrics = Metrics()

    metrics.turn("web", "reply", {"answer": 1000, "remember": 500})
    metrics.turn("web", "decline", {})  # given up

    assert b"switchboard_turn_seconds_sum 1.5" in metrics.render()
    assert b"switchboard_turn_seconds_count 1.0" in metrics.render()


def test_what_was_begun_for_nothing_is_counted() -> None:
    metrics = Metrics()

    metrics.thrown_away(2, 40)
    metrics.thrown_away(0, 0)

    assert b"switchboard_turn_interruptions_total 2.0" in metrics.render()
    assert b"switchboard_wasted_characters_total 40.0" in metrics.render()


def test_messages_answered_together_are_counted() -> None:
    metrics = Metrics()

    metrics.turn("web", "reply", {}, messages=3)
    metrics.turn("web", "reply", {})

    assert b"switchboard_messages_joined_total 2.0" in metrics.render()


@dataclass
class FakeOutcomes:
    handled: int = 7
    retried: int = 0
    refused: int = 1
    parked: int = 0


@dataclass
class FakeWorker:
    outcomes: FakeOutcomes = field(default_factory=FakeOutcomes)
    lanes: int = 3
    unfinished: int = 5
    paused: int = 0
    oldest_uncommitted_s: float = 1.5
    commit_failures: int = 2
    revoked: int = 1
    lost: int = 4


@dataclass
class FakeRelay:
    moved: int
    failures: int


def test_a_worker_is_read_when_somebody_looks() -> None:
    metrics, worker = Metrics(), FakeWorker()
    metrics.work.workers["core"] = worker

    worker.outcomes.handled = 8

    shown = metrics.render()
    assert b'switchboard_records_total{group="core",outcome="handled"} 8.0' in shown
    assert b'switchboard_lanes{group="core"} 3.0' in shown
    assert b'switchboard_lane_records{group="core"} 5.0' in shown
    assert b'switchboard_oldest_uncommitted_seconds{group="core"} 1.5' in shown
    assert b'switchboard_commit_failures_total{group="core"} 2.0' in shown
    assert b'switchboard_rebalances_total{group="core",how="given"} 1.0' in shown
    assert b'switchboard_rebalances_total{group="core",how="lost"} 4.0' in shown


def test_relays_are_added_up() -> None:
    metrics = Metrics()
    metrics.work.relays += [FakeRelay(moved=3, failures=1), FakeRelay(moved=4, failures=0)]

    shown = metrics.render()

    assert b"switchboard_relay_rows_total 7.0" in shown
    assert b"switchboard_relay_failures_total 1.0" in shown


def test_the_lag_of_a_partition_goes_when_the_partition_goes() -> None:
    metrics = Metrics()
    metrics.work.behind["core"] = {Partition("inbound", 0): 2, Partition("inbound", 1): 9}

    metrics.work.behind["core"] = {Partition("inbound", 1): 1}

    lags = [line for line in metrics.render().decode().splitlines() if "lag_records{" in line]
    assert lags == ['switchboard_log_lag_records{group="core",partition="1",topic="inbound"} 1.0']


def test_no_label_is_an_id() -> None:
    metrics = Metrics()
    metrics.turn("web", "reply", {"answer": 12.5})
    metrics.work.workers["core"] = FakeWorker()
    metrics.work.behind["core"] = {Partition("inbound", 0): 2}
    metrics.events.labels("rating.given").inc()

    labels = set(re.findall(r"[{,]([a-z]+)=", metrics.render().decode()))

    assert labels == {
        *("channel", "decision", "step", "le", "type"),
        *("group", "outcome", "how", "topic", "partition"),
    }
