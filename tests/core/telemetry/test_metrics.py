"""Metrics: a registry per service, and nothing in a label that names a person."""

import re

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


def test_no_label_is_an_id() -> None:
    metrics = Metrics()
    metrics.turn("web", "reply", {"answer": 12.5})
    metrics.failures.labels("worker", "ModelUnavailable").inc()

    labels = set(re.findall(r"[{,]([a-z]+)=", metrics.render().decode()))

    assert labels <= {"channel", "decision", "step", "role", "error", "group", "le"}
