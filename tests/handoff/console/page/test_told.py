"""What the page is told while it is open: offers that end, the way of messages, other words."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from core.clock import SystemClock
from tests.fakes.console import FakeConsole
from tests.handoff.console.page.desk import Desk
from tests.handoff.console.page.scene import ANN, BO, BOS, CHINESE, MINE, a_handoff

pytestmark = pytest.mark.browser


def an_offer(console: FakeConsole, left_s: float) -> dict[str, Any]:
    """An offer to Ann that has so long, by the service's clock."""
    until = SystemClock().now() + console.ahead + timedelta(seconds=left_s)
    handoff = a_handoff(1, state="offered", agent=ANN, until=until.isoformat())
    return {**console.rows[CHINESE], "handoff": handoff}


async def test_an_offer_counts_down_by_the_services_clock_and_ends_without_its_buttons(
    console: FakeConsole, page: Page
) -> None:
    console.ahead = timedelta(hours=1)
    console.rows[CHINESE] = an_offer(console, 600)
    desk = Desk(console, page)
    await desk.sign_in()
    await desk.open(CHINESE)
    for place in (desk.row(CHINESE), page.get_by_role("group", name="Handoff")):
        await expect(place.get_by_role("timer")).to_contain_text("Offered to you: 5")
    await expect(page.get_by_role("button", name="Not now")).to_be_visible()

    await console.tell_row(an_offer(console, -1))

    await expect(desk.row(CHINESE)).to_contain_text("The offer is over; it moved on.")
    await expect(page.get_by_role("button", name="Not now")).to_have_count(0)
    await expect(page.locator("header").get_by_role("button", name="Take it")).to_have_count(0)
    to_bo = a_handoff(1, state="offered", agent=BO, until=console.rows[CHINESE]["active_at"])
    await console.tell_row({**console.rows[CHINESE], "handoff": to_bo})
    await expect(page.get_by_role("alert")).to_contain_text("The offer is over; it moved on.")


async def test_the_list_goes_by_language_and_assignee_and_all_of_it_comes_back(
    desk: Desk,
) -> None:
    page, at = desk.page, f"{desk.console.url}/console#/inbox/all"
    await desk.tab("All")
    await expect(desk.rows).to_have_count(6)
    await page.get_by_role("combobox", name="Language").select_option("Chinese")
    await expect(desk.rows).to_have_count(1)
    await expect(page).to_have_url(f"{at}?language=zh")
    await page.get_by_role("combobox", name="Language").select_option("English")
    await page.get_by_role("combobox", name="Assignee").select_option("Bo Chen")
    await expect(desk.rows).to_have_count(1)
    await expect(desk.row(BOS)).to_be_visible()
    await page.reload()
    await expect(desk.rows).to_have_count(1)
    await expect(page).to_have_url(f"{at}?language=en&assignee={BO}")
    await page.get_by_role("combobox", name="Assignee").select_option("Nobody's")
    await expect(desk.rows).to_have_count(3)

    await desk.press("Clear filters")

    await expect(desk.rows).to_have_count(6)
    await expect(page).to_have_url(at)


async def test_how_a_message_gets_on_is_told_and_what_was_refused_is_sent_again(
    desk: Desk,
) -> None:
    console, last = desk.console, desk.said.last
    await desk.open(MINE, "mine")
    said = await console.say(MINE, author="agent", agent=ANN, text="On its way", client_id="c")
    nothing = {"seq": said["seq"], "text": None, "edited": False, "deleted": False}

    async def becomes(delivery: str, reason: str | None = None) -> None:
        mark = {**nothing, "delivery": delivery, "reason": reason}
        await console.show(MINE, type="marks", marks=[mark])

    await becomes("waiting")
    await expect(last).to_contain_text("being delivered")
    await becomes("unknown")
    await expect(last).to_contain_text("may not have arrived")
    await becomes("refused", "The customer has blocked the bot.")
    await expect(last).to_contain_text("Not delivered. The customer has blocked the bot.")
    await desk.press("Send again")
    await becomes("delivered")
    await expect(last).to_contain_text("delivered")
    await expect(desk.page.get_by_role("button", name="Send again")).to_have_count(0)
    assert ("again", {"seq": said["seq"]}) in console.acts


async def test_other_words_of_the_customer_stand_there_at_once_and_none_too(desk: Desk) -> None:
    await desk.open(MINE, "mine")
    mark = {"seq": 3, "edited": True, "deleted": False, "delivery": None, "reason": None}
    third = desk.said.filter(has_text="two weeks ago").last

    await desk.console.show(MINE, type="marks", marks=[{**mark, "text": "It was three weeks."}])
    await expect(desk.said.filter(has_text="It was three weeks.")).to_contain_text("edited")
    await desk.console.show(MINE, type="marks", marks=[{**mark, "text": "", "deleted": True}])

    await expect(desk.page.get_by_text("This message was taken back.")).to_be_visible()
    await expect(third).not_to_contain_text("three weeks")
