"""The widget for people whom the site has signed in."""

import json
import time
from collections.abc import AsyncIterator

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.async_api import Browser, expect
from pydantic import SecretStr

from channels.settings import Site as Pages
from core.postgres.database import Database
from tests.channels.kit import Service, serving
from tests.channels.web.browsing import Chat, Site, a_page, a_site, transcript

pytestmark = pytest.mark.browser
SECRET = "a secret of the shop, long enough for it"


def signed(name: str, *, left_s: float = 600) -> str:
    claims = {"sub": name, "exp": int(time.time() + left_s)}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def identify(name: str, token: str) -> str:
    """What the site's own script says when the person is signed in."""
    return f"(window.switchboard ||= []).push((c) => c.identify({{id: '{name}', token: {token}}}))"


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[Site]:
    keys = (SecretStr(SECRET),)
    pages = (Pages(tenant="default", origins=("*",), identity_keys=keys),)
    async with serving(database, sites=pages) as service, a_site(service) as site:
        site.before = '<script src="/page.js"></script>'
        yield site


async def test_a_person_goes_on_in_another_browser(shop: Site, browser: Browser) -> None:
    shop.script = identify("7", json.dumps(signed("7")))
    page, seen = await a_page(browser)
    here = Chat(shop, page)
    await here.open()
    await here.say("Where is it?")
    await here.answer.wait_for()
    said = await transcript(here)
    other, _ = await a_page(browser)
    there = Chat(shop, other)
    await there.open()

    await expect(there.answer).to_have_count(1)
    assert await transcript(there) == said
    assert SECRET not in await page.evaluate("JSON.stringify(localStorage)")
    await page.context.close()
    await other.context.close()
    assert not seen, seen


async def test_nothing_is_left_for_the_next_one_at_the_same_machine(
    shop: Site, browser: Browser
) -> None:
    page, seen = await a_page(browser)
    chat = Chat(shop, page)
    await chat.open()
    await chat.say("As nobody in particular")
    await chat.answer.wait_for()
    shop.script = identify("7", json.dumps(signed("7")))
    await page.evaluate(shop.script)
    await expect(chat.said).to_have_count(0)
    await chat.connected()
    await chat.say("As seven")
    await chat.answer.wait_for()
    await page.evaluate(identify("8", json.dumps(signed("8"))))
    await expect(chat.said).to_have_count(0)
    await chat.connected()
    await page.evaluate("switchboard.identify(null)")

    await expect(chat.page.locator(".customer .words")).to_have_text(["As nobody in particular"])
    kept = await page.evaluate("JSON.stringify(localStorage)")
    assert "As seven" not in kept
    await page.context.close()
    assert not seen, seen


async def test_a_word_that_has_ended_is_asked_for_anew(shop: Site, browser: Browser) -> None:
    """A function that fetches the token is called whenever one is needed."""
    tokens = json.dumps([signed("7", left_s=-3600), signed("7")])
    shop.script = f"window.tokens = {tokens};" + identify("7", "() => window.tokens.shift()")
    page, seen = await a_page(browser)
    chat = Chat(shop, page)
    await chat.open()
    await chat.say("Where is it?")

    await chat.answer.wait_for()
    assert await page.evaluate("window.tokens") == []
    await page.context.close()
    assert not seen, seen


async def test_who_is_signed_in_no_longer_is_told_and_the_page_too(
    shop: Site, browser: Browser
) -> None:
    shop.script = (
        "(window.switchboard ||= []).push((c) => c.on('identity', () => document.title = 'over'));"
    )
    shop.script += identify("7", json.dumps(signed("7", left_s=-3600)))
    page, seen = await a_page(browser)
    chat = Chat(shop, page)
    await chat.visit()
    await chat.launcher.click()

    await expect(page.get_by_role("alert")).to_contain_text("no longer signed in")
    await expect(page).to_have_title("over")
    await page.context.close()
    assert not seen, seen


async def test_a_page_that_may_not_open_this_tenants_chat_is_told_and_left_alone(
    database: Database, browser: Browser
) -> None:
    pages = (Pages(tenant="another", origins=("*",)),)
    async with serving(database, sites=pages) as service, a_site(service) as site:
        page, seen = await a_page(browser)
        chat = Chat(site, page)
        await chat.visit()
        await chat.launcher.click()

        await expect(page.get_by_role("alert")).to_contain_text("not available on this page")
        assert await no_conversations(service)
        await page.context.close()
        assert not seen, seen


async def no_conversations(service: Service) -> bool:
    async with service.database.as_service() as connection:
        return await connection.fetchval("SELECT count(*) FROM conversations") == 0


async def test_a_file_that_is_not_taken_is_told_of(shop: Site, browser: Browser) -> None:
    """The browser's own line about the answer is all that its console says."""
    shop.script = identify("7", json.dumps(signed("7")))
    page, seen = await a_page(browser)
    chat = Chat(shop, page)
    await chat.open()
    program = {"name": "photo.png", "mimeType": "image/png", "buffer": b"MZ\x90\x00"}
    await page.locator("input[type=file]").set_input_files([program])

    await expect(page.get_by_role("alert")).to_contain_text("The file was not sent")
    assert await no_files(shop.service)
    words = {"name": "words.txt", "mimeType": "", "buffer": "äöü 字".encode()}
    await page.locator("input[type=file]").set_input_files([words])
    await expect(page.locator(".customer .words")).to_have_text("words.txt")
    await page.context.close()
    assert len(seen) == 1
    assert "415" in seen[0]


async def no_files(service: Service) -> bool:
    async with service.database.as_service() as connection:
        return await connection.fetchval("SELECT count(*) FROM files") == 0
