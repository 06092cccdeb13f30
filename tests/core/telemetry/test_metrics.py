"""Metrics: a registry per service, and nothing in a label that names a person."""

from core.telemetry.metrics import Metrics


def test_two_services_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()

    first.turns.labels(channel="web", decision="reply").inc()

    assert b'switchboard_turns_total{channel="web",decision="reply"} 1.0' in first.render()
    assert b"switchboard_turns_total{" not in second.render()


def test_no_label_is_an_id() -> None:
    allowed = {
        "channel",
        "decision",
        "step",
        "reason",
        "group",
        "topic",
        "route",
        "method",
        "status",
    }

    names = {
        name
        for collector in Metrics().registry._collector_to_names
        for name in getattr(collector, "_labelnames", ())
    }

    assert names <= allowed
