"""What two tabs of one browser have in common."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.channels.kit import Service
from tests.channels.web.browsing import (
    Away,
    Chat,
    Site,
    a_page,
    another_page,
    customers,
    transcript,
)

pytestmark = pytest.mark.browser


@pytest.fixture
async def tabs(site: Site, browser: Browser) -> AsyncIterator[tuple[Chat, Chat, BrowserContext]]:
    page, seen = await a_page(browser)
    other = await another_page(page.context, seen)
    yield Chat(site, page), Chat(site, other), page.context
    await page.context.close()
    assert not seen, seen


async def test_two_tabs_show_the_same_and_count_once(open_service: Service, tabs) -> None:
    one, two, _ = tabs
    await one.open()
    await two.visit()
    await one.say("Where is it?")

    await expect(one.answer).to_have_count(1)
    await expect(two.launcher).to_have_accessible_name("Open chat")  # the other one has read it
    await two.launcher.click()
    await expect(two.said).to_have_count(2)
    assert await transcript(one) == await transcript(two)
    await two.page.get_by_role("button", name="Good answer").click()
    await expect(one.page.get_by_role("button", name="Good answer")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert await customers(open_service) == ["Where is it?"]


async def test_two_tabs_at_the_same_moment_are_one_visitor(open_service: Service, tabs) -> None:
    one, two, _ = tabs
    await asyncio.gather(one.visit(), two.visit())
    await asyncio.gather(one.launcher.click(), two.launcher.click())
    await asyncio.gather(one.connected(), two.connected())
    await one.say("From one")
    await expect(two.answer).to_have_count(1)
    await two.say("From two")

    await expect(one.answer).to_have_count(2)
    assert await transcript(one) == await transcript(two)
    assert await customers(open_service) == ["From one", "From two"]


async def test_what_waits_in_one_tab_is_seen_and_sent_by_the_other(
    open_service: Service, tabs
) -> None:
    one, two, context = tabs
    away = Away()
    await context.route_web_socket("**/ws", away)
    await one.open()
    await two.open()
    await away.leave()
    await one.say("Said in one")
    await expect(two.page.locator(".state")).to_have_text("Will be sent when you are back online")
    await one.page.close()
    away.gone = False
    await two.page.evaluate("dispatchEvent(new Event('online'))")

    await expect(two.answer).to_have_count(1)
    assert await customers(open_service) == ["Said in one"]


async def test_a_new_conversation_in_one_tab_is_one_in_the_other(
    open_service: Service, tabs
) -> None:
    one, two, _ = tabs
    await one.open()
    await one.say("Where is it?")
    await one.answer.wait_for()
    await two.open()
    await expect(two.said).to_have_count(2)
    await one.menu("New conversation")

    await expect(two.said).to_have_count(0)
    await one.connected()
    await two.connected()
    await two.say("Again?")
    await expect(one.answer).to_have_count(1)
    assert await transcript(one) == await transcript(two)
