"""Whatever the console asks the store, it is answered with one tenant's rows, or not at all."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from core.domain.ids import TenantId
from core.postgres.database import Database
from core.postgres.queries import read

FOLDER = Path(__file__).parents[3] / "handoff" / "postgres"
FILES = (
    "endpoints",
    "inbox",
    "talks",
    "briefs",
    "acts",
    "attendance",
    "canned",
    "ticket_list",
    "overview",
    "leading",
)
HERE, THERE = TenantId("default"), TenantId("other")
_ROWS = """
INSERT INTO tenants (id, name) VALUES ('other', 'Other');
INSERT INTO people (id, tenant, email, name, role)
VALUES (%(id)s, 'other', 'e@x.y', 'SECRET', 'lead');
INSERT INTO handoff_agents (id, tenant, name) VALUES (%(id)s, 'other', 'SECRET');
INSERT INTO conversations (id, tenant, channel, customer, address, owner, seq)
VALUES (%(id)s, 'other', 'web', 'SECRET', 'SECRET', 'queue', 1);
INSERT INTO messages (conversation, seq, tenant, author, text, epoch, event)
VALUES (%(id)s, 1, 'other', 'agent', 'SECRET', 0, 'agent:x:1');
INSERT INTO event_endpoints (id, tenant, name, url, sealed)
VALUES (%(id)s, 'other', 'secret', 'SECRET', '');
INSERT INTO handoffs (id, tenant, conversation, channel, customer, epoch, reason)
VALUES (%(id)s, 'other', %(id)s, 'web', 'SECRET', 0, 'SECRET');
INSERT INTO turns (id, tenant, conversation, covers, epoch, sent, decision, confidence, record)
VALUES (%(id)s, 'other', %(id)s, '{1}', 0, true, 'reply', 0, '{"secret": "SECRET"}');
INSERT INTO notes (conversation, id, tenant, seq, author, client_id, text, at)
VALUES (%(id)s, %(id)s, 'other', 1, 'person:x', 'c', 'SECRET', now());
INSERT INTO drafts (conversation, agent, tenant, kind, text)
VALUES (%(id)s, %(id)s, 'other', 'reply', 'SECRET');
INSERT INTO canned_replies (id, tenant, shortcut, title, texts)
VALUES (%(id)s, 'other', 'SECRET', 'SECRET', '{"": "SECRET"}');
INSERT INTO viewers (conversation, socket, tenant, agent, until)
VALUES (%(id)s, %(id)s, 'other', %(id)s, now() + interval '1 hour');
INSERT INTO approved_answers (tenant, id, answer, approved_by, approved_at)
VALUES ('other', %(id)s, 'SECRET', 'x', now());
INSERT INTO tickets (id, tenant, number, conversation, origin, title, summary, category, priority,
                     opened_by, opened_at, changed_at)
VALUES (%(id)s, 'other', 0, %(id)s, 'x', 'SECRET', 'SECRET', 'x', 'low', 'x', now(), now());
INSERT INTO ticket_comments (id, tenant, ticket, author, public, text, at)
VALUES (%(id)s, 'other', %(id)s, 'x', false, 'SECRET', now());
INSERT INTO connectors (id, tenant, name, source, sealed)
VALUES (%(id)s, 'other', 'x', 'SECRET', '');
"""
TABLES = [
    "event_endpoints",
    "handoff_events",
    "people",
    "handoff_agents",
    "conversations",
    "messages",
    "handoffs",
    "turns",
    "notes",
    "drafts",
    "canned_replies",
    "viewers",
    "approved_answers",
    "tickets",
    "ticket_comments",
    "connectors",
]
ID = UUID(int=7)
_REFUSED = (asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)


@pytest.fixture
async def there(database: Database) -> dict[str, str]:
    """Another tenant with one row of everything, and how all of it looks."""
    async with database.as_service() as connection:
        await connection.execute(_ROWS.replace("%(id)s", f"'{ID}'"))
    return await _everything(database)


async def _everything(database: Database) -> dict[str, str]:
    async with database.as_service() as connection:
        return {
            table: await connection.fetchval(
                f"SELECT string_agg(t::text, ';' ORDER BY t::text) FROM {table} AS t"
                " WHERE t.tenant = 'other'"
            )
            for table in TABLES
        }


def _values(parameters: tuple[asyncpg.types.Type, ...], tenant: str) -> list[Any]:
    """Whatever would find the other tenant's rows."""
    return [
        _value(one.name, tenant if place == 0 else "{}") for place, one in enumerate(parameters)
    ]


def _value(kind: str, text: str) -> Any:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    found = {
        "text": text,
        "bytea": b"",
        "int2": 1,
        "varchar": text,
        "uuid": ID,
        "uuid[]": [ID],
        "_uuid": [ID],
        "text[]": ["new"],
        "int4": 1,
        "int8": 0,
        "bool": None,
        "timestamptz": now,
        "float8": 60.0,
        "jsonb": "{}",
    }
    return found[kind]


@pytest.mark.parametrize("session", [HERE, THERE])
@pytest.mark.parametrize("claimed", [HERE, THERE])
@pytest.mark.parametrize("file", FILES)
async def test_no_query_reads_or_changes_what_is_another_tenants(
    database: Database, there: dict[str, str], file: str, claimed: str, session: TenantId
) -> None:
    queries = read(FOLDER / f"{file}.sql")
    seen = []
    for name in queries.names():
        async with database.as_tenant(session) as connection:
            prepared = await connection.prepare(getattr(queries, name))
            values = _values(prepared.get_parameters(), claimed)
            try:
                async with connection.transaction():
                    rows = await prepared.fetch(*values)
            except _REFUSED:
                continue
            seen += [name for row in rows if "SECRET" in str(tuple(row.values()))]

    if session == HERE:
        assert seen == []
        assert await _everything(database) == there
    elif claimed == THERE:
        assert seen, "a test that finds nothing anywhere proves nothing"
