"""Where a trial takes place: a fleet, its customers and their platform; and how it is judged."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import truth
from tests.chaos.crowd import Crowd, Load
from tests.chaos.fleet import Fleet, Kind
from tests.chaos.history import Taken
from tests.chaos.timing import waits
from tests.chaos.verdict import judge, report
from tests.fakes.platform import FakePlatform, Script, Take

_SETTLE_S = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What every trial begins with."""

    kind: Kind
    seed: int
    load: Load


@dataclass(slots=True)
class Stage:
    """All that takes part."""

    fleet: Fleet
    crowd: Crowd
    platform: FakePlatform
    taken: Mapping[str, Sequence[Taken]] = field(default_factory=lambda: defaultdict(list))
    """What agents had, by conversation."""

    async def verdict(self) -> dict[str, object]:
        """When all have said everything: wait until nothing is under way, and judge."""
        self.platform.script = Take
        settled = await truth.settle(self.fleet.postgres.dsn, _SETTLE_S)
        await self.fleet.ready()
        stored = await truth.read(self.fleet.postgres.dsn)
        talks = await self.crowd.look_back(stored, self.platform)
        for talk in talks:
            talk.taken = list(self.taken[talk.conversation])
        return {
            **settled,
            "ended_by_itself": dict(Counter(f"{e.name} {e.status}" for e in self.fleet.ended)),
            "put_aside": stored.put_aside,
            "unknown_resolved": self.fleet.unknown_resolved(),
            "platform": dict(sorted(self.platform.outcomes.items())),
            "events_repeated": sum(chatter.repeated for chatter in self.crowd.chatters),
            **waits(self.crowd.heard()),
            **report(talks, judge(talks)),
        }


@asynccontextmanager
async def staged(trial: Trial, folder: Path, script: Script = Take) -> AsyncIterator[Stage]:
    """Everything up and ready, in an empty folder, until the block ends."""
    async with (
        FakePlatform.start(script) as platform,
        Fleet.start(trial.kind, folder, platform.url) as fleet,
    ):
        yield Stage(fleet, Crowd(fleet.url, trial.load, trial.seed), platform)
