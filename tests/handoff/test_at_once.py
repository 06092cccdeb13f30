"""Everybody at the same moment, in the store: one owner per epoch, and only the owner speaks."""

import asyncio
import itertools
import random
from contextlib import suppress

import pytest

from core.domain.conversation import Agent, Bot, Conversation, Owner
from core.domain.turns import Remembered
from handoff.errors import MoveRefused
from handoff.practice import Limits
from tests.builders import TENANT
from tests.handoff.ownership import AGENTS, DESK, meant, moves
from tests.handoff.real import record_of
from tests.handoff.stage import Stage

MESSAGES = 30


class Crowd:
    """Those who want something of one conversation, and what came of it."""

    def __init__(self, stage: Stage, opened: Conversation, seed: int) -> None:
        self.stage, self.opened = stage, opened
        self.dice = random.Random(seed)
        self.over = asyncio.Event()
        self.owners: dict[int, Owner] = {0: Bot()}
        self.promises: set[int] = set()
        """Epochs that a turn of the bot began."""

    async def customer(self) -> None:
        for _ in range(MESSAGES):
            await self.stage.customer_says(self.opened.id)
            for _ in range(5):  # the others go on meanwhile
                await self.stage.now(self.opened.id)
        self.over.set()

    async def bot(self) -> None:
        while not self.over.is_set():
            turn = await self.stage.conversations.load(TENANT, self.opened.id, 5)
            if not turn.waiting:
                continue
            before = turn.conversation
            after = meant(before.owner, self.dice.randrange(12))
            stored = await self.stage.conversations.remember(record_of(turn, after))
            if (
                isinstance(stored, Remembered)
                and stored.sent
                and after not in (None, before.owner)
            ):
                self._owns(before.epoch + 1, after)
                self.promises.add(before.epoch + 1)

    async def mover(self, actor: str) -> None:
        process = self.stage.another_process()
        for number in itertools.takewhile(lambda _: not self.over.is_set(), itertools.count()):
            if actor == DESK:
                await self.stage.desks.look(TENANT, Limits())
            seen = await process.open_in(TENANT, self.opened.id)
            if seen is None:
                continue
            choice = self.dice.randrange(16)
            with suppress(MoveRefused):
                if actor in AGENTS and choice % 3 == 0:
                    await process.say(seen, AGENTS[actor], "Hello", f"{id(process)} {number}")
                    continue
                after = await process.apply(seen, moves(actor, choice, self.stage.clock.now()))
                if after is not None and after.epoch != seen.epoch:
                    self._owns(after.epoch, after.owner)

    def _owns(self, epoch: int, owner: Owner | None) -> None:
        assert epoch not in self.owners, "two began the same epoch"
        assert owner is not None
        self.owners[epoch] = owner


@pytest.mark.parametrize("seed", range(4))
async def test_only_the_owner_of_an_epoch_speaks_in_it(stage: Stage, seed: int) -> None:
    crowd = Crowd(stage, await stage.a_conversation(), seed)

    async with asyncio.TaskGroup() as tasks:
        for doing in (crowd.customer(), crowd.bot(), crowd.bot()):
            tasks.create_task(doing)
        for actor in (*AGENTS, *AGENTS, DESK, "customer"):
            tasks.create_task(crowd.mover(actor))

    assert len(crowd.owners) > 3
    rows = await stage.rows("SELECT seq, author, epoch, event FROM messages ORDER BY seq")
    assert [row["seq"] for row in rows] == [*range(1, len(rows) + 1)]
    assert [row["epoch"] for row in rows] == sorted(row["epoch"] for row in rows)
    assert sorted(crowd.owners) == [*range((await stage.now(crowd.opened.id)).epoch + 1)]
    for row in rows:
        owner = crowd.owners[row["epoch"]]
        if row["author"] == "agent":
            assert isinstance(owner, Agent)
            assert row["event"].split(":")[1] == str(owner.id)
        if row["author"] == "bot":
            assert owner == Bot() or row["epoch"] in crowd.promises
