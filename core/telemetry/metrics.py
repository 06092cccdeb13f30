"""What is counted and measured, for Prometheus; no ids and no words in labels."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from core.telemetry.work import Work

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
        self.replies = self._counter("replies", "Replies, by how they came about.", "path")
        self.interruptions = self._counter(
            "turn_interruptions", "Passes of turns that were thrown away and begun again."
        )
        self.wasted = self._counter("wasted_characters", "Characters written in such passes.")
        self.together = self._counter(
            "messages_joined", "Messages answered together with an earlier one."
        )
        self.step_seconds = self._seconds("turn_step_seconds", "Wall time of a step.", "step")
        self.turn_seconds = self._seconds("turn_seconds", "Wall time of all steps of a turn.")
        self.repeated = self._counter(
            "records_repeated", "Records whose work was done already.", "group"
        )
        self.outbox_rows = self._gauge("outbox_unsent_rows", "Outbox rows without a topic.")
        self.outbox_age = self._gauge("outbox_oldest_seconds", "Age of the oldest of them.")
        self.dead_letters = self._gauge("dead_letters_open", "Letters that wait for a decision.")
        self.events = self._counter("events", "Events that the desk has heard of.", "type")
        self.live_drops = self._counter(
            "live_drops", "Live signs that other processes were not told."
        )
        self.work = Work()
        """The workers and relays that are shown, as they are at every look."""
        self.registry.register(self.work)

    def turn(
        self, channel: str, decision: str, timings_ms: Mapping[str, float], messages: int = 1
    ) -> None:
        """Count a stored turn, the messages it answered, and where its time went."""
        self.turns.labels(channel, decision).inc()
        self.together.inc(messages - 1)
        for step, spent_ms in timings_ms.items():
            self.step_seconds.labels(step).observe(spent_ms / 1000)
        if timings_ms:  # one that was given up has none
            self.turn_seconds.observe(sum(timings_ms.values()) / 1000)

    def thrown_away(self, passes: int, characters: int) -> None:
        """Count what a stored turn had begun before, for nothing."""
        self.interruptions.inc(passes)
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
