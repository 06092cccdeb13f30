"""Gaps: what was declined, grouped by the words that were looked for."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.clock import SystemClock
from core.domain.decisions import Decision, Decline, Reply
from core.domain.ids import ConversationId, CustomerId, EventId, TurnId
from core.domain.messages import Arrival, Channel
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.turn.remember import compose
from core.turn.weigh import Decided
from deploy.cli import main
from tests.builders import (
    TENANT,
    a_case,
    a_draft,
    a_passage,
    an_inbound_message,
    findings,
)


@pytest.fixture
async def store(database: Database) -> PostgresConversations:
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part) SELECT 'inbound', generate_series(0, 11)"
        )
    return PostgresConversations(database, SystemClock(), lambda topic: None)


async def ask(
    store: PostgresConversations, conversation: ConversationId, text: str, decision: Decision
) -> None:
    """A turn that came to this decision."""
    event = EventId(text)
    await store.accept(an_inbound_message(conversation, text, event=text))
    context = await store.load(TENANT, conversation, 20)
    record = compose(
        TurnId(SystemClock().new_id()),
        Arrival(tenant=TENANT, conversation=conversation, event=event),
        a_case(context, findings(a_passage())),
        Decided(decision),
        timings_ms={},
    )
    await store.remember(record)


async def test_declined_questions_are_counted_and_answered_ones_are_not(
    store: PostgresConversations, dsn: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.chdir(tmp_path)
    talk = await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "there")
    await ask(store, talk.id, "Do you sell elephants?", Decline("no"))
    await ask(store, talk.id, "elephants, do you sell them?", Decline("no"))
    await ask(store, talk.id, "How long is delivery?", Reply(a_draft("Five days. [1]")))

    done = await asyncio.to_thread(CliRunner().invoke, main, ["knowledge", "gaps", "--json"])

    (row,) = json.loads(done.output)
    assert row["times"] == 2
    assert row["latest_question"] == "elephants, do you sell them?"
