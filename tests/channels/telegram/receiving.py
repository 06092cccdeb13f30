"""What takes what Telegram told, over a real database."""

from prometheus_client import CollectorRegistry

from channels.metrics import GatewayMetrics
from channels.postgres.feedback import PostgresFeedback
from channels.postgres.places import PostgresPlaces
from channels.postgres.wanted import PostgresWantedFiles
from channels.receiving import Receiver, ReceiverParts
from core.clock import SystemClock
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from tests.channels.people import People
from tests.fakes.live import LocalLive


def a_receiver(database: Database) -> Receiver:
    """As a gateway has it."""
    clock = SystemClock()
    store = PostgresConversations(database, clock, lambda topic: None, through="outbox")
    return Receiver(
        ReceiverParts(
            inbox=store,
            transcript=store,
            places=PostgresPlaces(database),
            wanted=PostgresWantedFiles(database),
            feedback=PostgresFeedback(database, clock, lambda topic: None, partitions=12),
            people=People(database).care,
            live=LocalLive(),
            clock=clock,
            metrics=GatewayMetrics(CollectorRegistry()),
        )
    )
