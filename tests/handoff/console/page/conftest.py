"""A browser on the console's page, whose log must stay free of errors."""

import os
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from handoff.console.pages import FOLDER
from tests.channels.web.browsing import a_page
from tests.channels.web.conftest import browser  # noqa: F401 - the same browser
from tests.fakes.console import FakeConsole, serving
from tests.handoff.console.page.desk import Desk
from tests.handoff.console.page.scene import a_morning

CURE = "The console is not built: make console, with Node 20.19 or later"


@pytest.fixture
def built() -> None:
    """Skip, or fail where a run demands all, when nobody has built the page."""
    if (FOLDER / "console.html").is_file():
        return
    if os.environ.get("REQUIRE_SERVICES") == "1":  # noqa: TID251 - how a run says so
        pytest.fail(CURE)
    pytest.skip(CURE)


@pytest.fixture
async def console(built: None) -> AsyncIterator[FakeConsole]:
    async with serving(a_morning()) as running:
        yield running


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:  # noqa: F811 - it is that one
    """An error in its log fails the test, but for requests that the test has refused."""
    page, seen = await a_page(browser, viewport={"width": 1280, "height": 800})
    yield page
    await page.context.close()
    assert [said for said in seen if "Failed to load resource" not in said] == []


@pytest.fixture
async def desk(console: FakeConsole, page: Page) -> Desk:
    """Signed in, and connected."""
    desk = Desk(console, page)
    await desk.sign_in()
    return desk
