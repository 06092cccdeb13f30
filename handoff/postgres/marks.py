"""What has become of messages since they were stored, in Postgres: changed, taken back, sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain.errors import ConversationNotFound
from core.domain.events import Stored
from core.domain.ids import ConversationId, TenantId
from core.ports import Live
from core.postgres.database import Connection, Database
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.queries import beside
from handoff.console.errors import MovedOn
from handoff.console.views import FileView, Mark
from handoff.errors import MoveRefused
from handoff.people.account import Account, Actor
from handoff.people.audit import Act
from handoff.postgres.audit import Notary
from handoff.postgres.files import files_with

_SQL = beside(__file__)
_LAST = 200
"""Messages that are looked at: those that a page shows, and some more."""
_GIVEN_UP = frozenset({"refused", "abandoned"})


class PostgresMarks:
    """Reads only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def upto(
        self, tenant: TenantId, conversation: ConversationId, seq: int
    ) -> Sequence[Mark]:
        """Of the last messages up to this one those that are not as they were stored."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.marks, tenant, conversation, seq, _LAST)
            events = [row["event"] for row in rows if row["event"]]
            files = await files_with(connection, tenant, conversation, events)
        reasons: dict[int, str] = {}
        if any(row["delivery"] in _GIVEN_UP for row in rows):
            async with self._database.as_service() as connection:
                reasons = await _reasons(connection, conversation)
        return [_mark(row, reasons, files) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresResending:
    """Has messages brought again that were given up."""

    database: Database
    letters: PostgresDeadLetters
    notary: Notary
    live: Live
    ring: Callable[[str], None]

    async def again(
        self, actor: Actor, agent: Account, conversation: ConversationId, seq: int
    ) -> None:
        """Put a message on its way again, with its entry in the log, in one transaction.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            MovedOn: it is not this agent's.
            MoveRefused: the message was not given up, or is on its way again.
        """
        act = Act(
            act="conversation.resend", object=f"conversation:{conversation}", detail={"seq": seq}
        )
        async with self.database.as_service() as connection, connection.transaction():
            holder = await connection.fetchrow(_SQL.holder, actor.tenant, conversation)
            if holder is None:
                raise ConversationNotFound
            if holder["agent"] != agent.id:
                raise MovedOn
            rows = await connection.fetch(_SQL.letters, conversation)
            letter = next((row["id"] for row in rows if row["seq"] == seq), None)
            if letter is None:
                raise MoveRefused("This message cannot be sent again.")
            await self.letters.replay_with(connection, [letter])
            await connection.execute(_SQL.reopened, actor.tenant, conversation, seq)
            await self.notary.note(connection, actor, act)
        self.ring("outbox")
        self.live.tell(Stored(conversation=conversation, seq=0))


def _mark(row: Any, reasons: Mapping[int, str], files: Mapping[str, list[FileView]]) -> Mark:
    return Mark(
        seq=row["seq"],
        text=row["text"],
        edited=row["edited"],
        deleted=row["deleted"],
        delivery=row["delivery"],
        reason=reasons.get(row["seq"]) if row["delivery"] in _GIVEN_UP else None,
        files=files.get(row["event"]),
    )


async def _reasons(connection: Connection, conversation: ConversationId) -> dict[int, str]:
    rows = await connection.fetch(_SQL.letters, conversation)
    return {row["seq"]: row["error"] for row in reversed(rows)}
