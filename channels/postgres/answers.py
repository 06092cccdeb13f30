"""Which answer a native message is, from the ledger of deliveries."""

from channels.answers import Answers, Told
from core.domain.ids import TenantId, TurnId
from core.domain.messages import Channel
from core.postgres.database import Database
from core.postgres.queries import beside

_SQL = beside(__file__)


class PostgresAnswers(Answers):
    """Looks into the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told_by(
        self, tenant: TenantId, channel: Channel, beginning: str, native_id: str
    ) -> Told | None:
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(
                _SQL.told_by, tenant, channel.value, beginning, native_id
            )
        return None if row is None else Told(turn=TurnId(row["turn"]), address=row["address"])
