"""The console as an agent handles it."""

from pathlib import Path

from playwright.async_api import Locator, Page

from tests.fakes.console import PASSWORD, FakeConsole

_AXE = Path(__file__).parents[4] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
_FAULTS = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html} ${failureSummary}`));
}"""


async def faults(page: Page) -> list[str]:
    """What a machine finds of what keeps people out."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(_FAULTS, _RULES)
    return [str(one) for one in found]


class Desk:
    def __init__(self, console: FakeConsole, page: Page) -> None:
        self.console = console
        self.page = page
        self.rows = page.locator("[data-row]")
        self.said = page.locator(".thread .said")
        self.text = page.locator("textarea")

    async def sign_in(self, at: str = "") -> None:
        await self.page.goto(f"{self.console.url}/console{at}")
        await self.page.get_by_label("E-mail").fill("ann@example.com")
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()
        await self.page.locator(".rail").wait_for()

    def row(self, name: str) -> Locator:
        return self.page.locator(f'[data-row="{name}"]')

    async def tab(self, name: str) -> None:
        await self.page.locator(".list .tabs button", has_text=name).click()

    async def open(self, name: str, tab: str = "waiting") -> None:
        await self.page.goto(f"{self.console.url}/console#/inbox/{tab}/{name}")
        await self.said.first.wait_for()

    async def press(self, name: str) -> None:
        await self.page.get_by_role("button", name=name, exact=True).first.click()

    async def faults(self) -> list[str]:
        """What a machine finds of what keeps people out."""
        return await faults(self.page)
