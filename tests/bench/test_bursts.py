"""Bursts through the whole service: socket to socket, with a model server behind it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from deploy import tenants
from deploy.embedded import EmbeddedPostgres
from tests.bench.bursts import Plan, bench
from tests.bench.serve import settings_of
from tests.brokers.cluster import Cluster

PLAN = Plan(bursts=12, at_once=6, first_s=2.0, gap_share=0.2, seed=1)


async def figures(folder: Path, dsn: str, brokers: Path | None) -> dict[str, Any]:
    await tenants.put(settings_of(folder), "default", "Test")
    if brokers is None:
        return await bench(PLAN, dsn, folder, "")
    async with Cluster.start(brokers) as cluster:
        return await bench(PLAN, dsn, folder, cluster.bootstrap)


@pytest.mark.slow
def test_bursts_get_one_answer_each(server_folder: Path) -> None:
    data = server_folder / "data"
    with EmbeddedPostgres.open(data) as server:
        found = asyncio.run(figures(data, server.dsn, None))

    assert (found["bursts"], found["one_answer"]) == (PLAN.bursts, PLAN.bursts)


@pytest.mark.slow
@pytest.mark.kafka
def test_bursts_whose_records_come_late_get_one_answer_each_too(
    server_folder: Path, brokers_folder: Path
) -> None:
    data = server_folder / "data"
    with EmbeddedPostgres.open(data) as server:
        found = asyncio.run(figures(data, server.dsn, brokers_folder))

    assert (found["bursts"], found["one_answer"]) == (PLAN.bursts, PLAN.bursts)
