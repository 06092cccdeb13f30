"""The lead's page on the service itself: numbers with their rows, and what a lead does there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from tests.fakes.console import FakeConsole
from tests.handoff.console.house import Browser, House, Live
from tests.handoff.console.page.desk import Desk
from tests.handoff.console.page.test_service import comes
from tests.handoff.postgres.a_day import Request, noon, store

pytestmark = pytest.mark.browser
_SHOTS = Path(__file__).parents[4] / "bench-out" / "console"
_WIDE, _PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_LOOKS = {
    "light": ("en", "light", _WIDE),
    "dark": ("en", "dark", _WIDE),
    "phone-zh": ("zh", "light", _PHONE),
    "phone-dark": ("en", "dark", _PHONE),
}
_TOO_WIDE = """[document.documentElement, document.querySelector("main")]
  .some((one) => one.scrollWidth > one.clientWidth)"""


@dataclass
class Noon:
    """A desk at noon: Bo talks with Tom, Maria and Kim wait, and some are done."""

    house: House
    bo: Browser
    bos: Live
    maria: UUID
    tom: UUID


@pytest.fixture
async def at_noon(house: House, built: None) -> AsyncIterator[Noon]:
    base = house.base
    await noon(base.database, base.clock, first_s=900)
    bo = await house.comes("Bo Chen")
    async with bo.live() as bos:
        await bos.until("state")
        tom = (await house.waits("Is it in stock?", customer="Tom Baker")).conversation
        await bo.take(tom)
        begun = base.clock.now()
        maria = Request(at=begun - timedelta(minutes=20), state="queued", customer="Maria Lind")
        rated = {"asked_to_rate": True, "taken_after_s": 40.0}
        await store(
            base.database,
            maria,
            Request(at=begun - timedelta(minutes=13), state="queued", customer="Kim Park"),
            Request(
                at=begun - timedelta(minutes=90),
                state="wrapped_up",
                customer="Ola Berg",
                thumb="up",
                comment="Quick and kind, thank you!",
                **rated,
            ),
            Request(
                at=begun - timedelta(minutes=80),
                state="wrapped_up",
                customer="Ida Holm",
                thumb="down",
                why="slow",
                targets=("first.0.missed",),
                **rated,
            ),
            Request(at=begun - timedelta(minutes=70), state="abandoned", customer="Lena Voss"),
        )
        yield Noon(house, bo, bos, maria.id, tom)


async def opened(house: House, page: Page) -> None:
    await comes(house, page)
    await page.get_by_role("link", name="Overview").click()
    await page.locator(".lead .figure").first.wait_for()


async def test_a_lead_assigns_raises_sets_away_and_looks_on(at_noon: Noon, page: Page) -> None:
    await opened(at_noon.house, page)
    waiters = page.get_by_role("region", name="Who waits").get_by_role("listitem")
    agents = page.get_by_role("region", name="Who is there").locator(".rows > li")
    bo = agents.filter(has_text="Bo Chen")
    await expect(page.get_by_role("button", name="Waiting")).to_contain_text("2")
    await expect(waiters.first).to_contain_text("Maria Lind")

    await page.get_by_role("button", name="Raise priority: Kim Park").click()
    await expect(waiters.last).to_contain_text("Priority 1")
    await page.get_by_role("button", name="Assign: Maria Lind").click()
    await page.get_by_role("dialog").get_by_label("Bo Chen").check()
    await page.get_by_role("dialog").get_by_role("button", name="Assign").click()
    await expect(waiters.first).to_contain_text("Bo Chen is asked")
    await page.get_by_role("button", name="Presence: Bo Chen").click()
    await page.get_by_role("menuitem", name="Set away").click()
    await expect(bo).to_contain_text("Away")

    await bo.get_by_role("link", name="Tom Baker").click()
    await expect(page.get_by_text("Bo Chen has this conversation.")).to_be_visible()
    await expect(page.locator(".said.customer .words")).to_have_text("Is it in stock?")
    await page.get_by_role("button", name="Oversee").click()
    await page.get_by_role("menuitem", name="Assign").click()
    await page.get_by_role("dialog").get_by_label("Ann Lee").check()
    await page.get_by_role("dialog").get_by_role("button", name="Assign").click()
    await expect(page.get_by_role("button", name="Take it").first).to_be_visible()
    acts = ["priority", "assign", "agent.presence", "assign"]
    done = (await at_noon.house.acts())[-4:]
    assert [act.removeprefix("conversation.") for act in done] == acts


async def test_behind_every_number_are_as_many_rows(at_noon: Noon, page: Page) -> None:
    await opened(at_noon.house, page)
    figures = page.locator("a.figure")
    await expect(figures).to_have_count(12)

    for place in range(12):
        figure = figures.nth(place)
        n = int(await figure.locator("b").inner_text())
        await figure.press("Enter")
        name = await figure.locator("span").inner_text()
        head = page.locator(".behind h3")
        await expect(head).to_have_text(f"{name}: {n}")
        await expect(head).to_be_focused()
        await expect(page.locator(".behind .rows > li")).to_have_count(n)


@pytest.mark.parametrize("name", _LOOKS)
async def test_a_machine_finds_no_fault(at_noon: Noon, page: Page, name: str) -> None:
    lang, theme, viewport = _LOOKS[name]
    desk = Desk(FakeConsole({}, []), page)
    await opened(at_noon.house, page)
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await page.set_viewport_size(viewport)
    await page.evaluate(f"localStorage.setItem('switchboard.console.lang', '{lang}')")
    await page.goto(f"{at_noon.house.url}/console#/desk/requested")
    await page.reload()
    await page.locator(".behind .rows > li").first.wait_for()

    await page.evaluate("document.querySelector('main').scrollTo(0, 0)")
    await page.screenshot(path=_SHOTS / f"lead-{name}.png")
    await page.locator("#agents").scroll_into_view_if_needed()
    await page.screenshot(path=_SHOTS / f"lead-{name}-agents.png")
    await page.locator(".behind").scroll_into_view_if_needed()
    await page.screenshot(path=_SHOTS / f"lead-{name}-behind.png")
    assert await desk.faults() == []
    assert not await page.evaluate(_TOO_WIDE)
    await page.locator(".lead button[aria-label$='Maria Lind']").first.click()
    await page.get_by_role("dialog").wait_for()
    await page.screenshot(path=_SHOTS / f"lead-{name}-assign.png")
    assert await desk.faults() == []
