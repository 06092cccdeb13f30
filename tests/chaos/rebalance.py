"""What it costs customers that a worker joins and leaves while they talk."""

import asyncio
import time
from pathlib import Path

import aiohttp

from tests.chaos.fleet import ready
from tests.chaos.stage import Stage, Trial, staged
from tests.chaos.timing import answers, spread

QUIET_S, WITH_S = 20.0, 25.0
_AFTER_S = 20.0
"""What was accepted so long after a change counts as touched by it."""
_APART_S = 3.0
"""What was accepted so shortly before it does, too."""


async def rebalance(trial: Trial, folder: Path) -> dict[str, object]:
    """A third worker comes, works for a while and goes, by SIGTERM.

    Returns:
        The verdict, with how long answers took before, and around each change: the longest of
        them is the longest pause of any conversation.
    """
    async with staged(trial, folder) as stage, asyncio.TaskGroup() as group:
        talking = group.create_task(stage.crowd.talk())
        await asyncio.sleep(QUIET_S)
        begun = time.monotonic()
        third = stage.fleet.worker("worker-3", stage.platform.url)
        await ready(third.url)
        await asyncio.sleep(WITH_S)
        took = await _turns(third.url)
        left = time.monotonic()
        drained_s = await third.stop()
        await talking
        verdict = await stage.verdict()
        return {
            "kind": trial.kind,
            "seed": trial.seed,
            "answered_after_s": {
                "quiet": _spread(stage, 0, begun - _APART_S),
                "joining": _spread(stage, begun, begun + _AFTER_S),
                "leaving": _spread(stage, left, left + _AFTER_S),
            },
            "turns_of_the_third": took,
            "left_after_s": round(drained_s, 1),
            "verdict_of_all": verdict,
            "verdict": verdict["verdict"],
        }


async def _turns(url: str) -> int:
    """How many a worker has taken."""
    async with aiohttp.ClientSession() as session, session.get(url + "/metrics") as answer:
        lines = (await answer.text()).splitlines()
    counts = [line.split()[-1] for line in lines if line.startswith("switchboard_turns_total{")]
    return round(sum(map(float, counts)))


def _spread(stage: Stage, since: float, until: float) -> dict[str, float]:
    return spread(
        [
            answer.shown_at - answer.accepted_at
            for pair in stage.crowd.heard()
            for answer in answers(*pair)
            if since <= answer.accepted_at < until
        ]
    )
