"""One talk in three browsers at once, on the service as `make run` starts it.

A customer asks, gets angry and gets a person; a lead looks on; the bot has the conversation again
in the end. Pictures of each station lie in the folder that SWITCHBOARD_SCREENSHOTS names.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.channels.web.browsing import a_page, built
from tests.channels.web.conftest import browser  # noqa: F401 - the same browser
from tests.deploy.everything import Up, said_by, up
from tests.handoff.console.page.conftest import built as console_built  # noqa: F401
from tests.walk.story.people import Colleague, Visitor
from tests.walk.story.pictures import Pictures

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.models]
PATIENCE_MS = 30_000

QUESTION = "How long does standard delivery to Canada take?"
AGAIN = "Really? How long does standard delivery to Canada take?"
ANGRY = "HOW LONG DOES DELIVERY TO CANADA TAKE?! This is ridiculous!!!"
FURIOUS = "Useless!!! My order FM-204871 left three weeks ago and nobody helps me. I am furious!!!"


@pytest.fixture
async def service(server_folder: Path) -> AsyncIterator[Up]:
    async with up(server_folder) as running:
        yield running


@dataclass
class Scene:
    visitor: Visitor
    agent: Colleague
    lead: Colleague
    pictures: Pictures


@pytest.fixture
async def scene(
    service: Up,
    browser: Browser,  # noqa: F811 - it is that one
    console_built: None,  # noqa: F811 - it is that one
    tmp_path: Path,
) -> AsyncIterator[Scene]:
    """Three browsers, whose consoles must stay free of errors."""
    built()
    expect.set_options(timeout=PATIENCE_MS)
    pages, logs = [], []
    for _ in range(3):
        page, seen = await a_page(browser, viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_MS)
        pages.append(page)
        logs.append(seen)
    visitor, agent, lead = Visitor(pages[0]), Colleague(pages[1]), Colleague(pages[2])
    await agent.comes(await invited(service, "ann@example.com", "Ann Lee", "agent"))
    await lead.comes(await invited(service, "lea@example.com", "Lea Novak", "lead"))
    await visitor.comes(service.url)
    pictures = Pictures(tmp_path)
    yield Scene(visitor, agent, lead, pictures)
    expect.set_options(timeout=None)
    for page in pages:
        await page.context.close()
    assert logs == [[], [], []]
    assert pictures.faults == {}


async def invited(service: Up, email: str, name: str, role: str) -> str:
    """Where somebody new sets their password."""
    words = ("agent", "add", email, "--name", name, "--role", role)
    status, printed = await said_by(*words, "--data-dir", str(service.data))
    assert status == 0, printed
    return service.url + printed.split()[-1]


async def test_from_a_question_to_a_person_and_back_to_the_bot(scene: Scene) -> None:
    await asks_and_gets_angry(scene)
    await is_handed_over(scene)
    await is_briefed(scene)
    await talk(scene)
    await notes_and_opens_a_ticket(scene)
    await closes(scene)


async def asks_and_gets_angry(scene: Scene) -> None:
    visitor, look = scene.visitor, scene.pictures.take
    await look("before", widget=visitor.page, console=scene.agent.page)
    await visitor.answered(QUESTION)
    await expect(visitor.answers.last).to_contain_text("5 to 8 business days")
    await visitor.answers.last.locator(".cite").first.click()
    await expect(visitor.answers.last.locator(".source").first).to_contain_text("Canada")
    await look("answer", widget=visitor.page)

    await visitor.answered(AGAIN)
    await visitor.answered(ANGRY)

    await expect(visitor.answers.last).to_contain_text("I am sorry")
    await expect(visitor.answers.last).to_contain_text("person")
    await look("anger", widget=visitor.page)


async def is_handed_over(scene: Scene) -> None:
    """Nobody is free at first, so that there is a place in the queue."""
    visitor, agent, lead = scene.visitor, scene.agent, scene.lead
    await agent.be("Away")
    await lead.be("Away")
    await visitor.answered(FURIOUS)
    await expect(visitor.answers.last).to_contain_text("in the queue for a person")
    await expect(visitor.notes.last).to_contain_text("number 1 in the queue")
    await expect(visitor.banner).to_contain_text("number 1 in line")
    await agent.tab("Waiting")
    await expect(agent.rows).to_contain_text("Waits for a person")
    await lead.goes_to("Overview")
    await expect(lead.page.get_by_text("Place 1")).to_be_visible()
    pages = {"widget": visitor.page, "console": agent.page, "lead": lead.page}
    await scene.pictures.take("waiting", **pages)

    await agent.be("Online")
    await agent.tab("Mine")
    await expect(agent.rows).to_contain_text("Offered to you")
    await scene.pictures.take("offer", console=agent.page)


async def is_briefed(scene: Scene) -> None:
    agent, visitor = scene.agent, scene.visitor
    await agent.rows.click()
    await expect(agent.card).to_contain_text("The customer is frustrated")
    await expect(agent.card.locator(".summary li").last).to_contain_text("FM-204871")
    await agent.card.get_by_text("What the bot tried").click()
    await expect(agent.card).to_contain_text("Answered")
    await scene.pictures.take("briefing", console=agent.page)
    await expect(agent.card.locator(".suggestion")).to_have_count(0)

    await agent.press("Take it")
    await expect(agent.owner).to_have_text("With you")
    await expect(visitor.title).to_have_text("Ann Lee")
    await expect(visitor.notes.last).to_have_text("Ann Lee is here now.")
    await expect(visitor.agents).to_have_count(0)
    await agent.card.locator("summary").first.click()


async def talk(scene: Scene) -> None:
    visitor, agent, lead = scene.visitor, scene.agent, scene.lead
    await lead.goes_to("Inbox")
    await lead.tab("All")
    await lead.rows.first.click()
    await expect(lead.owner).to_have_text("With Ann Lee")
    await expect(agent.others).to_contain_text("Lea Novak is viewing")
    await expect(lead.others).to_contain_text("Ann Lee is viewing")

    await agent.text.press_sequentially("I am sorry. I am looking at FM-204871 now.")
    await expect(visitor.typing).to_contain_text("Ann Lee is writing")
    await expect(lead.others).to_contain_text("Ann Lee is typing")
    await agent.press("Send")
    await expect(visitor.agents).to_contain_text("I am looking at FM-204871 now.")
    await expect(visitor.agents).to_contain_text("Ann Lee")
    await lead.said("agent", "I am sorry. I am looking at FM-204871 now.")

    await visitor.text.press_sequentially("Thank you. It is a blue tent.")
    for one in (agent, lead):
        await expect(one.thread).to_contain_text("The customer is typing")
    await visitor.text.press("Enter")
    for one in (agent, lead):
        await one.said("customer", "Thank you. It is a blue tent.")
    await scene.pictures.take("talk", widget=visitor.page, console=agent.page, lead=lead.page)


async def notes_and_opens_a_ticket(scene: Scene) -> None:
    visitor, agent, lead = scene.visitor, scene.agent, scene.lead
    await agent.press("Private note")
    await agent.text.fill("The carrier has lost it.")
    await scene.pictures.take("note", console=agent.page)
    await agent.press("Add the note")
    for one, author in ((agent, "You"), (lead, "Ann Lee")):
        await one.said("note", "The carrier has lost it.")
        await expect(one.thread.locator(".said.note .who b").last).to_have_text(author)

    await agent.press("More")
    await agent.page.get_by_role("menuitem", name="New ticket").click()
    await expect(agent.dialog.get_by_text("FM-204871", exact=True)).to_be_visible()
    await expect(agent.dialog.get_by_label("Title")).not_to_have_value("")
    await expect(agent.dialog.get_by_label("Summary")).to_have_value(re.compile("FM-204871"))
    await scene.pictures.take("ticket", console=agent.page)
    await agent.dialog.get_by_role("button", name="Open it").click()
    await expect(agent.dialog).to_have_count(0)
    await expect(visitor.notes.last).to_contain_text("number 1")
    await lead.goes_to("Tickets")
    await lead.page.locator("a.ticket").click()
    await expect(lead.page.get_by_role("heading", level=1)).to_contain_text("FM-204871")
    await scene.pictures.take("ticket-opened", widget=visitor.page, lead=lead.page)


async def closes(scene: Scene) -> None:
    visitor, agent, lead = scene.visitor, scene.agent, scene.lead
    await agent.press("Close")
    await scene.pictures.take("closing", console=agent.page)
    await agent.dialog.get_by_label("Goes on in a ticket").check()
    await agent.dialog.get_by_role("button", name="Close", exact=True).click()
    await expect(agent.owner).to_have_text("With the bot")
    await expect(visitor.notes.last).to_contain_text("Ann Lee has closed the conversation.")
    await visitor.rates("Ann was kind.")
    await scene.pictures.take("rating", widget=visitor.page, console=agent.page)
    await visitor.rates("Ann was kind.")  # in another language the form begins anew
    await visitor.rating.get_by_role("button", name="Send").click()
    await expect(visitor.rating).to_contain_text("Thank you")
    await lead.goes_to("Overview")
    await expect(lead.page.locator(".figure", has_text="Rated good").locator("b")).to_have_text(
        "1"
    )
    await scene.pictures.take("overview", lead=lead.page)

    await visitor.answered("Can I return boots that I have worn?")
    await expect(visitor.answers.last.locator(".cite").first).to_be_visible()
    await agent.said("bot", re.compile(r"\[1\]"))
    await visitor.page.reload()
    await expect(visitor.answers).to_have_count(5)
    await expect(visitor.page.locator("switchboard-chat")).not_to_contain_text("has lost it")
    await scene.pictures.take("bot-again", widget=visitor.page, console=agent.page)
