"""One conversation in Postgres, as agents see it: its words, its notes, who looks at it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.domain.errors import ConversationNotFound
from core.domain.files import may_carry
from core.domain.ids import AgentId, ConversationId, TenantId
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from core.wire.customers import decode_profile
from core.wire.turns import decode_sources
from handoff.console.views import (
    CustomerView,
    DraftView,
    Earlier,
    FileView,
    MessagesView,
    MessageView,
    NoteView,
    SourceView,
    Viewer,
)
from handoff.postgres.briefs import customer_facts
from handoff.postgres.files import files_with, noted

_SQL = beside(__file__)
_EARLIER = 50
_ALL = 2**31 - 1


class PostgresTalks:
    """Reads, and what an agent leaves lying about: drafts, and that they look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(
        self, tenant: TenantId, conversation: ConversationId, seq: int | None, limit: int
    ) -> MessagesView:
        """The messages before one, in order, with the notes among them; None is the end."""
        upto = _ALL if seq is None else seq
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(
                _SQL.messages_before, tenant, conversation, upto, limit + 1
            )
            more, rows = len(rows) > limit, rows[limit - 1 :: -1]
            first = rows[0]["seq"] if more else 0
            notes = await _notes(connection, tenant, conversation, (first, upto - 1))
            messages = await _messages(connection, tenant, conversation, rows)
        return MessagesView(messages=messages, notes=[note for _, note in notes], more=more)

    async def after(
        self, tenant: TenantId, conversation: ConversationId, seq: int, limit: int
    ) -> list[MessageView]:
        """The messages behind one, in order."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.messages_after, tenant, conversation, seq, limit)
            return await _messages(connection, tenant, conversation, rows)

    async def notes(
        self, tenant: TenantId, conversation: ConversationId, n: int, seq: int = 0
    ) -> Sequence[tuple[int, NoteView]]:
        """Notes behind the `n`th, from this message on, each with its own `n`."""
        async with self._database.as_tenant(tenant) as connection:
            return await _notes(connection, tenant, conversation, (seq, _ALL), n)

    async def customer(
        self, tenant: TenantId, customer: str, channel: str, conversation: ConversationId
    ) -> CustomerView:
        """Everything that a customer had to do with us, and what is known of them."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.customer, tenant, channel, customer, _EARLIER)
            facts = await customer_facts(connection, tenant, conversation)
            stored = await connection.fetchval(_SQL.profile, tenant, channel, customer)
        profile = decode_profile(stored)
        return CustomerView(
            customer=customer,
            channel=channel,
            name=profile.name,
            username=profile.username,
            email=profile.email,
            attributes=dict(profile.attributes),
            facts=facts,
            conversations=[_earlier(row) for row in rows],
        )

    async def draft(
        self, tenant: TenantId, conversation: ConversationId, agent: AgentId
    ) -> DraftView | None:
        """What an agent was writing there."""
        async with self._database.as_tenant(tenant) as connection:
            row = await connection.fetchrow(_SQL.draft, tenant, conversation, agent)
        return DraftView(**row) if row else None

    async def keep_draft(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        agent: AgentId,
        draft: DraftView,
    ) -> None:
        """Keep it; an empty one is forgotten.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        async with self._database.as_tenant(tenant) as connection:
            if not draft.text:
                await connection.execute(_SQL.forget_draft, tenant, conversation, agent)
                return
            kept = await connection.fetchval(
                _SQL.keep_draft, tenant, conversation, agent, draft.kind, draft.text, draft.at
            )
        if kept is None:
            raise ConversationNotFound

    async def viewers(self, tenant: TenantId, conversation: ConversationId) -> list[Viewer]:
        """Who has it on the screen."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.viewers, tenant, conversation)
        return [Viewer(**row) for row in rows]

    async def view(
        self,
        tenant: TenantId,
        conversation: ConversationId,
        who: tuple[UUID, AgentId],
        seconds: tuple[float, float],
    ) -> None:
        """A socket of an agent's shows it for so many seconds, and they type for so many.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        async with self._database.as_tenant(tenant) as connection:
            seen = await connection.fetchval(_SQL.view, tenant, conversation, *who, *seconds)
        if seen is None:
            raise ConversationNotFound

    async def leave(self, tenant: TenantId, conversation: ConversationId, socket: UUID) -> None:
        """The socket shows it no more."""
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.leave, tenant, conversation, socket)


async def _messages(
    connection: Connection, tenant: TenantId, conversation: ConversationId, rows: Sequence[Any]
) -> list[MessageView]:
    agents = {agent for row in rows if (agent := _agent(row)) is not None}
    names: dict[UUID, str] = {}
    if agents:
        called = await connection.fetch(_SQL.called, tenant, list(agents))
        names = {row["id"]: row["name"] for row in called}
    events = [row["event"] for row in rows if row["event"] and may_carry(row["text"])]
    files = await files_with(connection, tenant, conversation, events)
    return [_message(row, names, files) for row in rows]


async def _notes(
    connection: Connection,
    tenant: TenantId,
    conversation: ConversationId,
    seqs: tuple[int, int],
    n: int = 0,
) -> list[tuple[int, NoteView]]:
    rows = await connection.fetch(_SQL.notes, tenant, conversation, n, *seqs)
    events = [noted(row["author"], row["client_id"]) for row in rows]
    files = await files_with(connection, tenant, conversation, events)
    return [(row["n"], note_of(row, files)) for row in rows]


def note_of(row: Any, files: Mapping[str, list[FileView]]) -> NoteView:
    """A note of a row, with its files among these."""
    return NoteView(
        id=row["id"],
        seq=row["seq"],
        author=row["author"],
        author_name=row["author_name"],
        text=row["text"],
        at=row["at"],
        client_id=row["client_id"],
        files=files.get(noted(row["author"], row["client_id"]), []),
    )


def _agent(row: Any) -> UUID | None:
    """Who said it: the event of an agent's words is `agent:ID:CLIENT_ID`."""
    if row["author"] != "agent" or not row["event"]:
        return None
    return UUID(row["event"].split(":", 2)[1])


def _message(row: Any, names: dict[UUID, str], files: Mapping[str, list[FileView]]) -> MessageView:
    agent = _agent(row)
    return MessageView(
        seq=row["seq"],
        author=row["author"],
        agent=agent,
        agent_name=names.get(agent) if agent else None,
        text=row["text"],
        sources=sources_of(row["sources"]),
        turn=row["turn"],
        at=row["at"],
        edited=row["edited_at"] is not None,
        deleted=row["deleted_at"] is not None,
        delivery=row["delivery"],
        client_id=row["event"].split(":", 2)[2] if agent else None,
        files=[] if row["deleted_at"] else files.get(row["event"], []),
    )


def sources_of(stored: str | None) -> list[SourceView]:
    """Sources of their column."""
    return [
        SourceView(title=one.title, uri=one.uri, quote=one.quote, score=one.score)
        for one in decode_sources(stored)
    ]


def _earlier(row: Any) -> Earlier:
    created: datetime = row["created_at"]
    return Earlier(
        id=row["id"],
        channel=row["channel"],
        created_at=created,
        active_at=row["active_at"],
        messages=row["seq"],
        language=row["language"],
        owner=row["owner"],
        handoffs=row["handoffs"],
        last=row["last"],
    )
