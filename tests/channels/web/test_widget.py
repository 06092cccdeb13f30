"""The widget in a real browser, on a page of another origin with a strict policy."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from core.postgres.database import Database
from tests.channels.kit import Service, serving
from tests.channels.web.browsing import Site, a_site

pytestmark = pytest.mark.browser


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    async with serving(database, allowed_origins=("*",)) as running:
        yield running


@pytest.fixture
async def site(service: Service) -> AsyncIterator[Site]:
    async with a_site(service) as site:
        yield site


async def say(page: Page, text: str) -> None:
    await page.fill("textarea", text)
    await page.press("textarea", "Enter")


ANSWER = ".said.bot:not(.growing)"


async def test_a_question_is_answered_with_its_sources(
    service: Service, site: Site, page: Page
) -> None:
    service.bot.deltas = True
    await page.goto(site.url)
    await page.get_by_role("button", name="Open chat").click()
    await expect(page.locator("textarea")).to_be_focused()
    await say(page, "Where is it?")

    answer = page.locator(ANSWER)
    await expect(answer.locator(".words")).to_have_text("You asked: Where is it? 1")
    await answer.get_by_role("button", name="Source 1").click()
    await expect(answer.locator("blockquote")).to_have_text("Parcels take two days.")
    await expect(page.locator(".growing")).to_have_count(0)
    await expect(page.locator(".said")).to_have_count(2)
