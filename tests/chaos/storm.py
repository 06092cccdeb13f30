"""Customers talk while everything they depend on is killed, frozen and cut; then it is judged."""

import asyncio
import random
import time
from pathlib import Path

from tests.chaos.agents import Agents
from tests.chaos.stage import Trial, staged
from tests.chaos.trouble import Malice, Trouble
from tests.fakes.platform import (
    Fail,
    Outcome,
    Script,
    SlowDown,
    Take,
    TakeAndBreak,
    TakeInSilence,
)


async def rage(trial: Trial, malice: Malice, folder: Path) -> dict[str, object]:
    """Run it in an empty folder; the verdict, with what was done how often."""
    begun = time.monotonic()
    async with staged(trial, folder, moods(trial.seed)) as stage:
        trouble = Trouble(stage.fleet, trial.seed, malice)
        dice = random.Random(f"{trial.seed}-agents")
        agents = Agents(stage.fleet.postgres.dsn, dice, gap_s=2)
        stage.taken = agents.taken
        async with asyncio.TaskGroup() as group:
            group.create_task(trouble.make())
            group.create_task(agents.work(trouble.over))
            await stage.crowd.talk()
            trouble.over.set()
        said_s = time.monotonic() - begun
        return {
            "kind": trial.kind,
            "seed": trial.seed,
            "seconds": round(said_s, 1),
            "done_to_it": dict(sorted(trouble.done.items())),
            **await stage.verdict(),
        }


def moods(seed: int) -> Script:
    """A platform that mostly takes what it is sent, by seed."""
    dice = random.Random(f"{seed}-platform")
    outcomes: tuple[Outcome, ...] = (
        Take(),
        SlowDown(retry_after_s=1),
        TakeInSilence(),
        TakeAndBreak(),
        Fail(),
    )
    return lambda: dice.choices(outcomes, (92, 3, 2, 2, 1))[0]
