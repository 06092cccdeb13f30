"""A short form of the console under load: every page hears of everything."""

import pytest

from tests.bench.console import Plan, run

SHORT = Plan(rows=3_000, open=300, runs=3, consoles=4, conversations=10, messages=3, per_s=200)


@pytest.mark.slow
async def test_every_page_hears_of_every_message_beside_many_stored() -> None:
    found = await run(SHORT)

    assert found["live_ms"]["events"] == SHORT.consoles * SHORT.conversations * SHORT.messages
    assert all(one["p50"] > 0 for one in found["queries_ms"].values())
