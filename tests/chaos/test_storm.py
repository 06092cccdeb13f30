"""The promises hold while everything is killed, frozen and cut under load; short, by seed."""

import json
from pathlib import Path

import pytest

from tests.brokers.fixtures import require_brokers
from tests.chaos.crowd import Load
from tests.chaos.fleet import Kind
from tests.chaos.storm import Storm, rage
from tests.chaos.timing import Pace
from tests.chaos.trouble import Malice

pytestmark = pytest.mark.slow


def a_storm(kind: Kind, seed: int) -> Storm:
    return Storm(
        kind=kind,
        seed=seed,
        load=Load(
            conversations=16 if kind == "single" else 40,
            messages=15,
            at_once=40,
            pushed=0.0 if kind == "single" else 0.5,
            pace=Pace(think_s=4),
        ),
        malice=Malice(gap_s=2, longest_s=4),
    )


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("single", marks=pytest.mark.models),
        "postgres",
        pytest.param("kafka", marks=pytest.mark.kafka),
    ],
)
async def test_nothing_is_lost_doubled_or_reordered(kind: Kind, server_folder: Path) -> None:
    if kind == "kafka":
        require_brokers()

    verdict = await rage(a_storm(kind, seed=1), server_folder)

    assert verdict["verdict"] == "held", json.dumps(verdict, indent=2)
    assert int(str(verdict["accepted"])) >= 16 * 15
    assert verdict["done_to_it"]
