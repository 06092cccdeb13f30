"""Customers talk while everything they depend on is killed, frozen and cut; then it is judged."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import truth
from tests.chaos.agents import Agents
from tests.chaos.crowd import Crowd, Load
from tests.chaos.fleet import Fleet, Kind
from tests.chaos.timing import waits
from tests.chaos.trouble import Malice, Trouble
from tests.chaos.verdict import judge, report
from tests.fakes.platform import (
    Fail,
    FakePlatform,
    Outcome,
    SlowDown,
    Take,
    TakeAndBreak,
    TakeInSilence,
)

_SETTLE_S = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What is thrown at which fleet."""

    kind: Kind
    seed: int
    load: Load
    malice: Malice


async def rage(storm: Storm, folder: Path) -> dict[str, object]:
    """Run it in an empty folder; the verdict, with what was done how often."""
    begun = time.monotonic()
    async with (
        FakePlatform.start(moods(storm.seed)) as platform,
        Fleet.start(storm.kind, folder, platform.url) as fleet,
    ):
        trouble = Trouble(fleet, storm.seed, storm.malice)
        crowd = Crowd(fleet.url, storm.load, storm.seed)
        agents = Agents(fleet.postgres.dsn, random.Random(f"{storm.seed}-agents"), gap_s=2)
        async with asyncio.TaskGroup() as group:
            group.create_task(trouble.make())
            group.create_task(agents.work(trouble.over))
            await crowd.talk()
            trouble.over.set()
        said_s = time.monotonic() - begun
        platform.script = Take
        settled = await truth.settle(fleet.postgres.dsn, _SETTLE_S)
        await fleet.ready()
        talks = await crowd.look_back(await truth.read(fleet.postgres.dsn), platform)
        for talk in talks:
            talk.taken = agents.taken[talk.conversation]
        return {
            "kind": storm.kind,
            "seed": storm.seed,
            "seconds": round(said_s, 1),
            **settled,
            "done_to_it": dict(sorted(trouble.done.items())),
            "ended_by_itself": dict(Counter(f"{e.name} {e.status}" for e in fleet.ended)),
            "platform": dict(sorted(platform.outcomes.items())),
            **waits(crowd.heard()),
            "events_repeated": sum(chatter.repeated for chatter in crowd.chatters),
            **report(talks, judge(talks)),
        }


def moods(seed: int) -> Callable[[], Outcome]:
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
