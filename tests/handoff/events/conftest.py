"""Another desk, and what tells it."""

from collections.abc import AsyncIterator

import pytest

from core.postgres.bell import Bell
from handoff.connectors.calling import Caller
from tests.fakes.other_desk import FakeOtherDesk
from tests.handoff.events.kit import Told
from tests.handoff.stage import Stage


@pytest.fixture
async def told(stage: Stage, bell: Bell) -> AsyncIterator[Told]:
    async with FakeOtherDesk().open() as desk, Caller() as caller:
        yield Told(stage, desk, caller, bell)
