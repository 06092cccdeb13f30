"""What is counted and measured, for Prometheus; no ids and no words in labels."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STEP_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 45)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The instruments of one process, in a registry of their own.

    Made once by the wiring and passed to whoever counts, so that two services in one process
    (as in tests) do not add up.
    """

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    turns: Counter = field(init=False)
    """Turns taken, by `channel` and `decision`."""
    turn_step_seconds: Histogram = field(init=False)
    """Wall time of each `step` of a turn."""
    turn_failures: Counter = field(init=False)
    """Turns that could not be finished, by `reason`: the class of the error."""
    lanes: Gauge = field(init=False)
    """Conversations that have a turn in hand or waiting in this worker."""
    log_lag: Gauge = field(init=False)
    """Records behind the committed position, by `group` and `topic`."""
    dead_letters: Counter = field(init=False)
    """Records put aside as unusable, by the `topic` they came from."""
    outbox_unsent: Gauge = field(init=False)
    """Outbox rows that no topic has yet."""
    outbox_oldest_seconds: Gauge = field(init=False)
    """Age of the oldest of them: the best single alarm."""
    sockets: Gauge = field(init=False)
    """Open widget sockets."""
    http_requests: Counter = field(init=False)
    """Answered requests, by `route` (the pattern, not the path), `method` and `status`."""
    http_seconds: Histogram = field(init=False)
    """Time to the end of the answer, by `route`; streams and sockets are left out."""

    def __post_init__(self) -> None:
        into = self.registry
        instruments = {
            "turns": Counter(
                "switchboard_turns", "Turns taken.", ("channel", "decision"), registry=into
            ),
            "turn_step_seconds": Histogram(
                "switchboard_turn_step_seconds",
                "Wall time of each step of a turn.",
                ("step",),
                buckets=_STEP_SECONDS,
                registry=into,
            ),
            "turn_failures": Counter(
                "switchboard_turn_failures", "Unfinished turns.", ("reason",), registry=into
            ),
            "lanes": Gauge("switchboard_lanes", "Busy conversations.", registry=into),
            "log_lag": Gauge(
                "switchboard_log_lag_records", "Unread records.", ("group", "topic"), registry=into
            ),
            "dead_letters": Counter(
                "switchboard_dead_letters", "Unusable records.", ("topic",), registry=into
            ),
            "outbox_unsent": Gauge(
                "switchboard_outbox_unsent_rows", "Unsent rows.", registry=into
            ),
            "outbox_oldest_seconds": Gauge(
                "switchboard_outbox_oldest_seconds", "Age of the oldest unsent row.", registry=into
            ),
            "sockets": Gauge("switchboard_sockets", "Open widget sockets.", registry=into),
            "http_requests": Counter(
                "switchboard_http_requests",
                "Answered requests.",
                ("route", "method", "status"),
                registry=into,
            ),
            "http_seconds": Histogram(
                "switchboard_http_seconds",
                "Time to the end of the answer.",
                ("route",),
                buckets=_STEP_SECONDS,
                registry=into,
            ),
        }
        for name, instrument in instruments.items():
            object.__setattr__(self, name, instrument)

    def render(self) -> bytes:
        """All of them, in Prometheus's text format (`CONTENT_TYPE`)."""
        return generate_latest(self.registry)
