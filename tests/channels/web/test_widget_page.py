"""The widget and the page that holds it: language, looks, scripts, and whose chat it is."""

import pytest
from playwright.async_api import Browser, expect

from tests.channels.kit import Service
from tests.channels.web.browsing import Chat, Site, a_page, another_page

pytestmark = pytest.mark.browser


async def test_it_speaks_chinese_and_remembers_it(chat: Chat) -> None:
    await chat.open()
    await chat.text.fill("a draft")
    await chat.menu("中文")

    await expect(chat.page.locator("h3")).to_have_text("有什么可以帮您？")
    await expect(chat.text).to_have_value("a draft")
    await expect(chat.page.get_by_role("button", name="要多久？")).to_be_visible()
    await chat.page.reload()
    await expect(chat.launcher).to_have_accessible_name("打开对话")


async def test_it_speaks_the_pages_language(site: Site, chat: Chat) -> None:
    site.lang = "zh-CN"
    await chat.visit()
    await expect(chat.launcher).to_have_accessible_name("打开对话")
    site.data = 'data-lang="en"'
    await chat.visit()
    await expect(chat.launcher).to_have_accessible_name("Open chat")


async def test_a_page_talks_to_it_and_hears_from_it(site: Site, chat: Chat) -> None:
    site.before = '<script src="/page.js"></script>'
    site.script = """
      window.heard = [];
      (window.switchboard ||= []).push((chat) => {
        for (const name of ["open", "close", "unread", "message", "state"])
          chat.on(name, (what) => heard.push([name, what?.text ?? what?.owner ?? what]));
        chat.on("message", () => chat.on("message", () => {}))();
        chat.say("From the page");
      });"""
    await chat.visit()
    await expect(chat.page.locator(".unread")).to_have_text("1")
    heard = await chat.page.evaluate("window.heard")
    assert [what for name, what in heard if name == "message"] == [
        "From the page",
        "You asked: From the page [1]",
    ]
    assert ["unread", 1] in heard
    await chat.page.evaluate("switchboard.open()")
    await expect(chat.answer).to_be_visible()
    await chat.page.evaluate("switchboard.setLocale('zh')")
    await chat.page.evaluate("switchboard.toggle()")
    await expect(chat.page.locator("dialog")).to_be_hidden()
    heard = await chat.page.evaluate("window.heard")
    assert [name for name, _ in heard if name in {"open", "close"}] == ["open", "close"]
    assert [count for name, count in heard if name == "unread"] == [1, 0]


async def test_a_page_that_is_not_listed_is_told_and_left_alone(
    open_service: Service, site: Site, chat: Chat
) -> None:
    site.data = 'data-tenant="nobody"'
    await chat.visit()
    await chat.launcher.click()

    await expect(chat.page.get_by_role("alert")).to_contain_text("not available on this page")
    await expect(chat.status).to_have_attribute("data-link", "off")


async def test_colours_and_type_follow_the_pages_own_style(site: Site, browser: Browser) -> None:
    page, seen = await a_page(browser, color_scheme="dark")
    chat = Chat(site, page)
    await chat.open()
    await page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(`body { font-size: 40px; letter-spacing: 9px; color: red }
            switchboard-chat { --switchboard-accent: rgb(120, 40, 140);
              --switchboard-font: Georgia; --switchboard-radius: 3px }`);
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    look = await page.evaluate(
        """() => {
          const root = document.querySelector("switchboard-chat").shadowRoot;
          const style = (at) => getComputedStyle(root.querySelector(at));
          return [style(".launcher").backgroundColor, style("dialog").borderRadius,
            style("h3").fontFamily, style("h3").letterSpacing, style("dialog").colorScheme];
        }"""
    )
    await page.context.close()
    assert look == ["rgb(120, 40, 140)", "3px", "Georgia", "normal", "light dark"]
    assert not seen, seen


async def test_the_script_twice_makes_one_widget(site: Site, chat: Chat) -> None:
    site.before = f'<script src="{site.service.url}/widget.js" async></script>'
    await chat.visit()
    await chat.page.wait_for_load_state("networkidle")

    assert await chat.page.locator("switchboard-chat").count() == 1


async def test_the_demo_shows_it(open_service: Service, site: Site, browser: Browser) -> None:
    page, seen = await a_page(browser)
    await page.goto(f"{open_service.url}/demo?tenant=default&lang=zh&theme=dark")
    await expect(page.locator("textarea")).to_be_focused()
    await expect(page.locator("h3")).to_have_text("有什么可以帮您？")
    await expect(page.locator("#line")).to_contain_text('/widget.js" async data-tenant="default"')
    await another_page(page.context, seen)
    await page.context.close()
    assert not seen, seen
