"""Talks that are put away: where they stand, what wakes them, and what is written down."""

import json
from datetime import datetime, timedelta
from typing import Any

from core.domain.ids import ConversationId
from deploy.desk import handing
from handoff.postgres.desks import PostgresDesks
from handoff.practice import Limits
from handoff.targets import Targets, running
from tests.builders import TENANT
from tests.fakes.clock import FakeClock
from tests.handoff.console.house import Browser, House

LIMITS = Limits()


def later(house: House, **span: float) -> str:
    return (house.base.clock.now() + timedelta(**span)).isoformat()


async def talking(house: House, name: str = "Ann") -> tuple[Browser, ConversationId]:
    ann, conversation = await house.comes(name), (await house.waits()).conversation
    await ann.take(conversation)
    return ann, conversation


async def look(house: House, **ahead: float) -> Any:
    """One look of the desk, of another process that was just started, at a later moment."""
    clock = FakeClock()
    clock.passed_s = (house.base.clock.now() + timedelta(**ahead) - clock.now()).total_seconds()
    stores = handing(house.base)
    desks = PostgresDesks(house.base.database, clock, agents=stores.agents)
    return await desks.look(TENANT, LIMITS)


async def tab(browser: Browser, name: str) -> list[str]:
    return [row["id"] for row in (await browser.get("inbox", tab=name))["rows"]]


async def test_it_leaves_mine_and_stands_with_its_time_in_a_list_of_its_own(house: House) -> None:
    ann, conversation = await talking(house)
    until = later(house, hours=1)

    row = await ann.post(f"conversations/{conversation}/snooze", until=until)

    assert datetime.fromisoformat(row["snooze"]["until"]) == datetime.fromisoformat(until)
    assert await tab(ann, "mine") == []
    assert await tab(ann, "snoozed") == [str(conversation)]
    assert await tab(ann, "all") == [str(conversation)]
    counts = await ann.get("inbox/counts")
    assert (counts["mine"], counts["snoozed"], counts["open"]) == (0, 1, 1)
    assert (await ann.send("PUT", "presence", away=False))["talks"] == 0


async def test_it_comes_back_when_its_time_comes_whoever_died_meanwhile(house: House) -> None:
    ann, conversation = await talking(house)
    await ann.post(f"conversations/{conversation}/snooze", until=later(house, hours=1))

    await look(house, minutes=59)
    assert await tab(ann, "mine") == []
    await look(house, minutes=61)

    assert await tab(ann, "mine") == [str(conversation)]
    row = (await ann.get(f"conversations/{conversation}"))["row"]
    assert row["snooze"]["until"] is None
    assert row["snooze"]["woke_at"] is not None


async def test_it_comes_back_when_the_customer_writes(house: House) -> None:
    ann, conversation = await talking(house)
    await ann.post(f"conversations/{conversation}/snooze", until=later(house, days=3))

    await look(house)
    assert await tab(ann, "mine") == []
    await house.says(conversation, "One more thing")
    await look(house)

    assert await tab(ann, "mine") == [str(conversation)]


async def test_it_is_back_until_its_agent_says_something(house: House) -> None:
    ann, conversation = await talking(house)
    path = f"conversations/{conversation}"
    await ann.post(f"{path}/snooze", until=later(house, hours=1))
    await look(house, hours=2)
    epoch = (await ann.get(path))["row"]["epoch"]

    await ann.post(f"{path}/reply", client_id="r1", text="Here I am.", epoch=epoch)

    assert (await ann.get(path))["row"]["snooze"] is None


async def test_its_agent_can_have_it_back_at_any_time_and_both_are_written_down(
    house: House,
) -> None:
    ann, conversation = await talking(house)
    path = f"conversations/{conversation}/snooze"
    until = later(house, hours=1)
    await ann.post(path, until=until)

    await ann.send("DELETE", path)
    await ann.send("DELETE", path)

    assert await tab(ann, "mine") == [str(conversation)]
    assert await tab(ann, "snoozed") == []
    acts = [act for act in await house.acts() if "snooze" in act]
    assert acts == ["conversation.snooze", "conversation.unsnooze"]
    (row,) = await house.rows("SELECT detail FROM audit WHERE act = 'conversation.snooze'")
    told = datetime.fromisoformat(json.loads(row["detail"])["until"])
    assert told == datetime.fromisoformat(until)


async def test_only_whoever_has_it_puts_it_away(house: House) -> None:
    ann, conversation = await talking(house)
    bo = await house.comes("Bo")
    waiting = (await house.waits()).conversation
    until = later(house, hours=1)

    refused = await bo.post(f"conversations/{conversation}/snooze", 409, until=until)
    nobodys = await bo.post(f"conversations/{waiting}/snooze", 409, until=until)

    assert refused["error"]["code"] == "taken"
    assert nobodys["error"]["code"] == "moved_on"
    assert await tab(ann, "mine") == [str(conversation)]


async def test_a_time_that_is_over_is_refused_in_one_sentence(house: House) -> None:
    ann, conversation = await talking(house)

    refused = await ann.post(
        f"conversations/{conversation}/snooze", 409, until=later(house, minutes=-1)
    )

    assert refused["error"]["message"] == "That time is over; choose one to come."


async def test_whoever_gets_it_passed_on_has_it_awake(house: House) -> None:
    ann, conversation = await talking(house)
    bo = await house.comes("Bo")
    path = f"conversations/{conversation}"
    await ann.post(f"{path}/snooze", until=later(house, hours=1))

    await ann.post(f"{path}/transfer", agent=bo.account.id)
    await bo.take(conversation)

    assert (await bo.get(path))["row"]["snooze"] is None
    assert await tab(bo, "mine") == [str(conversation)]


async def test_the_clock_of_an_answer_stands_still_and_begins_anew_when_it_is_back(
    house: House,
) -> None:
    ann, conversation = await talking(house)
    path = f"conversations/{conversation}"
    epoch = (await ann.get(path))["row"]["epoch"]
    await ann.post(f"{path}/reply", client_id="r1", text="Let me see.", epoch=epoch)
    asked = await house.says(conversation, "And?")
    targets = Targets(next_s=600)
    stores = handing(house.base)
    (timed,) = (await look(house)).timed
    (clock,) = running(timed.facts, targets, None)
    await stores.desks.set_clock(TENANT, timed.handoff, clock)

    await ann.post(f"{path}/snooze", until=later(house, hours=1))
    (away,) = (await look(house, minutes=30)).timed
    (back,) = (await look(house, hours=2)).timed

    assert running(away.facts, targets, None) == ()
    assert away.clocked == frozenset()
    assert await house.rows("SELECT 1 FROM jobs WHERE kind = 'target'") == []
    (again,) = running(back.facts, targets, None)
    assert again.name == f"next.{asked}"
    assert again.due_at > house.base.clock.now() + timedelta(hours=2)


async def test_pages_hear_that_it_went_and_that_it_is_back(house: House) -> None:
    ann, conversation = await talking(house)
    desks = handing(house.base).desks

    async with ann.live() as page:
        await page.until("state")
        until = later(house, seconds=0.3)
        await ann.post(f"conversations/{conversation}/snooze", until=until)
        while (await page.until("conversation"))["row"]["snooze"] is None:
            pass
        gone = page.heard[-1]["row"]["snooze"]
        while (await desks.look(TENANT, LIMITS)).desk.handoffs[0].snoozed:
            pass
        while (back := (await page.until("conversation"))["row"]["snooze"])["woke_at"] is None:
            pass

    assert gone["until"] is not None
    assert back["until"] is None


async def test_the_usual_times_are_told(house: House) -> None:
    ann = await house.comes("Ann")

    times = await ann.get("snooze")

    assert times["zone"] == "UTC"
    assert times["tomorrow"].endswith("T09:00:00Z")
