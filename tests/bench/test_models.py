"""The bench of models measures what it says."""

import asyncio

import pytest

from tests.bench.faults import faults
from tests.bench.models import Plan, run
from tests.fakes.faults import BEFORE, FACT
from tests.fakes.models import DIALECTS

pytestmark = pytest.mark.slow


async def test_every_way_answers_every_prompt() -> None:
    plan = Plan(streams=(2,), rounds=2, prompts=3, gap_ms=1, spread_s=0.01)

    figures = await run(plan)

    for kind in ("paced", "at once"):
        rows = figures[f"2 streams, {kind}"]
        assert {row["prompts"] for row in rows.values()} == {12}
        assert all(0 < row["first_p50_ms"] <= row["first_p99_ms"] for row in rows.values())
        assert rows["raw"]["added_p50_ms"] == 0


async def test_every_fault_ends_in_an_answer_or_after_visible_words_in_none() -> None:
    async with asyncio.timeout(300):
        rows = await faults(DIALECTS, limit_s=0.8)

    before = [row for row in rows if row["fault"] in BEFORE]
    assert {row["written_by"] for row in before} == {"extract", "backup-1"}
    assert {row["answer"] for row in before} == {f"{FACT} [1]"}
    after = [row for row in rows if row["fault"] not in BEFORE]
    assert all(f"{FACT} [1]".startswith(text) for row in rows for text in row["shown"])
    assert any(row["shown"][0] and not row["answer"] for row in after)
    # where the machine is so busy that a break comes before a word was read, another one writes
    whole = [row for row in after if row["answer"]]
    assert {row["written_by"] for row in whole} <= {"extract", "backup-1"}
