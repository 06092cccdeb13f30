"""Slack and the console at the same moment: one reaches the customer, the other is told."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest

from core.domain.messages import Author
from handoff.console.errors import MovedOn, Taken
from handoff.errors import MoveRefused
from handoff.life import Handoff
from handoff.postgres.acts import Saying
from handoff.surface.deeds import actor_of
from tests.builders import TENANT
from tests.deploy.surface.kit import ANN, BO, EVE, HOLD_S, Team
from tests.fakes.slack import Fail, Fault, TakeAndBreak

STEPS = 40


async def in_console(team: Team, handoff: Handoff, text: str, user: str = BO) -> int:
    """An agent answers in the console, from how the conversation is now."""
    now = await team.stage.now(handoff.conversation)
    account = team.accounts[user]
    said = Saying(client_id=f"console:{text}", text=text)
    return await team.acts.reply(actor_of(account), account, handoff.conversation, said, now.epoch)


async def take_in_console(team: Team, handoff: Handoff, user: str = BO) -> None:
    now = await team.stage.now(handoff.conversation)
    account = team.accounts[user]
    await team.acts.take(actor_of(account), account, handoff.conversation, now.epoch)


async def test_of_two_who_answer_at_once_the_owners_words_go_out_and_the_other_is_told(
    team: Team,
) -> None:
    handoff = await team.taken(ANN)

    with pytest.raises(Taken, match="Ann took this"):
        await in_console(team, handoff, "from the console")
    await team.writes(ANN, "from Slack")
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == ["from Slack"]


async def test_of_two_who_take_at_once_one_has_it_and_the_other_is_told(team: Team) -> None:
    handoff = await team.asked()
    pressed = team.slack.desk.presses(ANN, "take", team.card())

    await team.hears(pressed)
    both = await asyncio.gather(
        take_in_console(team, handoff), team.serve(), return_exceptions=True
    )
    await team.serve()

    lost_in_console = isinstance(both[0], MoveRefused)
    lost_in_slack = bool(team.slack.desk.told(ANN))
    assert lost_in_console != lost_in_slack


async def test_words_that_are_held_while_another_takes_over_stay_here_and_it_is_told(
    team: Team,
) -> None:
    handoff = await team.taken(ANN)
    await team.writes(ANN, "from Ann")
    ann = team.accounts[ANN]
    await team.acts.to_agent(actor_of(ann), ann, handoff.conversation, team.accounts[BO].id)
    await take_in_console(team, handoff)

    await in_console(team, handoff, "from Bo")
    await team.wait()

    assert await team.customer_reads(handoff.conversation) == ["from Bo"]
    assert "Bo took this" in team.slack.desk.told(ANN)[-1]
    assert "Not sent" in team.notices()[0].words


async def test_what_colleagues_say_in_the_console_is_seen_in_the_thread(team: Team) -> None:
    handoff = await team.asked()
    await take_in_console(team, handoff)

    await in_console(team, handoff, "Hello from Bo")
    await team.serve()

    assert team.thread()[-1].words == "Bo: Hello from Bo"
    assert "Bo has this conversation" in team.card().words


async def test_of_two_processes_one_serves_a_thread(team: Team) -> None:
    await team.stage.a_request()
    first = team.parts.serving
    second = team.restart().serving

    await asyncio.gather(*(one.turn() for one in (first, second) * 3))
    await team.serve()

    assert len(team.slack.desk.cards("C0DESK")) == 1
    assert len(team.thread()) <= 1


class Chaos:
    """Agents at it in both places, a Slack that breaks, and processes that die."""

    def __init__(self, team: Team, handoff: Handoff, seed: int) -> None:
        self.team, self.handoff = team, handoff
        self.dice = random.Random(seed)
        self.undone: set[str] = set()
        self.private: set[str] = set()
        self.written: list[dict[str, Any]] = []

    def fault(self, method: str, body: Any) -> Fault | None:
        if method in ("users.info", "chat.postEphemeral"):
            return None
        return self.dice.choice([None] * 8 + [Fail(), TakeAndBreak()])

    async def step(self, number: int) -> None:
        desk, card, dice = self.team.slack.desk, self.team.card(), self.dice
        doings: list[Coroutine[Any, Any, Any]] = []
        match dice.randrange(9):
            case 0 | 1 | 2:
                written = desk.writes(dice.choice([ANN, BO]), f"slack {number}", card)
                self.written.append(written)
                doings.append(self.team.hears(written))
            case 3:
                text = f"// private {number}"
                doings.append(self.team.hears(desk.writes(ANN, text, card)))
            case 4 if self.written:
                doings.append(self.team.hears(dice.choice(self.written)))
            case 5:
                doings.append(self.undo())
            case 6:
                doings.append(self.console(number))
            case 7:
                self.team.restart()
            case _:
                self.team.stage.clock.passed_s += HOLD_S
        doings += [self.team.parts.serving.turn(), self.team.due.turn()]
        await asyncio.gather(*doings)
        self.team.stage.clock.passed_s += 1

    async def undo(self) -> None:
        held = [one for one in self.team.notices() if "desk:undo" in one.buttons]
        if not held:
            return
        await self.team.hears(self.team.slack.desk.presses(EVE, "undo", self.dice.choice(held)))
        rows = await self.team.stage.rows("SELECT text FROM desk_replies WHERE state = 'undone'")
        self.undone |= {row["text"] for row in rows}

    async def console(self, number: int) -> None:
        with suppress(Taken, MovedOn):
            await in_console(
                self.team, self.handoff, f"console {number}", self.dice.choice([ANN, BO])
            )


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_each_word_goes_out_at_most_once_and_no_slip_does(
    team: Team, seed: int
) -> None:
    handoff = await team.taken(ANN)
    chaos = Chaos(team, handoff, seed)
    team.slack.faults = chaos.fault

    for number in range(STEPS):
        await chaos.step(number)
    team.slack.faults = lambda method, body: None
    for _ in range(8):
        await team.wait(65)

    read = await team.customer_reads(handoff.conversation)
    rows = await team.stage.rows("SELECT by, text, state FROM desk_replies ORDER BY n")
    assert rows
    assert len(read) == len(set(read))
    assert not chaos.undone & set(read)
    assert not any("private" in text for text in read)
    assert {row["state"] for row in rows} <= {"sent", "undone", "refused"}
    sent = [row["text"] for row in rows if row["state"] == "sent"]
    assert [text for text in read if text.startswith("slack")] == sent
    assert all(row["state"] == "refused" for row in rows if row["by"].endswith(BO))
    notices = [one.words for one in team.notices()]
    assert len(notices) == len([row for row in rows if row["by"].endswith(ANN)])
    assert notices.count("*Sent to the customer.*") == len(sent)
    transcript = await team.stage.transcript(handoff.conversation)
    assert [one.seq for one in transcript] == [*range(1, len(transcript) + 1)]
    assert sum(one.author is Author.AGENT for one in transcript) == len(read)
    assert (await team.stage.handoffs.get(TENANT, handoff.id)).owner == handoff.owner
