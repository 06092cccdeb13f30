"""No message from two owners, none from an old epoch: in the model, and in the store."""

import pytest

from tests.handoff.ownership import Model, faults, play
from tests.handoff.real import Real
from tests.handoff.stage import Stage

LENGTH = 60


def played(seed: int, *, guarded: bool = True) -> Model:
    model = Model(guarded=guarded)
    for action in play(seed, LENGTH):
        model.do(action)
    return model


def test_no_interleaving_lets_two_speak_or_anybody_from_an_old_epoch() -> None:
    assert [fault for seed in range(2_000) for fault in faults(played(seed))] == []


def test_without_its_guards_the_model_shows_every_fault() -> None:
    shown = {
        fault.split(" ")[0] for seed in range(300) for fault in faults(played(seed, guarded=False))
    }

    assert shown >= {"bot", "agent", "spoken", "the"}


def test_the_plays_get_to_every_kind_of_end() -> None:
    outcomes: set[str] = set()
    states: set[str] = set()

    for seed in range(500):
        model = Model()
        for action in play(seed, LENGTH):
            outcomes.add(model.do(action))
            if model.handoff is not None:
                states.add(type(model.handoff.state).__name__)

    assert outcomes >= {"said", "moved", "too late", "not theirs", "outdated", "covered"}
    assert len(states) == 8


@pytest.mark.parametrize("seeds", [range(80)], ids=str)
async def test_the_store_does_what_the_model_does(stage: Stage, seeds: range) -> None:
    for seed in seeds:
        await Real(stage, seed).agree(LENGTH)
