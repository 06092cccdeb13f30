"""The plain chat page in a real browser."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from core.domain.answers import Draft, Source
from core.domain.decisions import Decision, HandOff, Reply
from tests.channels.kit import Service
from tests.channels.web.browsing import a_page

pytestmark = pytest.mark.browser


async def opened(page: Page, service: Service, query: str = "") -> None:
    await page.goto(f"{service.url}/demo/plain{query}")
    await page.locator("#link[data-state=on]").wait_for()


async def say(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.press("#text", "Enter")


ANSWER = ".said.bot:not(.growing)"


async def test_a_question_is_answered_with_its_sources(service: Service, page: Page) -> None:
    service.bot.deltas = True
    await opened(page, service)
    await expect(page.locator("#text")).to_be_focused()
    await say(page, "Where is it?")

    answer = page.locator(ANSWER)
    await expect(answer.locator(".words")).to_have_text("You asked: Where is it? 1")
    await answer.get_by_role("button", name="Source 1").click()
    await expect(answer.locator("blockquote")).to_have_text("Parcels take two days.")
    await expect(page.locator("#said")).to_have_text("Assistant: You asked: Where is it? [1]")
    await expect(page.locator(".growing")).to_have_count(0)
    await expect(page.locator(".said")).to_have_count(2)
    assert await page.locator("#log").get_attribute("aria-live") == "off"


async def test_what_is_said_is_text_never_markup(service: Service, page: Page) -> None:
    service.bot.answers = hostile
    await opened(page, service)
    await say(page, "<img src=x onerror=document.title='owned'>")

    await expect(page.locator(".customer .words")).to_have_text(
        "<img src=x onerror=document.title='owned'>"
    )
    await expect(page.locator(f"{ANSWER} .words")).to_contain_text("<script>")
    await page.locator("summary").click()
    await expect(page.locator(".source .title")).to_have_text("<b>Title</b>")
    assert await page.locator("#log img, #log script, #log b").count() == 0
    assert "owned" not in await page.title()


def hostile(question: str) -> Decision:
    source = Source(title="<b>Title</b>", uri="javascript:alert(1)", quote="<i>q</i>", score=1)
    text = "<script>document.title='owned'</script> ![x](https://evil.example/x.png)"
    draft = Draft(text=text, sources=(source,), written_by="extract", prompt_version="")
    return Reply(draft)


async def test_shift_enter_breaks_the_line_and_enter_sends(service: Service, page: Page) -> None:
    await opened(page, service)
    await page.locator("#text").press_sequentially("One")
    await page.keyboard.press("Shift+Enter")
    await page.locator("#text").press_sequentially("two")
    await page.keyboard.press("Enter")

    await expect(page.locator(".customer .words")).to_have_text(re.compile("One\\s*two"))
    await expect(page.locator("#text")).to_have_value("")


async def test_a_reload_shows_the_same_conversation(service: Service, page: Page) -> None:
    await opened(page, service)
    await say(page, "Where is it?")
    await page.locator(ANSWER).wait_for()
    await page.reload()

    await expect(page.locator(".said")).to_have_count(2)
    await expect(page.locator("#said")).to_have_text("")


async def test_what_is_said_while_the_line_is_cut_is_sent_once(
    service: Service, page: Page
) -> None:
    """The socket breaks in the middle of an answer, and is away for a while."""
    lines: list[WebSocketRoute] = []
    away = False

    async def route(line: WebSocketRoute) -> None:
        if away:
            await line.close(code=1012)
            return
        line.connect_to_server()
        lines.append(line)

    await page.route_web_socket("**/ws", route)
    await opened(page, service)
    service.bot.asleep.clear()
    await say(page, "First")
    await expect(page.locator(".customer .state")).to_have_count(0)
    away = True
    await lines[-1].close(code=1012)
    await page.locator("#link[data-state=off]").wait_for()
    await say(page, "Second")
    await expect(page.locator(".customer .state")).to_have_text(
        "Will be sent when you are back online"
    )
    service.bot.asleep.set()
    away = False
    await page.evaluate("dispatchEvent(new Event('online'))")

    await expect(page.locator(ANSWER).last).to_contain_text("Second")  # both may share a turn
    await expect(page.locator(".customer .words")).to_have_text(["First", "Second"])
    async with service.database.as_service() as connection:
        asked = "SELECT array_agg(text ORDER BY seq) FROM messages WHERE author = 'customer'"
        assert await connection.fetchval(asked) == ["First", "Second"]


async def test_a_thumb_down_asks_why_and_both_are_stored(service: Service, page: Page) -> None:
    await opened(page, service)
    await say(page, "Where is it?")
    down = page.get_by_role("button", name="Bad answer")
    await down.click()
    await page.get_by_role("button", name="Out of date").click()
    await page.get_by_label("Tell us more").fill("It is three days now.")
    await page.keyboard.press("Enter")

    await expect(page.locator(".why .done")).to_be_visible()
    await expect(down).to_have_attribute("aria-pressed", "true")
    async with service.database.as_service() as connection, asyncio.timeout(10):
        row = None
        while row is None or row["comment"] is None:
            row = await connection.fetchrow("SELECT thumb, reason, comment FROM ratings")
    assert tuple(row) == ("down", "out_of_date", "It is three days now.")


async def test_a_person_can_be_asked_for(service: Service, page: Page) -> None:
    service.bot.answers = lambda _: HandOff("asked", "You are in the queue.")
    await opened(page, service)
    await page.get_by_role("button", name="Talk to a person").click()

    await expect(page.locator(".customer .words")).to_have_text(
        "I would like to talk to a person."
    )
    await expect(page.locator("#banner")).to_contain_text("waiting for a person")
    await expect(page.get_by_role("button", name="Talk to a person")).to_be_disabled()
    await page.get_by_role("button", name="Back to the assistant").click()
    await expect(page.locator(".customer .words").last).to_have_text("Back to the bot")


async def test_a_new_conversation_starts_empty(service: Service, page: Page) -> None:
    await opened(page, service)
    await say(page, "Where is it?")
    await page.locator(ANSWER).wait_for()
    await page.get_by_role("button", name="New conversation").click()
    await page.locator("#link[data-state=on]").wait_for()

    await expect(page.locator(".said")).to_have_count(0)
    await say(page, "Again?")
    await expect(page.locator(ANSWER)).to_have_count(1)
    async with service.database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM conversations") == 2


async def test_a_token_that_is_worth_nothing_any_more_begins_anew(
    service: Service, page: Page
) -> None:
    await opened(page, service)
    async with service.database.as_service() as connection:
        await connection.execute("DELETE FROM visitors")
    await page.reload()

    await expect(page.locator("#alert")).to_contain_text("could not be opened again")
    await page.locator("#link[data-state=on]").wait_for()
    await say(page, "Where is it?")
    await expect(page.locator(ANSWER)).to_have_count(1)


async def test_a_message_that_is_too_long_is_held_back(service: Service, page: Page) -> None:
    await opened(page, service)
    await page.fill("#text", "x" * 4001)
    await expect(page.locator("#count")).to_have_text("4001 / 4000")
    await page.press("#text", "Enter")

    await expect(page.locator("#alert")).to_contain_text("at most 4000")
    await expect(page.locator(".said")).to_have_count(0)


async def test_it_speaks_chinese_and_remembers_it(service: Service, page: Page) -> None:
    await opened(page, service)
    await page.locator("#lang").click()

    await expect(page.locator("#greeting")).to_have_text("有什么可以帮您？")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


async def test_both_languages_have_the_same_words(service: Service, page: Page) -> None:
    await opened(page, service)

    words = await page.evaluate("import('/demo/words.js').then(m => m.WORDS)")
    holes = {
        language: {key: re.findall(r"\{\w+\}", text) for key, text in table.items()}
        for language, table in words.items()
    }
    assert holes["en"] == holes["zh"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_phone_in_either_theme(service: Service, browser: Browser, scheme) -> None:
    page, seen = await a_page(browser, viewport={"width": 360, "height": 640}, color_scheme=scheme)
    await opened(page, service)
    await say(page, "x" * 300)
    await page.locator(ANSWER).wait_for()

    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    small = await page.evaluate(
        "[...document.querySelectorAll('button, summary')].filter((e) => e.checkVisibility())"
        ".map((e) => e.getBoundingClientRect()).filter((r) => r.width < 24 || r.height < 24)"
    )
    assert small == []
    await page.context.close()
    assert not seen, seen


async def test_every_control_has_a_name(service: Service, page: Page) -> None:
    await opened(page, service)
    await say(page, "Where is it?")
    await page.locator(ANSWER).wait_for()

    for button in await page.locator("button:visible").all():
        name = await button.get_attribute("aria-label") or await button.inner_text()
        assert name.strip()
