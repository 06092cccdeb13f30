"""An agent's work: signing in, the list, taking, answering, noting, closing."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.fakes.console import FakeConsole
from tests.handoff.console.page.desk import Desk
from tests.handoff.console.page.scene import BO, CHINESE, LATE, MINE, WAITING, a_handoff, a_row

pytestmark = pytest.mark.browser
_QUEUE = {"kind": "queue", "agent": None, "name": None}


async def test_a_wrong_password_is_told_and_the_right_one_leads_back(
    console: FakeConsole, page: Page
) -> None:
    desk = Desk(console, page)
    await page.goto(f"{console.url}/console#/you")
    await page.get_by_label("E-mail").fill("ann@example.com")
    await page.get_by_label("Password", exact=True).fill("wrong")
    await desk.press("Sign in")
    await expect(page.get_by_role("alert")).to_have_text("E-mail and password do not fit.")

    await page.get_by_label("Password", exact=True).fill("correct horse battery")
    await desk.press("Sign in")

    await expect(page.get_by_role("heading", level=1)).to_have_text("Settings")


async def test_a_link_sets_a_password_and_its_secret_leaves_the_address(
    console: FakeConsole, page: Page
) -> None:
    await page.goto(f"{console.url}/console#/welcome/default/ann@example.com/s3cret")
    await page.get_by_label("New password").fill("correct horse battery")
    assert "s3cret" not in page.url
    await page.get_by_label("Once more").fill("correct horse battery")
    await page.get_by_role("button", name="Set the password").click()

    await expect(page.get_by_role("status")).to_contain_text("Your password is set")
    assert console.acts == [
        (
            "password",
            {
                "tenant": "default",
                "email": "ann@example.com",
                "link": "s3cret",
                "password": "correct horse battery",
            },
        )
    ]


async def test_the_longest_wait_is_first_and_says_how_late_it_is(desk: Desk) -> None:
    await desk.tab("Waiting")

    await expect(desk.rows).to_have_count(3)
    first = desk.rows.first
    await expect(first).to_have_attribute("data-row", LATE)
    await expect(first).to_contain_text(re.compile(r"\d+ min, late"))
    await expect(desk.row(WAITING)).to_contain_text(re.compile(r"\d+ min, soon late"))
    await expect(desk.row(CHINESE)).to_contain_text("Offered to you")


async def test_a_conversation_is_taken_answered_noted_and_closed(desk: Desk) -> None:
    await desk.open(LATE)
    await expect(desk.page.get_by_role("group", name="Handoff")).to_contain_text("frustrated")
    await desk.press("Take it")
    await desk.press("Insert")
    await expect(desk.text).to_have_value(
        "I am sorry for the wait. I have asked our accounts team about FP-20871."
    )
    await desk.text.fill("It is on its way.")
    await desk.text.press("Control+Enter")
    await expect(desk.page.locator(".said.agent .words")).to_have_text("It is on its way.")
    await desk.press("Private note")
    await expect(desk.page.locator(".sees")).to_have_text("Only your team will see this")
    await desk.text.fill("Accounts know.")
    await desk.press("Add the note")
    await expect(desk.page.locator(".said.note .words").last).to_have_text("Accounts know.")
    await desk.press("Close")
    await desk.page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
    await expect(desk.page.locator(".who .owner")).to_have_text("With the bot")

    acts = [(name, body.get("text", body)) for name, body in desk.console.acts if name != "draft"]
    assert acts == [
        ("take", {"epoch": 3}),
        ("reply", "It is on its way."),
        ("notes", "Accounts know."),
        ("close", {"reason": "Solved"}),
    ]


async def test_who_comes_second_is_told_who_was_first(desk: Desk) -> None:
    desk.console.refusals["take"] = (409, "taken", "Bo Chen took this.")
    await desk.open(WAITING)

    await desk.press("Take it")

    await expect(desk.page.get_by_role("alert")).to_contain_text("Bo Chen took this.")


async def test_a_reply_that_was_refused_can_be_sent_again_under_its_id(desk: Desk) -> None:
    desk.console.refusals["reply"] = (503, "unavailable", "The service is busy.")
    await desk.open(MINE, "mine")
    await desk.text.fill("Here it is.")
    await desk.press("Send")
    await expect(desk.page.get_by_role("alert")).to_contain_text("The service is busy.")

    await desk.press("Retry")

    await expect(desk.page.get_by_role("alert")).to_have_count(0)
    ids = {body["client_id"] for name, body in desk.console.acts if name == "reply"}
    assert len(ids) == 1
    assert [one["text"] for one in desk.console.messages[MINE]].count("Here it is.") == 1


async def test_nothing_moves_under_the_pointer(desk: Desk) -> None:
    await desk.tab("Waiting")
    await desk.row(WAITING).hover()
    before = await desk.row(WAITING).bounding_box()

    new = a_row(
        "30000000-0000-0000-0000-000000000001",
        "early",
        _QUEUE,
        "Hello?",
        20,
        handoff=a_handoff(20),
    )
    await desk.console.tell_row(new)

    fresh = desk.page.get_by_role("button", name="1 new conversation - show")
    await expect(fresh).to_be_visible()
    after = await desk.row(WAITING).bounding_box()
    assert before == after
    await fresh.click()
    await expect(desk.rows.first).to_contain_text("early")


async def test_a_draft_is_there_after_a_reload(desk: Desk) -> None:
    await desk.open(MINE, "mine")
    await desk.text.fill("Half a sen")
    await desk.page.reload()

    await expect(desk.text).to_have_value("Half a sen")


async def test_a_canned_reply_is_filled_and_its_gap_is_chosen(desk: Desk) -> None:
    await desk.open(MINE, "mine")
    await desk.text.press_sequentially("/so")
    ready = desk.page.get_by_role("listbox", name="Replies").get_by_role("option")
    await expect(ready).to_have_count(1)
    await desk.text.press("Enter")

    await expect(desk.text).to_have_value("Hello {{customer.first_name}}, sorry to wait.")
    await desk.text.press_sequentially("Tom")
    await expect(desk.text).to_have_value("Hello Tom, sorry to wait.")


async def test_colleagues_are_seen_and_what_the_customer_types(desk: Desk) -> None:
    await desk.open(MINE, "mine")
    bo = {"agent": BO, "name": "Bo Chen", "typing": True}
    await desk.console.show(MINE, type="viewers", viewers=[bo])
    await expect(desk.page.get_by_text("Bo Chen is typing")).to_be_visible()
    await desk.console.show(MINE, type="typing", author="customer")
    types = desk.page.get_by_text("The customer is typing…")
    await expect(types).to_have_count(2)
    await desk.console.say(MINE, text="One more thing")
    await expect(types).to_have_count(0)


async def test_a_search_says_when_nothing_fits_and_how_to_go_on(desk: Desk) -> None:
    await desk.tab("All")
    await expect(desk.rows).to_have_count(6)
    await desk.page.keyboard.press("/")
    await desk.page.keyboard.type("refund")
    await desk.page.keyboard.press("Enter")
    await expect(desk.rows).to_have_count(1)
    await expect(
        desk.page.get_by_text("The latest 6 conversations were searched.")
    ).to_be_visible()
    await desk.page.get_by_role("searchbox").fill("nothing of the kind")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_text("No conversation fits")).to_be_visible()

    await desk.press("Clear filters")

    await expect(desk.rows).to_have_count(6)


async def test_a_conversation_goes_to_a_team_and_nobody_who_is_offline_is_offered(
    desk: Desk,
) -> None:
    bo = {**desk.console.agents[BO], "presence": "offline"}
    await desk.open(MINE, "mine")
    await desk.console.tell(type="agent", agent=bo)
    await desk.page.keyboard.press("x")
    dialog = desk.page.get_by_role("dialog", name="Transfer the conversation")
    await expect(dialog.get_by_label("Bo Chen")).to_be_disabled()
    await dialog.get_by_label("orders").check()
    await dialog.get_by_role("button", name="Transfer").click()

    await expect(dialog).to_have_count(0)
    assert desk.console.acts[-1] == ("transfer", {"team": "orders"})


async def test_a_note_stays_a_note_when_the_conversation_becomes_mine(desk: Desk) -> None:
    await desk.open(WAITING)
    await expect(desk.page.locator("textarea")).to_have_count(0)
    await desk.press("Private note")
    await desk.text.fill("Careful, he is")
    await desk.press("Take it")
    await expect(desk.page.locator(".who .owner")).to_have_text("With you")
    await desk.text.press_sequentially(" angry")
    await desk.text.press("Control+Enter")

    await expect(desk.page.locator(".said.note .words").last).to_have_text("Careful, he is angry")
    assert [name for name, _ in desk.console.acts if name != "draft"] == ["take", "notes"]
