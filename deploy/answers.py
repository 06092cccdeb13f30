"""Approved answers and the cache of answers, where they are kept; and what the commands do."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from core.answers.approved import ApprovedAnswers, Compared, Thresholds
from core.answers.ports import Pair
from core.answers.read import end_of, from_csv
from core.answers.words import normal
from core.clock import SystemClock
from core.domain.errors import RefusedError, SettingsInvalid
from core.domain.ids import TenantId
from core.nlu.embeds import Embeds
from core.nlu.language import LanguageJudge
from core.ports import Clock
from core.postgres.answer_cache import Limits, PostgresAnswerCache
from core.postgres.approved import PostgresApprovals
from core.postgres.database import Database
from core.settings import CoreSettings
from deploy.intents import MessageVectors
from deploy.reading import embedder_of
from deploy.session import database, server
from deploy.settings import Settings

_SHORT = 50


def approved_answers(
    pools: Database, embeds: Embeds, language: LanguageJudge, clock: Clock, core: CoreSettings
) -> ApprovedAnswers:
    """What finds them; one per process, for it remembers the tenants' questions."""
    thresholds = Thresholds(wins=core.approved_wins, near=core.approved_near)
    return ApprovedAnswers(PostgresApprovals(pools), embeds, language.judge, clock, thresholds)


def answer_cache(
    pools: Database, clock: Clock, core: CoreSettings, made_by: str
) -> PostgresAnswerCache:
    """Where answers are kept; whoever only makes it forget needs no embedder's version."""
    limits = Limits(entries=core.cache_entries, keeps=timedelta(hours=core.cache_hours))
    return PostgresAnswerCache(pools, clock, limits, made_by)


@asynccontextmanager
async def stored(settings: Settings) -> AsyncIterator[PostgresApprovals]:
    """The place where approved answers are kept."""
    async with server(settings) as dsn, database(settings, dsn) as pools:
        yield PostgresApprovals(pools)


def from_file(file: Path, by: str) -> tuple[Pair, ...]:
    """The pairs of a CSV file.

    Raises:
        SettingsInvalid: every mistake.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as broken:
        raise SettingsInvalid(f"{file.name} cannot be read as UTF-8") from broken
    return from_csv(text, by, SystemClock(), file.name)


def a_pair(questions: Sequence[str], answer: str, language: str, by: str, until: str) -> Pair:
    """A pair that is approved now.

    Raises:
        RefusedError: something is missing, or `until` is no day.
    """
    if not answer.strip() or not all(normal(question) for question in questions):
        raise RefusedError("a question and an answer are wanted")
    try:
        expires = end_of(until) if until else None
    except ValueError as wrong:
        raise RefusedError("the day is written as 2026-12-31") from wrong
    clock = SystemClock()
    return Pair(
        id=clock.new_id(),
        questions=tuple(dict.fromkeys(questions)),
        answer=answer.strip(),
        language=language.lower(),
        approved_by=by,
        approved_at=clock.now(),
        expires_at=expires,
    )


def ids_of(words: Sequence[str]) -> tuple[UUID, ...]:
    """Ids as `list` shows them.

    Raises:
        RefusedError: one is none.
    """
    try:
        return tuple(UUID(word) for word in words)
    except ValueError as wrong:
        raise RefusedError("an id is as `switchboard answers list` shows it") from wrong


async def listed(settings: Settings, tenant: TenantId) -> list[dict[str, object]]:
    """A row per pair: `id`, `questions`, `answer`, `language`, who approved it, and until when."""
    async with stored(settings) as approvals:
        return [
            {
                "id": str(pair.id),
                "questions": pair.questions,
                "answer": pair.answer,
                "language": pair.language,
                "approved_by": pair.approved_by,
                "approved_at": pair.approved_at.isoformat(),
                "expires_at": pair.expires_at.isoformat() if pair.expires_at else None,
                "enabled": pair.enabled,
            }
            for pair in await approvals.everything(tenant)
        ]


async def compared(
    settings: Settings, tenant: TenantId, question: str, before: Sequence[str]
) -> Sequence[Compared]:
    """What a turn with this question would find among the approved answers."""
    async with (
        server(settings) as dsn,
        database(settings, dsn) as pools,
        embedder_of(settings) as embedder,
    ):
        known = approved_answers(
            pools, MessageVectors(embedder), LanguageJudge(), SystemClock(), settings.core
        )
        return await known.compared(tenant, question, before)


def in_columns(row: Mapping[str, object]) -> dict[str, object]:
    """A listed row for people: short, and with the first of its questions only."""
    questions = row["questions"]
    first, *others = questions if isinstance(questions, tuple) else (questions,)
    return {
        "id": row["id"],
        "question": _short(str(first)),
        "others": len(others),
        "answer": _short(str(row["answer"])),
        "language": row["language"] or "all",
        "approved_by": row["approved_by"],
        "expires": str(row["expires_at"])[:10] if row["expires_at"] else None,
        "on": "yes" if row["enabled"] else "no",
    }


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"
