"""The promises hold while the process is killed under load; short, with fixed seeds."""

from pathlib import Path

import pytest

from tests.chaos.storm import Storm, rage


@pytest.mark.slow
@pytest.mark.models
@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_lost_doubled_or_reordered_by_kill_9(
    seed: int, server_folder: Path
) -> None:
    storm = Storm(seed=seed, kills=4, customers=8, messages=12, database_kills=0.25)

    verdict = await rage(storm, server_folder)

    assert verdict["verdict"] == "held", verdict
    assert int(str(verdict["accepted"])) >= 8 * 12
