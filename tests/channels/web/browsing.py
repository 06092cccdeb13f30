"""Pages of a browser, and a site of another origin that holds the widget."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute

from channels.web.bundle import FILE
from core.domain.conversation import Conversation
from core.domain.ids import ConversationId, TenantId
from tests.channels.kit import Service

CURE = "The widget is not built: make widget, with Node 20.19 or later"
_PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/icon"><main><h1>Shop</h1><p>Words of the page.</p></main>
{before}<script src="{service}/widget.js" async {data}></script></html>"""


@dataclass
class Site:
    """A company's own page, with a policy that lets in the widget and nothing else."""

    url: str
    service: Service
    lang: str = "en"
    data: str = ""
    before: str = ""
    """Scripts of the page, by address."""
    script: str = ""
    """What /page.js says."""

    @property
    def policy(self) -> str:
        bot = self.service.url
        return (
            f"default-src 'none'; script-src 'self' {bot}; connect-src {bot} ws://"
            f"{self.service.host}; img-src 'self'; base-uri 'none'; form-action 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def page(self) -> str:
        return _PAGE.format(
            lang=self.lang, data=self.data, before=self.before, service=self.service.url
        )


def built() -> None:
    """Skip, or fail where a run demands all, when nobody has built the widget."""
    if FILE.is_file():
        return
    if os.environ.get("REQUIRE_SERVICES") == "1":  # noqa: TID251 - how a run says so
        pytest.fail(CURE)
    pytest.skip(CURE)


@asynccontextmanager
async def a_site(service: Service) -> AsyncIterator[Site]:
    """Served from a port of its own, which is another origin; the service lets it in."""
    built()
    site = Site("", service)

    async def home(request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": site.policy}
        return web.Response(text=site.page(), content_type="text/html", headers=headers)

    async def script(request: web.Request) -> web.Response:
        return web.Response(text=site.script, content_type="text/javascript")

    async def icon(request: web.Request) -> web.Response:
        return web.Response(body=b"<svg xmlns='x'/>", content_type="image/svg+xml")

    app = web.Application()
    app.router.add_get("/", home)
    app.router.add_get("/page.js", script)
    app.router.add_get("/icon", icon)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield site
    finally:
        await runner.cleanup()


class Chat:
    """The widget as a visitor handles it."""

    def __init__(self, site: Site, page: Page) -> None:
        self.page = page
        self._site = site
        self.text = page.locator("textarea")
        self.said = page.locator(".said")
        self.answer = page.locator(".said.bot:not(.growing)")
        self.launcher = page.locator(".launcher")
        self.status = page.locator(".status")

    async def visit(self) -> None:
        await self.page.goto(self._site.url)
        await self.launcher.wait_for()

    async def open(self) -> None:
        await self.visit()
        await self.launcher.click()
        await self.connected()

    async def connected(self) -> None:
        await self.page.locator(".status[data-link=on]").wait_for()

    async def say(self, text: str) -> None:
        await self.text.fill(text)
        await self.text.press("Enter")

    async def found(self) -> Conversation:
        """The conversation of the only visitor there is."""
        async with self._site.service.database.as_service() as connection:
            found = await connection.fetchrow("SELECT tenant, id FROM conversations")
        return await self._site.service.store.conversation(
            TenantId(found["tenant"]), ConversationId(found["id"])
        )

    async def menu(self, name: str) -> None:
        await self.page.get_by_role("button", name="More").click()
        await self.page.get_by_role("button", name=name).click()


async def a_page(browser: Browser, **options) -> tuple[Page, list[str]]:
    """A page of a context of its own, and what its console says of errors."""
    context = await browser.new_context(
        **{"locale": "en-GB", "reduced_motion": "reduce", **options}
    )
    seen: list[str] = []
    return await another_page(context, seen), seen


async def another_page(context: BrowserContext, seen: list[str]) -> Page:
    page = await context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    return page


async def transcript(chat: Chat) -> list[list[str]]:
    return await chat.page.locator(".said").evaluate_all(
        "all => all.map((one) => [one.className, one.querySelector('.words').innerText])"
    )


async def customers(service: Service) -> list[str]:
    async with service.database.as_service() as connection:
        asked = "SELECT array_agg(text ORDER BY seq) FROM messages WHERE author = 'customer'"
        return await connection.fetchval(asked)


class Away:
    """A network that can be gone."""

    def __init__(self) -> None:
        self.gone = False
        self.lines: list[WebSocketRoute] = []

    async def __call__(self, line: WebSocketRoute) -> None:
        if self.gone:
            await line.close(code=1011)
            return
        line.connect_to_server()
        self.lines.append(line)

    async def leave(self) -> None:
        self.gone = True
        for line in self.lines:
            await line.close(code=1011)
        self.lines.clear()
