"""Fixtures of all: an embedded Postgres for the run, a database of its own for each test."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from core.postgres.database import Database
from deploy.embedded import EmbeddedPostgres
from tests.databases import Databases

pytest_plugins = ["tests.brokers.fixtures"]

# a slow machine is no failure
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("house"), max_examples=15)
settings.register_profile("long", settings.get_profile("house"), max_examples=3_000)
settings.load_profile("house")

_ALONE = frozenset({"bench", "brokers", "chaos"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts brokers or fleets, and what measures, has the machine for itself."""
    for item in items:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        if folder in _ALONE or item.get_closest_marker("kafka"):
            item.add_marker("alone")


@contextmanager
def _folder_for_a_server() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="switchboard-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder for a server of the test's own.

    As root a server runs under another account, which pytest's own folders do not let in.
    """
    with _folder_for_a_server() as folder:
        yield folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The DSN of an embedded server that lives as long as the run."""
    with _folder_for_a_server() as folder, EmbeddedPostgres.open(folder) as server:
        yield server.dsn


@pytest.fixture(scope="session")
def databases(postgres_server: str) -> Databases:
    """The databases of the run."""
    return Databases(postgres_server)


@pytest.fixture
async def dsn(databases: Databases) -> AsyncIterator[str]:
    """A migrated database of the test's own, empty."""
    async with databases.one() as address:
        yield address


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """Pools on the test's own database."""
    async with await Database.connect(dsn, tenant_size=8, service_size=8) as pools:
        yield pools
