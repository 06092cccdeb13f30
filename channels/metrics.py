"""What channels count; labels name routes and channels, never people or conversations."""

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from channels.pacing import Priority
from core.http.json import Handler, route_of


class GatewayMetrics:
    """The gateway's own counters, on the given registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.sockets = Gauge(
            "switchboard_sockets_open", "Widget sockets that are open.", registry=registry
        )
        self.closes = Counter(
            "switchboard_socket_closes", "Why sockets ended.", ["reason"], registry=registry
        )
        self.answer_s = Histogram(
            "switchboard_api_answer_seconds",
            "From the acceptance of a question over HTTP to its answer.",
            buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60),
            registry=registry,
        )
        self.requests = Counter(
            "switchboard_http_requests",
            "Requests by route and status.",
            ["route", "method", "status"],
            registry=registry,
        )
        self._count_what_customers_do(registry)

    def _count_what_customers_do(self, registry: CollectorRegistry) -> None:
        self.accepted = Counter(
            "switchboard_messages_accepted",
            "Customers' messages stored, without repetitions.",
            ["channel"],
            registry=registry,
        )
        self.repeated = Counter(
            "switchboard_messages_repeated",
            "Customers' messages that had been stored before.",
            ["channel"],
            registry=registry,
        )
        self.amended = Counter(
            "switchboard_messages_amended",
            "Customers' messages that were edited or deleted.",
            ["channel", "how"],
            registry=registry,
        )
        self.left_out = Counter(
            "switchboard_happenings_left_out",
            "What platforms told that could not be taken, now or ever.",
            ["channel", "kind"],
            registry=registry,
        )
        self.ratings = Counter(
            "switchboard_ratings", "Verdicts of customers.", ["thumb"], registry=registry
        )
        self.talk_ratings = Counter(
            "switchboard_talk_ratings",
            "What customers think of talks with people.",
            ["thumb"],
            registry=registry,
        )


class DeliveryMetrics:
    """The dispatcher's own counters, on the given registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._unknown = Counter(
            "switchboard_deliveries_unknown",
            "Sendings whose outcome was not known, by what became of them.",
            ["channel", "resolved"],
            registry=registry,
        )

    def unknown(self, channel: str, resolved: str) -> None:
        """An unknown sending was resolved: found, absent or sent_again."""
        self._unknown.labels(channel, resolved).inc()


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


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def counting(metrics: GatewayMetrics) -> Middleware:
    """A middleware that counts every request; it stands outside the one for errors."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        # Whatever a caller invents as a method must not become a label of its own.
        method = request.method if request.method in _METHODS else "other"
        metrics.requests.labels(route_of(request), method, response.status).inc()
        return response

    return count
