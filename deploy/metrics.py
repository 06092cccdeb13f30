"""What is counted of platforms; labels name rules and outcomes, never accounts or people."""

from prometheus_client import CollectorRegistry, Counter

from channels.pacing import Priority


class PlatformMetrics:
    """The platforms' own counters, on the given registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waits = Counter(
            "switchboard_platform_waits",
            "Calls that had to wait for a platform's allowance, by rule and urgency.",
            ["limit", "priority"],
            registry=registry,
        )
        self._files = Counter(
            "switchboard_platform_files",
            "Messages with files on a platform, by what became of those.",
            ["channel", "outcome"],
            registry=registry,
        )
        self._slack = Counter(
            "switchboard_slack_payloads",
            "What Slack told, by what became of it.",
            ["outcome"],
            registry=registry,
        )

    def fetched(self, channel: str, outcome: str) -> None:
        """The files of a message were fetched, left, or put off."""
        self._files.labels(channel, outcome).inc()

    def waited(self, kind: str, priority: Priority) -> None:
        """A call waits."""
        self._waits.labels(kind, priority.name.lower()).inc()

    def slack_taken(self, outcome: str) -> None:
        """A payload of Slack's was taken, or not."""
        self._slack.labels(outcome).inc()
