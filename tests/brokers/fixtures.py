"""Brokers shared by all tests of a run; each test names its topics with a prefix of its own.

A test that uses them is marked `kafka`.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from tests.brokers import jars
from tests.brokers.cluster import Cluster


def require_brokers() -> None:
    """Skip, or fail where a run demands every service, unless a broker can be started here."""
    if not jars.are_missing():
        return
    if os.environ.get("REQUIRE_SERVICES") == "1":  # noqa: TID251 - how a run says so
        pytest.fail(jars.CURE)
    pytest.skip(jars.CURE)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka() -> AsyncIterator[str]:
    """The bootstrap servers of one broker."""
    async with _cluster(1) as cluster:
        yield cluster.bootstrap


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kafka_three() -> AsyncIterator[Cluster]:
    """Three brokers; whoever kills or freezes one leaves all three running."""
    async with _cluster(3) as cluster:
        yield cluster


@pytest.fixture
def brokers_folder() -> Iterator[Path]:
    """A folder for brokers of the test's own; skips where there can be none."""
    require_brokers()
    folder = Path(tempfile.mkdtemp(prefix="switchboard-kafka-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _cluster(brokers: int) -> AsyncIterator[Cluster]:
    require_brokers()
    folder = Path(tempfile.mkdtemp(prefix="switchboard-kafka-"))
    try:
        async with Cluster.start(folder, brokers=brokers) as cluster:
            yield cluster
    finally:
        shutil.rmtree(folder, ignore_errors=True)
