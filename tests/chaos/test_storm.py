"""The promises hold while everything is killed, frozen and cut under load; short, by seed."""

import json
from pathlib import Path

import pytest

from tests.brokers.fixtures import require_brokers
from tests.chaos.crowd import Load
from tests.chaos.fleet import Kind
from tests.chaos.stage import Trial
from tests.chaos.storm import rage
from tests.chaos.timing import Pace
from tests.chaos.trouble import Malice

pytestmark = pytest.mark.slow


MALICE = Malice(gap_s=2, longest_s=4)


def a_trial(kind: Kind, seed: int) -> Trial:
    load = Load(
        conversations=16 if kind == "single" else 40,
        messages=15,
        at_once=40,
        pushed=0.0 if kind == "single" else 0.5,
        pace=Pace(think_s=4),
    )
    return Trial(kind=kind, seed=seed, load=load)


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
    trial = a_trial(kind, seed=1)

    verdict = await rage(trial, MALICE, server_folder)

    assert verdict["verdict"] == "held", json.dumps(verdict, indent=2)
    assert verdict["accepted"] == trial.load.conversations * trial.load.messages
    assert verdict["done_to_it"]
