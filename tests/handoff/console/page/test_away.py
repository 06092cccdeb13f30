"""On the service itself: a file comes and one goes, and the talk is put away and comes back."""

import base64

import pytest
from playwright.async_api import Page, expect

from channels.postgres.files import PostgresFiles
from core.domain.files import received, words_for
from core.domain.ids import EventId
from deploy.desk import handing
from handoff.practice import Limits
from tests.builders import TENANT, an_inbound_message
from tests.handoff.console.house import House
from tests.handoff.console.page.desk import faults
from tests.handoff.console.page.test_service import comes

pytestmark = pytest.mark.browser
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SHOWN = "image => image.complete && image.naturalWidth > 0"


async def sends_a_picture(house: House, talk: object) -> None:
    files = PostgresFiles(house.base.database, house.base.clock)
    await files.keep(TENANT, talk, EventId("c1"), [received("door.png", DOT)])  # type: ignore[arg-type]
    said = an_inbound_message(talk, words_for(["door.png"]), event="c1")  # type: ignore[arg-type]
    await house.base.conversations.accept(said)


async def sends_files(page: Page) -> None:
    """One that is refused and one that goes."""
    chosen = page.locator(".composer input[type=file]")
    await chosen.set_input_files(
        [
            {"name": "program.exe", "mimeType": "image/png", "buffer": b"MZ\x90\x00\x03"},
            {"name": "label.png", "mimeType": "image/png", "buffer": DOT},
        ]
    )
    await expect(page.locator(".adding .bad")).to_contain_text("Pictures, PDF, plain text")
    await expect(page.locator(".adding .size")).to_have_count(1)
    assert await faults(page) == []
    await page.get_by_role("button", name="Remove program.exe").click()
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".said.agent .files .name")).to_have_text("label.png")
    await expect(page.locator(".said.agent .words")).to_have_count(0)


async def test_a_file_comes_and_one_goes_and_the_talk_is_put_away_and_comes_back(
    house: House, page: Page, built: None
) -> None:
    talk = (await house.waits("Where is my parcel?")).conversation
    await sends_a_picture(house, talk)
    await comes(house, page)
    await page.goto(f"{house.url}/console#/inbox/waiting/{talk}")
    picture = page.locator(".said.customer .files img")
    await expect(picture).to_be_visible()
    await page.wait_for_function(f"({SHOWN})(document.querySelector('.files img'))")
    await page.get_by_role("button", name="Take it").first.click()

    await sends_files(page)
    await page.locator("textarea").blur()
    await page.keyboard.press("z")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("By the clocks of UTC.")).to_be_visible()
    assert await faults(page) == []
    await dialog.get_by_role("button", name="In an hour").click()
    await expect(page.locator(".who .owner").last).to_contain_text("Snoozed until")
    await page.locator(".list .tabs button", has_text="Snoozed").click()
    await expect(page.locator(f'[data-row="{talk}"] .owner')).to_contain_text("Snoozed until")
    await page.locator(".list .tabs button", has_text="Mine").click()
    await expect(page.locator(f'[data-row="{talk}"]')).to_have_count(0)

    await house.says(talk, "Hello again?")
    await handing(house.base).desks.look(TENANT, Limits())
    await expect(page.locator(f'[data-row="{talk}"] .owner')).to_have_text("Back from snooze")
    assert await faults(page) == []
