"""An agent's message in a store, and what becomes of it there."""

from dataclasses import replace
from uuid import uuid4

from core.domain.events import MessageSent
from core.domain.ids import ConversationId
from core.postgres.database import Database
from tests.builders import TENANT


class Said:
    """What an agent said, stored as the handoffs store it."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel

    async def says(self, conversation: ConversationId, text: str) -> MessageSent:
        async with self._database.as_service() as connection:
            seq = await connection.fetchval(
                "WITH numbered AS (UPDATE conversations SET seq = seq + 1 WHERE id = $1"
                " RETURNING seq, tenant)"
                " INSERT INTO messages (conversation, seq, tenant, author, text, event, epoch)"
                " SELECT $1, seq, tenant, 'agent', $2, $3, 0 FROM numbered RETURNING seq",
                conversation,
                text,
                f"agent:{uuid4()}",
            )
        return MessageSent(
            tenant=TENANT, conversation=conversation, seq=seq, channel=self._channel
        )

    async def reads_now(self, sent: MessageSent, text: str) -> MessageSent:
        """Other words, or none: it is withdrawn then. The record that a dispatcher gets."""
        async with self._database.as_service() as connection:
            await connection.execute(
                "UPDATE messages SET text = $3, edited_at = now(),"
                " deleted_at = CASE WHEN $3 = '' THEN now() END"
                " WHERE conversation = $1 AND seq = $2",
                sent.conversation,
                sent.seq,
                text,
            )
            number = await connection.fetchval(
                "INSERT INTO message_revisions (conversation, seq, tenant, text, by, at)"
                " VALUES ($1, $2, $3, '', 'person', now()) RETURNING n",
                sent.conversation,
                sent.seq,
                sent.tenant,
            )
        return replace(sent, revision=number)
