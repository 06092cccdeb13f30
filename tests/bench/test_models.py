"""The bench of models measures what it says."""

import pytest

from tests.bench.models import Plan, faults, run

pytestmark = pytest.mark.slow


async def test_every_way_answers_every_prompt() -> None:
    plan = Plan(streams=(2,), rounds=2, prompts=3, gap_ms=1, spread_s=0.01)

    figures = await run(plan)

    for kind in ("paced", "at once"):
        rows = figures[f"2 streams, {kind}"]
        assert {row["prompts"] for row in rows.values()} == {12}
        assert all(0 < row["first_p50_ms"] <= row["first_p99_ms"] for row in rows.values())
        assert rows["raw"]["added_p50_ms"] == 0


async def test_every_fault_ends_in_an_answer() -> None:
    rows = await faults()

    assert {row["written_by"] for row in rows} == {"extract", "backup-1"}
    assert all(len(row["shown_and_replaced"]) <= 1 for row in rows)
