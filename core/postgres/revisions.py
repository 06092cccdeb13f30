"""Messages that read otherwise than they were said, in Postgres."""

from collections.abc import Sequence

from core.domain.ids import ConversationId, TenantId
from core.domain.messages import Revised
from core.postgres.database import Database
from core.postgres.queries import beside
from core.postgres.rows import shown_of

_SQL = beside(__file__)


class PostgresRevisions:
    """A part of the transcript."""

    _database: Database

    async def revised(
        self, tenant: TenantId, conversation: ConversationId, since: int, limit: int
    ) -> Sequence[Revised]:
        """As `Transcript.revised`."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.revised, conversation, since, limit)
        return [
            Revised(
                number=row["number"],
                message=shown_of(row, conversation),
                withdrawn=row["withdrawn"],
            )
            for row in rows
        ]
