"""What the pages look like at each station, and what a machine finds wrong with them."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page

_AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
_FAULTS = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
    `${id}: ${html} ${failureSummary}`));
}"""
_SPEAK = """(lang) => {
  const root = document.querySelector("switchboard-chat")?.shadowRoot.querySelector(".root");
  if ((root ?? document.documentElement).lang.startsWith(lang)) return;
  window.switchboard?.setLocale(lang);
  const key = "switchboard.console.lang";
  localStorage.setItem(key, lang);
  dispatchEvent(new StorageEvent("storage", { key, newValue: lang }));  // as from another tab
}"""
_TOO_WIDE = """[document.documentElement, document.querySelector("main")]
  .some((one) => one && one.scrollWidth > one.clientWidth)"""
_WIDE = {"width": 1280, "height": 800}
_PHONE = {"width": 390, "height": 844}
FOLDER = "SWITCHBOARD_SCREENSHOTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    name: str
    scheme: str = "light"
    lang: str = "en"
    size: dict[str, int] = field(default_factory=lambda: _WIDE)


LIGHT = Look(name="light")
LOOKS = (
    LIGHT,
    Look(name="dark", scheme="dark"),
    Look(name="phone", size=_PHONE),
    Look(name="zh", lang="zh"),
)


class Pictures:
    """Takes them into a folder, and puts each page before axe in light and in dark."""

    def __init__(self, otherwise: Path) -> None:
        wished = os.environ.get(FOLDER)  # noqa: TID251 - how a run says where to
        self.folder = Path(wished) if wished else otherwise
        self.faults: dict[str, list[str]] = {}
        self._stations = 0

    async def take(self, station: str, **pages: Page) -> None:
        """Of each page in all looks; the pages are left as they were."""
        self._stations += 1
        for who, page in pages.items():
            for look in LOOKS:
                name = f"{self._stations:02}-{station}-{who}-{look.name}"
                await _put_on(page, look)
                await page.screenshot(path=self.folder / f"{name}.png", animations="disabled")
                await self._judge(name, page, look)
            await _put_on(page, LIGHT)

    async def _judge(self, name: str, page: Page, look: Look) -> None:
        if await page.evaluate(_TOO_WIDE):
            self._note(name, ["wider than the screen"])
        if look.size is _PHONE or look.lang != "en":
            return
        if not await page.evaluate("typeof axe === 'object'"):
            await page.evaluate(_AXE.read_text(encoding="utf-8"))
        self._note(name, await page.evaluate(_FAULTS, _RULES))

    def _note(self, name: str, found: Iterable[str]) -> None:
        plain = [re.sub(r"\s+", " ", str(one)) for one in found]
        if plain:
            self.faults.setdefault(name, []).extend(plain)


async def _put_on(page: Page, look: Look) -> None:
    await page.emulate_media(color_scheme="dark" if look.scheme == "dark" else "light")
    if page.viewport_size != look.size:
        await page.set_viewport_size({"width": look.size["width"], "height": look.size["height"]})
        await page.wait_for_function("(width) => innerWidth === width", arg=look.size["width"])
    await page.evaluate(_SPEAK, look.lang)
