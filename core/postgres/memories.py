"""What is remembered of conversations, in Postgres: versions that are added and never changed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.domain.ids import ConversationId, TenantId
from core.domain.memory import Memory
from core.domain.messages import Message
from core.memory.ports import Ended, Material, Memories, Written
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from core.postgres.rows import context_of, message_of
from core.wire.memories import decode_facts, decode_memory, encode_facts

_SQL = beside(__file__)


class PostgresMemories(Memories):
    """Reads and keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def material(
        self, tenant: TenantId, conversation: ConversationId, most: int
    ) -> Material | None:
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.material, conversation, most)
            return await _material(connection, rows)

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
                material.ended and material.ended.key,
            )
        return version is not None

    async def left(self, ended: Ended, most: int) -> Material | None:
        async with self._database.as_tenant(ended.tenant) as connection:
            rows = await connection.fetch(
                _SQL.left, ended.conversation, ended.behind, ended.upto, ended.key, most
            )
            found = await _material(connection, rows)
        return found and replace(found, ended=ended)

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


async def _material(connection: Connection, rows: Sequence[Any]) -> Material | None:
    if not rows:
        return None
    context, stale = context_of(rows), decode_memory(rows[0]["memory"]).stale
    talk = context.conversation
    return Material(
        conversation=talk,
        memory=context.memory,
        messages=context.history,
        changed=await _some(connection, talk.id, sorted(stale)) if stale else (),
        behind=rows[0]["behind"],
        marks=rows[0]["marks"],
    )


async def _some(
    connection: Connection, conversation: ConversationId, places: Sequence[int]
) -> tuple[Message, ...]:
    rows = await connection.fetch(_SQL.some, conversation, places)
    return tuple(message_of(row, conversation) for row in rows)
