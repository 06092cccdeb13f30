"""Every page in both themes, both languages and on a phone: nothing keeps anybody out."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.channels.web.browsing import a_page
from tests.fakes.console import FakeConsole
from tests.handoff.console.page.desk import Desk
from tests.handoff.console.page.scene import BOS, LATE, MINE

pytestmark = pytest.mark.browser
_PAGES = {
    "list": "/inbox/waiting",
    "queued": f"/inbox/waiting/{LATE}",
    "mine": f"/inbox/mine/{MINE}",
    "other": f"/inbox/all/{BOS}",
    "tickets": "/tickets?state=all",
    "ticket": "/tickets/2",
    "team": "/team/people",
    "tokens": "/team/tokens",
    "audit": "/team/audit",
    "replies": "/canned",
    "settings": "/you",
}
_WIDE, _PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_FILLED = ".thread .said, .inbox:not(.open) [data-row], td, .page .empty, .page li, .page dl"
_TOO_WIDE = """[document.documentElement, document.querySelector("main")]
  .some((one) => one.scrollWidth > one.clientWidth)"""
_SHOTS = Path(__file__).parents[4] / "bench-out" / "console"


_LOOKS = {
    "light": ("en", "light", _WIDE),
    "dark": ("en", "dark", _WIDE),
    "zh": ("zh", "light", _WIDE),
    "phone": ("en", "light", _PHONE),
    "phone-dark-zh": ("zh", "dark", _PHONE),
}


@pytest.mark.parametrize("name", _LOOKS)
async def test_a_machine_finds_no_fault(console: FakeConsole, browser: Browser, name: str) -> None:
    lang, theme, viewport = _LOOKS[name]
    page, seen = await a_page(browser, viewport=viewport, color_scheme=theme)
    desk, faults = Desk(console, page), {}
    await page.goto(f"{console.url}/console?lang={lang}")
    await page.locator("form").wait_for()
    await page.screenshot(path=_SHOTS / f"{name}-door.png")
    faults["door"] = await desk.faults()
    await desk.sign_in()
    await page.evaluate(f"localStorage.setItem('switchboard.console.lang', '{lang}')")
    await page.reload()
    for place, at in _PAGES.items():
        await page.goto(f"{console.url}/console#{at}")
        await page.locator(_FILLED).first.wait_for()
        await page.screenshot(path=_SHOTS / f"{name}-{place}.png")
        faults[place] = await desk.faults()
        wide = await page.evaluate(_TOO_WIDE)
        assert not wide, place
    await page.context.close()

    assert {place: found for place, found in faults.items() if found} == {}
    assert not seen, seen


async def test_nor_in_what_opens_over_the_page(desk: Desk) -> None:
    page, faults = desk.page, {}

    async def look(name: str) -> None:
        await page.screenshot(path=_SHOTS / f"over-{name}.png")
        faults[name] = await desk.faults()
        await page.keyboard.press("Escape")

    await desk.open(MINE, "mine")
    await page.keyboard.press("?")
    await page.get_by_role("dialog").wait_for()
    await look("keys")
    await page.keyboard.press("e")
    await page.get_by_role("dialog").wait_for()
    await look("close")
    await page.keyboard.press("x")
    await page.get_by_role("dialog").wait_for()
    await look("transfer")
    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menu").wait_for()
    await look("more")
    await page.get_by_role("button", name="Ann Lee: Online").click()
    await page.get_by_role("menu").wait_for()
    await look("presence")
    await desk.text.press_sequentially("/s")
    await page.get_by_role("listbox", name="Replies").wait_for()
    await look("canned")

    assert {name: found for name, found in faults.items() if found} == {}
