"""What is around the work: keys, the connection, versions, presence, pages for admins."""

import pytest
from playwright.async_api import expect

from tests.handoff.console.page.desk import Desk
from tests.handoff.console.page.scene import ANN, LATE, MINE, WAITING

pytestmark = pytest.mark.browser


async def test_keys_go_through_the_list_and_rest_while_one_writes(desk: Desk) -> None:
    await desk.tab("Waiting")
    await desk.rows.first.wait_for()
    await desk.page.keyboard.press("j")
    await desk.page.keyboard.press("j")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page).to_have_url(f"{desk.console.url}/console#/inbox/waiting/{WAITING}")
    await desk.page.locator(".composer").wait_for()
    await desk.page.keyboard.press("n")
    await expect(desk.text).to_be_focused()
    await desk.page.keyboard.type("jk?")
    await expect(desk.text).to_have_value("jk?")
    await desk.page.keyboard.press("Escape")
    await desk.page.keyboard.press("?")
    await expect(desk.page.get_by_role("dialog", name="Keys")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await desk.page.keyboard.press("g")
    await desk.page.keyboard.press("p")
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("Team")


async def test_single_keys_can_be_turned_off(desk: Desk) -> None:
    await desk.page.goto(f"{desk.console.url}/console#/you")
    await desk.page.get_by_label("Single keys do something").uncheck()
    await desk.page.get_by_role("heading", level=1).click()

    await desk.page.keyboard.press("?")

    await expect(desk.page.get_by_role("dialog")).to_have_count(0)


async def test_after_a_cut_it_goes_on_behind_the_last_event(desk: Desk) -> None:
    await desk.open(MINE, "mine")
    await desk.console.say(MINE, text="Before the cut")
    await expect(desk.said.last).to_contain_text("Before the cut")
    seen = desk.console.seq
    await desk.console.cut()
    await desk.console.say(MINE, text="During the cut")

    await expect(desk.said.last).to_contain_text("During the cut")

    assert desk.console.hellos[-1] == {"type": "hello", "era": "era", "since": seen}


async def test_another_version_is_offered_and_a_draft_is_not_lost_by_it(desk: Desk) -> None:
    await desk.open(MINE, "mine")
    await desk.text.fill("A draft")
    desk.console.version = "2"
    await desk.console.cut()

    notice = desk.page.get_by_text("A new version is available. Your drafts are kept.")
    await expect(notice).to_be_visible()
    await expect(desk.text).to_have_value("A draft")
    await desk.press("Reload")
    await expect(desk.text).to_have_value("A draft")
    await expect(notice).to_have_count(0)


async def test_away_is_said_and_shown(desk: Desk) -> None:
    await desk.page.get_by_role("button", name="Ann Lee: Online").click()
    await desk.page.get_by_role("menuitemradio", name="Away").click()

    await expect(desk.page.get_by_role("button", name="Ann Lee: Away")).to_be_visible()
    await expect(desk.page.get_by_text("You are away: new conversations")).to_be_visible()
    assert ("presence", {"away": True, "draining": False}) in desk.console.acts


async def test_what_waits_for_me_is_counted_in_the_title(desk: Desk) -> None:
    await expect(desk.page).to_have_title("(2) Inbox · Switchboard")
    await desk.open(MINE, "mine")
    await expect(desk.page).to_have_title("(1) Inbox · Switchboard")


async def test_what_is_not_there_has_a_way_back(desk: Desk) -> None:
    await desk.page.goto(f"{desk.console.url}/console#/nothing")
    await expect(desk.page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    await desk.page.get_by_role("link", name="To the inbox").click()
    await desk.rows.first.wait_for()

    nobody = LATE.replace("1", "9", 1)
    await desk.page.goto(f"{desk.console.url}/console#/inbox/all/{nobody}")
    await expect(desk.page.get_by_text("There is no such conversation")).to_be_visible()


async def test_a_lead_reads_the_log_and_no_accounts(desk: Desk) -> None:
    desk.console.me["may"] = ["own", "conversations.read", "audit.read"]
    await desk.page.reload()
    await desk.page.get_by_role("link", name="Team").click()

    await expect(desk.page.get_by_role("tab")).to_have_text(["Audit log"])
    await expect(desk.page.locator("td code").first).to_be_visible()


async def test_an_agent_has_no_page_of_admins(desk: Desk) -> None:
    desk.console.me["may"] = ["own", "conversations.read"]
    await desk.page.reload()
    await desk.page.locator(".rail").wait_for()
    await expect(desk.page.get_by_role("link", name="Team")).to_have_count(0)
    await desk.page.goto(f"{desk.console.url}/console#/team")
    await expect(desk.page.get_by_role("heading", level=1)).to_contain_text("not for your account")


async def test_an_ended_session_leads_to_the_door_and_back(desk: Desk) -> None:
    await desk.open(MINE, "mine")
    await desk.page.context.clear_cookies()
    await desk.page.reload()

    await expect(desk.page.get_by_text("Please sign in to go on.")).to_be_visible()
    await desk.page.get_by_label("E-mail").fill("ann@example.com")
    await desk.page.get_by_label("Password", exact=True).fill("correct horse battery")
    await desk.press("Sign in")
    await expect(desk.said.first).to_be_visible()
    assert desk.console.agents[ANN]["presence"] == "online"
