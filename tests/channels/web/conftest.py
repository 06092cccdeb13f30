"""A real browser, and pages in it whose console must stay free of errors."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from core.postgres.database import Database
from tests.channels.kit import Service, serving
from tests.channels.web.browsing import Chat, Site, a_page, a_site

CURE = "Chromium is missing: apt-get install -y --no-install-recommends chromium fonts-noto-cjk"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("REQUIRE_SERVICES") == "1":  # noqa: TID251 - how a run says so
            pytest.fail(CURE)
        pytest.skip(CURE)
    async with async_playwright() as play:
        browser = await play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh visitor's page; an error in its console fails the test."""
    page, seen = await a_page(browser)
    yield page
    await page.context.close()
    assert not seen, seen


@pytest.fixture
async def open_service(database: Database) -> AsyncIterator[Service]:
    """Lets pages of every origin in."""
    async with serving(
        database,
        allowed_origins=("*",),
        brand="Fjord & Pine",
        suggestions=("How long does it take?",),
        suggestions_zh=("要多久？",),
    ) as running:
        yield running


@pytest.fixture
async def site(open_service: Service) -> AsyncIterator[Site]:
    async with a_site(open_service) as site:
        yield site


@pytest.fixture
def chat(site: Site, page: Page) -> Chat:
    return Chat(site, page)
