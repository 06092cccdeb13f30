"""Bursts through the whole service: socket to socket, with a model server behind it."""

import asyncio
from pathlib import Path

import pytest

from deploy import tenants
from deploy.embedded import EmbeddedPostgres
from tests.bench.bursts import Plan, bench
from tests.bench.serve import settings_of


@pytest.mark.slow
def test_bursts_get_one_answer_each_and_waste_no_token(server_folder: Path) -> None:
    plan = Plan(bursts=12, at_once=6, first_s=1.0, gap_share=0.4, seed=1)
    data_dir = server_folder / "data"
    with EmbeddedPostgres.open(data_dir) as server:
        asyncio.run(tenants.put(settings_of(data_dir), "default", "Test"))
        found = asyncio.run(bench(plan, server.dsn, data_dir, ""))

    assert found["one_answer"] == 12
    assert found["interruptions"] >= 12
    assert found["share_tokens_wasted"] == 0
