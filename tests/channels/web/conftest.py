"""A real browser, and pages in it whose console must stay free of errors."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.channels.web.browsing import a_page

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
