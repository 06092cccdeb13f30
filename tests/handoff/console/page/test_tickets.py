"""The page of tickets, and one ticket."""

import pytest
from playwright.async_api import expect

from tests.fakes.console_tickets import a_ticket
from tests.handoff.console.page.desk import Desk
from tests.handoff.console.page.scene import ANN, LATE

pytestmark = pytest.mark.browser


async def test_a_ticket_is_found_worked_on_and_talked_about(desk: Desk) -> None:
    page, tickets = desk.page, desk.page.locator(".ticket")
    await page.get_by_role("link", name="Tickets").click()
    await expect(tickets).to_have_count(2)
    await page.get_by_role("combobox", name="State").select_option("All states")
    await expect(tickets).to_have_count(3)
    await page.get_by_role("combobox", name="Assignee").select_option("My own")
    await page.get_by_role("combobox", name="Tracker").select_option("jira")
    await expect(tickets).to_have_count(1)
    await expect(page).to_have_url(
        f"{desk.console.url}/console#/tickets?state=all&assignee={ANN}&connector=jira"
    )
    await page.reload()
    link = page.get_by_role("link", name="SHOP-12")
    await expect(link).to_have_attribute("href", "https://jira.example/SHOP-12")
    await page.get_by_role("link", name="Refund of FP-20871").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("#2 Refund of FP-20871")

    await desk.press("Solve")
    await expect(page.locator("header .state")).to_have_text("Solved")
    await page.get_by_label("Comment", exact=True).fill("Paid today.")
    await page.get_by_label("The customer may read it").check()
    await desk.press("Tell the customer")
    await expect(page.get_by_text("Paid today.")).to_be_visible()
    await desk.press("Edit")
    dialog = page.get_by_role("dialog", name="Edit the ticket")
    await dialog.get_by_label("Priority").select_option("Low")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Low", exact=True)).to_be_visible()
    await desk.press("Tell zendesk")
    await expect(page.get_by_text("is being told")).to_be_visible()

    acts = [(name, body.get("text", body)) for name, body in desk.console.acts]
    assert acts == [
        ("ticket.state", {"state": "solved"}),
        ("ticket.comments", "Paid today."),
        ("ticket.change", {"priority": "low"}),
        ("ticket.trackers", {"connector": "zendesk"}),
    ]


async def test_a_talk_names_its_tickets_and_a_ticket_its_talk_and_what_is_about_the_same(
    desk: Desk,
) -> None:
    page = desk.page
    await desk.open(LATE)
    await page.get_by_role("link", name="#3 Refund has not come").click()
    await page.get_by_label("Duplicate of #").fill("2")
    await desk.press("Note it")
    await page.get_by_role("link", name="#2 Refund of FP-20871 is late").click()
    await page.get_by_role("link", name="Open its conversation").click()

    await expect(page).to_have_url(f"{desk.console.url}/console#/inbox/all/{LATE}")
    await desk.said.first.wait_for()
    assert desk.console.acts[-1] == ("ticket.duplicate", {"of": 2})


async def test_what_is_new_is_counted_and_what_changes_changes_in_its_place(desk: Desk) -> None:
    page, tickets = desk.page, desk.page.locator(".ticket")
    await page.goto(f"{desk.console.url}/console#/tickets")
    await expect(tickets).to_have_count(2)
    known = desk.console.tickets.whole[2]
    await desk.console.tickets.add({**known, "ticket": {**known["ticket"], "state": "pending"}})
    await expect(tickets.last).to_contain_text("Pending")
    await desk.console.tickets.add(a_ticket(4, "A fourth one"))

    await page.get_by_role("button", name="1 new ticket - show").click()

    await expect(tickets.first).to_contain_text("A fourth one")


async def test_pages_go_on_and_a_search_that_finds_nothing_says_how_to_go_on(desk: Desk) -> None:
    page, tickets = desk.page, desk.page.locator(".ticket")
    desk.console.tickets.whole |= {n: a_ticket(n, f"Ticket {n}") for n in range(10, 90)}
    await page.goto(f"{desk.console.url}/console#/tickets")
    await expect(tickets).to_have_count(50)
    await desk.press("Show more")
    await expect(tickets).to_have_count(82)

    await page.keyboard.press("/")
    await page.keyboard.type("nobody said this")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("No ticket fits")).to_be_visible()
    await desk.press("Clear filters")
    await expect(tickets).to_have_count(50)

    await page.goto(f"{desk.console.url}/console#/tickets/9999")
    await expect(page.get_by_text("There is no such ticket")).to_be_visible()
