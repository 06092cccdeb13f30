"""The widget for those who cannot see it, use no mouse, or have a small screen.

Every state of one conversation is put before axe, in every look; its pictures stay in the
folder that the run keeps for the test.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from channels.web.protocol import StateFrame, encode
from core.domain.decisions import HandOff, Reply
from core.domain.events import Delta
from core.domain.ids import ConversationId, TurnId
from tests.builders import TENANT, a_draft
from tests.channels.kit import Service
from tests.channels.people import People
from tests.channels.web.browsing import Chat, Site, a_page

pytestmark = pytest.mark.browser
AXE = Path("node_modules/axe-core/axe.min.js")
WIDE, NARROW = {"width": 1000, "height": 800}, {"width": 360, "height": 660}
FAULTS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html).join(" ")}`);
}"""
ANSWER = """Parcels take **two days** within the country [1]:

1. by train
2. by bicycle, where `PEDAL` is set

| to | days |
| --- | --- |
| the islands | 4 |"""

Look = Callable[[str], Awaitable[None]]


class Queue:
    """Lets frames of the server through, and one of its own when it is asked to."""

    async def __call__(self, line) -> None:
        self.line = line
        line.connect_to_server()

    def stand(self, position: int) -> None:
        self.line.send(encode(StateFrame(owner="queue", position=position)))


@pytest.mark.parametrize(
    ("lang", "options"),
    [
        pytest.param("en", {"viewport": WIDE}, id="light"),
        pytest.param("zh", {"viewport": WIDE, "color_scheme": "dark"}, id="dark"),
        pytest.param("en", {"viewport": NARROW, "color_scheme": "dark"}, id="dark-narrow"),
        pytest.param("zh", {"viewport": NARROW}, id="narrow"),
    ],
)
async def test_no_state_of_a_conversation_keeps_anybody_out(
    site: Site, browser: Browser, tmp_path: Path, lang, options
) -> None:
    page, seen = await a_page(browser, **options)
    site.lang, queue = lang, Queue()
    await page.route_web_socket("**/ws", queue)

    async def look(state: str) -> None:
        await page.screenshot(path=tmp_path / f"{state}.png")
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        assert await page.evaluate(FAULTS) == [], state

    await walk(site.service, Chat(site, page), queue, look)
    await page.context.close()
    assert not seen, seen


async def walk(service: Service, chat: Chat, queue: Queue, look: Look) -> None:
    """A question, its answer as it grows, a thumb down with its reason, a follow-up, a person."""
    page, turn = chat.page, TurnId(uuid4())
    service.bot.answers = lambda _: Reply(a_draft(ANSWER))
    await chat.visit()
    await look("closed")
    await chat.launcher.click()
    await chat.connected()
    await look("open")
    service.bot.asleep.clear()
    await chat.say("How long does a parcel take?")
    await expect(page.locator(".state")).to_have_count(0)
    await look("waiting")
    conversation = (await chat.found()).id
    service.live.tell(Delta(conversation=conversation, turn=turn, text="Parcels take **two"))
    await expect(page.locator(".growing .words")).to_have_text("Parcels take two")
    await look("streaming")
    await chat.page.keyboard.press("Escape")
    service.bot.asleep.set()
    await expect(page.locator(".unread")).to_have_text("1")
    await look("badge")
    await chat.launcher.click()
    await page.locator("summary").click()
    await page.locator(".thumb.down").click()
    await page.locator(".why .chip").first.click()
    await look("answered")
    await chat.say("And to the islands?")
    await expect(chat.answer).to_have_count(2)
    service.bot.answers = lambda _: HandOff("asked", "You are in the queue.")
    await page.locator(".person").click()
    await page.locator(".banner").wait_for()
    queue.stand(3)
    queue.stand(3)
    await expect(page.locator(".banner")).to_contain_text("3")
    await expect(page.locator(".log > :last-child")).to_be_in_viewport(ratio=1)
    await look("queue")
    await page.locator(".tool").first.click()
    await look("menu")
    await page.keyboard.press("Escape")
    await rate(service, chat, conversation, look)


async def rate(service: Service, chat: Chat, conversation: ConversationId, look: Look) -> None:
    """A person takes it, talks and closes; the visitor says by keys how it was."""
    people, asked = People(service.database, service.live), chat.page.locator(".asked")
    handoff = await people.handoffs.open_in(TENANT, conversation)
    assert handoff is not None
    await people.finished(handoff.id)
    await expect(asked).to_contain_text("Ann")
    await look("asked")
    await asked.locator(".thumb.down").press("Enter")
    await asked.locator(".why .chip").nth(1).press("Enter")
    await look("rated")
    await asked.locator(".more input").press("Enter")
    await expect(asked.locator(".why p")).to_be_focused()
    await expect(asked.locator(".thumb.down")).to_have_attribute("aria-pressed", "true")
    await look("thanked")


HEAR = """() => {
  window.heard = [];
  const root = document.querySelector("switchboard-chat").shadowRoot;
  const loud = "[aria-live=polite], [role=status], [role=alert]";
  new MutationObserver((all) => {
    const said = new Set(all.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement)?.closest(loud)));
    for (const one of said) if (one && !one.hidden) heard.push(one.textContent);
  }).observe(root, { subtree: true, childList: true, characterData: true });
}"""  # noqa: E501


async def test_an_answer_is_read_out_once_and_whole(open_service: Service, chat: Chat) -> None:
    await chat.open()
    open_service.bot.asleep.clear()
    await chat.say("Where is it?")
    await expect(chat.page.locator(".state")).to_have_count(0)
    await chat.page.evaluate(HEAR)
    conversation, turn = (await chat.found()).id, TurnId(uuid4())
    growing = chat.page.locator(".growing")
    for number in range(1, 6):
        piece = Delta(conversation=conversation, turn=turn, text=f"w{number} ", at=3 * number - 3)
        open_service.live.tell(piece)
        await expect(growing.locator(".words")).to_contain_text(f"w{number}")
    assert await growing.get_attribute("aria-busy") == "true"
    assert await chat.page.locator(".scroll").get_attribute("aria-live") == "off"
    open_service.bot.asleep.set()
    await chat.answer.wait_for()
    heard = chat.page.locator(".root > .hidden")
    await expect(heard).to_contain_text("You asked: Where is it?")

    said = await chat.page.evaluate("heard")
    assert ["You asked" in one for one in said].count(True) == 1
    assert not [one for one in said if "w1" in one]
    assert await chat.page.locator("[aria-live=polite]").count() == 1


async def test_everything_can_be_done_with_the_keyboard(open_service: Service, chat: Chat) -> None:
    await chat.visit()
    keys = chat.page.keyboard
    await keys.press("Tab")
    await expect(chat.launcher).to_be_focused()
    await keys.press("Enter")
    await chat.connected()
    await expect(chat.text).to_be_focused()
    await keys.type("Where is it?")
    await keys.press("Enter")
    await chat.answer.wait_for()
    await back_to(chat.page, ".cite")
    await keys.press("Enter")
    await expect(chat.page.locator(".source")).to_be_focused()
    await on_to(chat.page, ".thumb.down")
    await keys.press("Space")
    await on_to(chat.page, ".why .chip")
    await keys.press("Space")
    await on_to(chat.page, ".more input")
    await keys.type("It is three days now.")
    await keys.press("Enter")
    await expect(chat.page.locator(".why p")).to_be_focused()
    await on_to(chat.page, ".person")
    await keys.press("Enter")
    await expect(chat.page.locator(".customer")).to_have_count(2)
    await keys.press("Escape")

    await expect(chat.launcher).to_be_focused()
    await expect(chat.page.locator("dialog")).to_be_hidden()


async def on_to(page: Page, wanted: str, key: str = "Tab") -> None:
    """Press the key until that is in focus."""
    for _ in range(20):
        await page.keyboard.press(key)
        if await page.locator(wanted).first.evaluate(
            "(one) => one.getRootNode().activeElement?.closest('.root *') === one"
        ):
            return
    pytest.fail(f"{wanted} cannot be reached by {key}")


async def back_to(page: Page, wanted: str) -> None:
    await on_to(page, wanted, "Shift+Tab")


async def test_on_a_small_screen_it_covers_the_page_and_keeps_the_focus(
    open_service: Service, site: Site, browser: Browser
) -> None:
    page, seen = await a_page(browser, viewport={"width": 320, "height": 568}, has_touch=True)
    chat = Chat(site, page)
    await chat.open()
    assert await page.locator("dialog").bounding_box() == {
        "x": 0, "y": 0, "width": 320, "height": 568
    }  # fmt: skip
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.localName") in {
            "switchboard-chat",
            "body",  # the browser's own bar, in between
        }
    wide = await page.locator("dialog").evaluate("(one) => one.scrollWidth > one.clientWidth")
    assert not wide
    await page.get_by_role("button", name="Close chat").click()
    await expect(chat.launcher).to_be_visible()
    await page.context.close()
    assert not seen, seen


async def test_every_target_is_large_enough_for_a_finger(
    open_service: Service, chat: Chat
) -> None:
    """24 px, as WCAG 2.2 (2.5.8) demands; words within a sentence are free of it."""
    await chat.open()
    await chat.say("Where is it?")
    await chat.answer.wait_for()
    await chat.page.locator(".thumb.down").click()

    small = await chat.page.locator("button, summary, input, textarea").evaluate_all(
        """all => all.filter((one) => one.checkVisibility() && !one.closest(".words"))
          .filter((one) => Math.min(one.offsetWidth, one.offsetHeight) < 24)
          .map((one) => one.outerHTML)"""
    )
    assert small == []
