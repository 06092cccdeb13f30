"""The customer, the agent and the lead, each with a browser of their own."""

import re

from playwright.async_api import Page, expect

PASSWORD = "correct horse battery"


class Visitor:
    """Talks in the widget of the demo page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.title = page.locator("dialog h2")
        self.text = page.locator(".composer textarea")
        self.answers = page.locator(".said.bot:not(.growing)")
        self.agents = page.locator(".said.agent")
        self.notes = page.locator(".log .note:not(.asked)")
        self.rating = page.locator(".log .asked")
        self.banner = page.locator(".banner")
        self.typing = page.locator(".typing")

    async def comes(self, url: str) -> None:
        """To the page, which opens the chat by itself."""
        await self.page.goto(f"{url}/demo")
        await self.page.locator(".status[data-link=on]").wait_for()

    async def say(self, text: str) -> None:
        await self.text.fill(text)
        await self.text.press("Enter")

    async def answered(self, text: str) -> None:
        """Ask, and wait for the bot's next answer; none may come but that."""
        before = await self.answers.count()
        await self.say(text)
        await expect(self.answers).to_have_count(before + 1)

    async def rates(self, comment: str) -> None:
        """Say that the talk went well; the comment is not sent yet."""
        await self.rating.get_by_label("It went well").click()
        await self.rating.get_by_label("Tell us more (optional)").fill(comment)


class Colleague:
    """Works in the console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rows = page.locator("[data-row]")
        self.card = page.get_by_role("group", name="Handoff")
        self.thread = page.locator(".thread")
        self.owner = page.locator(".who .owner")
        self.text = page.locator(".composer textarea")
        self.others = page.locator(".others")
        self.dialog = page.get_by_role("dialog")

    async def comes(self, link: str) -> None:
        """Sets a password by the link, and signs in with it."""
        await self.page.goto(link)
        await self.page.get_by_label("New password").fill(PASSWORD)
        await self.page.get_by_label("Once more").fill(PASSWORD)
        await self.press("Set the password")
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.press("Sign in")
        await self.page.locator(".rail").wait_for()
        await self.page.locator(".me i.online").wait_for()

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).first.click()

    async def be(self, way: str) -> None:
        """Say whether new conversations come here: `Online` or `Away`."""
        await self.page.locator(".me").click()
        await self.page.get_by_role("menuitemradio", name=way).click()
        await self.page.locator(f".me i.{way.lower()}").wait_for()

    async def goes_to(self, name: str) -> None:
        """To another page of the console."""
        await self.page.locator(".rail").get_by_role("link", name=name).click()

    async def tab(self, name: str) -> None:
        await self.page.locator(".list .tabs button", has_text=name).click()

    async def said(self, author: str, text: str | re.Pattern[str]) -> None:
        """Wait until the last that this author said is this."""
        await expect(self.thread.locator(f".said.{author} .words").last).to_have_text(text)
