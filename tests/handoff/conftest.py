"""The stage, and a bell, as fixtures."""

from collections.abc import AsyncIterator

import pytest

from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.signals import Signals
from tests.handoff.stage import Stage


@pytest.fixture
async def stage(database: Database) -> Stage:
    made = Stage(database)
    await made.prepare()
    return made


@pytest.fixture
async def bell(database: Database) -> AsyncIterator[Bell]:
    signals = await Signals.open(database)
    bell = await Bell.open(signals)
    yield bell
    await bell.close()
    await signals.close()
