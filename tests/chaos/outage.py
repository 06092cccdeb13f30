"""What an outage of the event log costs customers, while they go on talking."""

import asyncio
import time
from pathlib import Path

from tests.chaos.fleet import Fleet
from tests.chaos.stage import Stage, Trial, staged
from tests.chaos.timing import answers, spread

WARM_S = 15.0


async def outage(trial: Trial, dead_s: float, folder: Path) -> dict[str, object]:
    """All brokers are dead for so long; without brokers, the database is.

    Returns:
        The verdict, with what customers saw of it: whether their own messages were accepted,
        when the answers came, and how soon everything had caught up.
    """
    async with staged(trial, folder) as stage, asyncio.TaskGroup() as group:
        talking = group.create_task(stage.crowd.talk())
        await asyncio.sleep(WARM_S)
        dead_at = time.monotonic()
        await _dead(stage.fleet, dead_s)
        back_at = time.monotonic()
        await talking
        verdict = await stage.verdict()
        return {
            "kind": trial.kind,
            "seed": trial.seed,
            "dead": "brokers" if stage.fleet.brokers else "postgres",
            "outage_s": round(back_at - dead_at, 1),
            "seen": _seen(stage, dead_at, back_at),
            **verdict,
        }


async def _dead(fleet: Fleet, seconds: float) -> None:
    if not fleet.brokers:
        await fleet.postgres.kill()
        await asyncio.sleep(seconds)
        await fleet.postgres.start_again()
        return
    await asyncio.gather(*(broker.kill() for broker in fleet.brokers))
    await asyncio.sleep(seconds)
    await asyncio.gather(*(broker.restart() for broker in fleet.brokers))


def _seen(stage: Stage, dead_at: float, back_at: float) -> dict[str, object]:
    lived = list(stage.crowd.heard())
    quiet, late = [], []
    for pair in lived:
        for answer in answers(*pair):
            if answer.shown_at < dead_at:
                quiet.append(answer)
            elif answer.accepted_at < back_at:
                late.append(answer)
    said = [
        (seq, heard.waited_s[seq])
        for _, heard in lived
        for seq, at in heard.accepted_at.items()
        if dead_at <= at - heard.waited_s[seq] < back_at
    ]
    typing = sum(dead_at <= at < back_at for _, heard in lived for at in heard.typing_at)
    return {
        "before": {"answered_after_s": spread([a.shown_at - a.accepted_at for a in quiet])},
        "meanwhile": {
            "said": len(said),
            "accepted_after_s": spread([waited for _, waited in said]),
            "typing_shown": typing,
            "answered_before_the_end": sum(a.shown_at < back_at for a in late),
        },
        "after": {
            "first_answer_s": round(
                min((_after(a.shown_at, back_at) for a in late), default=0), 1
            ),
            "caught_up_s": round(max((a.shown_at - back_at for a in late), default=0), 1),
        },
    }


def _after(at: float, back_at: float) -> float:
    return at - back_at if at >= back_at else float("inf")
