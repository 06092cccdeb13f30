"""A desk for every kind of tracker."""

from collections.abc import AsyncIterator

import pytest

from handoff.connectors.calling import Caller
from tests.handoff.connectors.kit import TRACKERS, Desk
from tests.handoff.stage import Stage


@pytest.fixture(params=TRACKERS)
async def desk(request: pytest.FixtureRequest, stage: Stage) -> AsyncIterator[Desk]:
    async with TRACKERS[request.param]().open() as tracker, Caller() as caller:
        yield Desk(stage, tracker, caller)
