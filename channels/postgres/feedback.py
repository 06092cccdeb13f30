"""Ratings in Postgres."""

from collections.abc import Callable

from channels.ports import Feedback
from channels.ratings import Rating, TalkRating
from core.domain.errors import TalkNotFound, TurnNotFound
from core.domain.events import RatingGiven
from core.domain.ids import ConversationId, TenantId
from core.partitioning import partition_of
from core.ports import Clock
from core.postgres.database import Database
from core.postgres.queries import beside
from core.telemetry.traces import traceparent
from core.wire.envelope import Stamp, encode_rating

_SQL = beside(__file__)


class PostgresFeedback(Feedback):
    """One row per turn, with which `rating.given` goes out, and one per talk with a person."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ring: Callable[[str], None],
        *,
        partitions: int = 12,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ring = ring
        self._partitions = partitions

    async def rate(self, tenant: TenantId, rating: Rating) -> None:
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetchval(_SQL.conversation, rating.turn)
            if found is None:
                raise TurnNotFound
            conversation = ConversationId(found)
            event = RatingGiven(
                tenant=tenant,
                conversation=conversation,
                turn=rating.turn,
                thumb=rating.thumb.value,
            )
            fresh = self._clock.new_id()
            caused = traceparent(rating.traceparent, fresh)
            stamp = Stamp(id=fresh, at=self._clock.now(), traceparent=caused)
            await connection.execute(
                _SQL.rate,
                rating.turn,
                tenant,
                rating.thumb.value,
                rating.reason,
                rating.comment,
                partition_of(str(conversation).encode(), self._partitions),
                "events",
                conversation,
                encode_rating(event, stamp),
            )
        self._ring("outbox")

    async def rate_talk(
        self, tenant: TenantId, conversation: ConversationId, rating: TalkRating
    ) -> None:
        async with self._database.as_tenant(tenant) as connection:
            found = await connection.fetchval(
                _SQL.rate_talk,
                rating.handoff,
                conversation,
                rating.thumb.value,
                rating.reason,
                rating.comment,
                self._clock.now(),
            )
        if found is None:
            raise TalkNotFound
