"""The page on the service itself: from the first link to a closed conversation."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from core.clock import new_secret
from deploy.console import people_of
from handoff.people.account import Actor, Link, NewAccount
from handoff.people.roles import Permission, Role
from tests.builders import TENANT
from tests.handoff.console.house import House

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


async def invited(house: House, email: str) -> str:
    """The link of somebody new."""
    setup = Actor(tenant=TENANT, name="setup", may=frozenset(Permission))
    new, secret = NewAccount(email=email, name="Ann Lee", role=Role.ADMIN), new_secret()
    people = people_of(house.base.settings, house.base.database)
    await people.add(setup, new, Link(secret, timedelta(hours=1)))
    return f"{house.url}/console#/welcome/{TENANT}/{email}/{secret}"


async def comes(house: House, page: Page) -> None:
    """A new admin sets a password by their link, and signs in."""
    await page.goto(await invited(house, "ann@example.com"))
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_label("Once more").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.locator(".rail").wait_for()


async def test_an_agent_comes_by_a_link_takes_answers_notes_and_closes(
    house: House, page: Page, built: None
) -> None:
    talk = (await house.waits("Where is my parcel?")).conversation
    await comes(house, page)
    await page.locator(".list .tabs button", has_text="Waiting").click()
    await page.locator(f'[data-row="{talk}"]').click()
    await expect(page.locator(".said.customer .words")).to_have_text("Where is my parcel?")

    await page.get_by_role("button", name="Take it").first.click()
    await page.locator("textarea").fill("It is on its way.")
    await page.locator("textarea").press("Control+Enter")
    await expect(page.locator(".said.agent .words").last).to_have_text("It is on its way.")
    await page.get_by_role("button", name="Private note").click()
    await page.locator("textarea").fill("Called the carrier.")
    await page.get_by_role("button", name="Add the note").click()
    await expect(page.locator(".said.note .words").last).to_have_text("Called the carrier.")
    await expect(page.get_by_text("Sending…")).to_have_count(0)
    await page.get_by_role("button", name="Close", exact=True).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Close", exact=True).click()
    await expect(page.locator(".who .owner")).to_have_text("With the bot")

    await page.get_by_role("link", name="Team").click()
    await expect(page.get_by_role("cell", name="ann@example.com")).to_be_visible()
    await page.get_by_role("tab", name="Audit log").click()
    await expect(page.locator("td code").first).to_be_visible()
    said = await house.rows("SELECT text FROM messages WHERE author = 'agent'")
    assert [row["text"] for row in said] == ["It is on its way."]


async def test_a_reply_is_made_ready_and_used(house: House, page: Page, built: None) -> None:
    talk = (await house.waits("Where is my parcel?")).conversation
    await comes(house, page)
    await page.get_by_role("link", name="Replies").click()
    await page.get_by_role("button", name="New reply").click()
    await page.get_by_label("Shortcut").fill("hello")
    await page.get_by_label("Title").fill("A greeting")
    await page.get_by_label("English").fill("Hello from {{agent.first_name}}, order {{order}}?")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("cell", name="/hello")).to_be_visible()

    await page.goto(f"{house.url}/console#/inbox/waiting/{talk}")
    await page.get_by_role("button", name="Take it").first.click()
    await page.locator("textarea").press_sequentially("/hel")
    await page.get_by_role("listbox", name="Replies").wait_for()
    await page.locator("textarea").press("Enter")
    await expect(page.locator("textarea")).to_have_value("Hello from Ann, order {{order}}?")
    await page.locator("textarea").press_sequentially("7")

    await expect(page.locator("textarea")).to_have_value("Hello from Ann, order 7?")


async def test_a_ticket_is_drafted_from_the_talk_and_the_customer_told(
    house: House, page: Page, built: None
) -> None:
    talk = (await house.waits("My order AB-123456 arrived broken.")).conversation
    await comes(house, page)
    await page.goto(f"{house.url}/console#/inbox/waiting/{talk}")
    await page.get_by_role("button", name="Take it").first.click()
    await page.locator("textarea").wait_for()

    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="New ticket").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("AB-123456", exact=True)).to_be_visible()
    await dialog.get_by_label("Title").fill("Broken on arrival")
    await dialog.get_by_label("Priority").select_option("high")
    await dialog.get_by_role("button", name="Open it").click()

    await expect(dialog).to_have_count(0)
    await expect(page.locator(".thread").get_by_text("number 1")).to_be_visible()
    (ticket,) = await house.rows("SELECT title, priority, conversation FROM tickets")
    assert tuple(ticket.values()) == ("Broken on arrival", "high", talk)
