"""What is remembered of conversations, in Postgres: versions that are added and never changed."""

from collections.abc import Sequence
from typing import Any

from core.domain.ids import ConversationId, TenantId
from core.domain.memory import Memory
from core.domain.messages import Message
from core.memory.ports import Material, Memories, Written
from core.postgres.database import Database
from core.postgres.queries import beside
from core.postgres.rows import context_of, message_of
from core.wire.memories import decode_facts, decode_memory, encode_facts

_SQL = beside(__file__)


class PostgresMemories(Memories):
    """Reads and keeps them, and ends talks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def material(
        self, tenant: TenantId, conversation: ConversationId, most: int
    ) -> Material | None:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.material, conversation, most)
            if not rows:
                return None
            stale = decode_memory(rows[0]["memory"]).stale
            changed = await _some(connection, conversation, sorted(stale)) if stale else ()
        context = context_of(rows)
        return Material(
            conversation=context.conversation,
            memory=context.memory,
            messages=context.history,
            changed=changed,
            behind=rows[0]["behind"],
            marks=rows[0]["marks"],
        )

    async def put(self, written: Written) -> bool:
        material, memory = written.material, written.memory
        async with self._database.as_tenant(material.conversation.tenant) as connection:
            version = await connection.fetchval(
                _SQL.put,
                material.conversation.id,
                memory.version,
                material.behind,
                memory.upto,
                memory.text,
                encode_facts(memory.facts),
                material.marks,
                written.by,
                bool(material.changed),
            )
        return version is not None

    async def resolve(self, tenant: TenantId, conversation: ConversationId, upto: int) -> None:
        """End the talk with the message of this `seq`: the next one begins without it."""
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.resolve, conversation, upto)

    async def recall(self, tenant: TenantId, conversation: ConversationId) -> tuple[Memory, ...]:
        """What is remembered of the talks that are over, oldest first."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.recall, conversation)
        return tuple(
            Memory(
                version=row["version"],
                upto=row["upto"],
                text=row["text"],
                facts=decode_facts(row["facts"]),
            )
            for row in rows
        )


async def _some(
    connection: Any, conversation: ConversationId, places: Sequence[int]
) -> tuple[Message, ...]:
    rows = await connection.fetch(_SQL.some, conversation, places)
    return tuple(message_of(row, conversation) for row in rows)
