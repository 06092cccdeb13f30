"""The widget in a real browser, on a page of another origin with a strict policy."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from core.domain.answers import Draft, Source
from core.domain.conversation import Agent
from core.domain.decisions import Decision, HandOff, Reply
from core.domain.events import OwnerChanged, Stored
from core.domain.ids import AgentId, ConversationId
from tests.channels.kit import Service
from tests.channels.revising import Said
from tests.channels.web.browsing import Chat

pytestmark = pytest.mark.browser


async def test_a_question_is_answered_with_its_sources(open_service: Service, chat: Chat) -> None:
    open_service.bot.deltas = True
    await chat.open()
    await expect(chat.text).to_be_focused()
    await chat.say("Where is it?")

    await expect(chat.answer.locator(".words")).to_have_text("You asked: Where is it? 1")
    await chat.answer.get_by_role("button", name="Source 1").click()
    await expect(chat.answer.locator("blockquote")).to_have_text("Parcels take two days.")
    await expect(chat.page.locator(".growing")).to_have_count(0)
    await expect(chat.said).to_have_count(2)


async def test_it_begins_with_the_brand_and_its_questions(chat: Chat) -> None:
    await chat.open()
    await expect(chat.page.locator("h2")).to_have_text("Fjord & Pine")
    await chat.page.get_by_role("button", name="How long does it take?").click()

    await expect(chat.answer).to_contain_text("How long does it take?")
    await expect(chat.page.locator(".intro")).to_be_hidden()


async def test_what_is_said_is_text_never_markup(open_service: Service, chat: Chat) -> None:
    open_service.bot.answers = hostile
    await chat.open()
    await chat.say("<img src=x onerror=document.title='owned'>")

    words = chat.page.locator(".customer .words")
    await expect(words).to_have_text("<img src=x onerror=document.title='owned'>")
    await expect(chat.answer.locator(".words")).to_contain_text("<script>")
    await chat.page.locator("summary").click()
    await expect(chat.page.locator(".source .title")).to_have_text("<b>Title</b>")
    assert await chat.page.locator(".log :is(img, script, b)").count() == 0
    assert await chat.page.locator(".log [href]:not([href^='https:'])").count() == 0
    assert await chat.page.title() == "Shop"


def hostile(question: str) -> Decision:
    source = Source(title="<b>Title</b>", uri="javascript:alert(1)", quote="<i>q</i>", score=1)
    text = (
        "<script>document.title='owned'</script> ![x](https://evil.example/x.png)"
        " [here](javascript:document.title='owned')"
    )
    draft = Draft(text=text, sources=(source,), written_by="extract", prompt_version="")
    return Reply(draft)


async def test_shift_enter_breaks_the_line_and_enter_sends(chat: Chat) -> None:
    await chat.open()
    await chat.text.press_sequentially("One")
    await chat.page.keyboard.press("Shift+Enter")
    await chat.text.press_sequentially("two")
    await chat.page.keyboard.press("Enter")

    await expect(chat.page.locator(".customer .words")).to_have_text(re.compile("One\\s*two"))
    await expect(chat.text).to_have_value("")


async def test_a_reload_shows_the_same_conversation(chat: Chat) -> None:
    await chat.open()
    await chat.say("Where is it?")
    await chat.answer.wait_for()
    await chat.page.reload()
    await chat.launcher.click()

    await expect(chat.said).to_have_count(2)
    await expect(chat.page.locator(".root > .hidden")).to_have_text("")


async def test_a_thumb_down_asks_why_and_both_are_stored_and_remembered(
    open_service: Service, chat: Chat
) -> None:
    await chat.open()
    await chat.say("Where is it?")
    down = chat.page.get_by_role("button", name="Bad answer")
    await down.click()
    await chat.page.get_by_role("button", name="Out of date").click()
    await chat.page.get_by_label("Tell us more").fill("It is three days now.")
    await chat.page.keyboard.press("Enter")

    await expect(chat.page.locator(".why")).to_have_text(re.compile("Thank you"))
    async with open_service.database.as_service() as connection, asyncio.timeout(10):
        row = None
        while row is None or row["comment"] is None:
            row = await connection.fetchrow("SELECT thumb, reason, comment FROM ratings")
    assert tuple(row) == ("down", "out_of_date", "It is three days now.")
    await chat.page.reload()
    await chat.launcher.click()
    await expect(down).to_have_attribute("aria-pressed", "true")


async def test_a_person_can_be_asked_for_and_taken_back(open_service: Service, chat: Chat) -> None:
    open_service.bot.answers = lambda _: HandOff("asked", "You are in the queue.")
    await chat.open()
    await chat.page.get_by_role("button", name="Talk to a person").click()

    words = chat.page.locator(".customer .words")
    await expect(words).to_have_text("I would like to talk to a person.")
    await expect(chat.page.locator(".banner")).to_contain_text("in line for a person")
    await expect(chat.page.locator(".person")).to_be_hidden()
    await expect(chat.text).to_be_focused()
    await chat.page.get_by_role("button", name="Talk to the bot instead").click()
    await expect(chat.page.locator(".note").last).to_contain_text("no longer in the queue")
    await expect(chat.page.locator(".banner")).to_be_hidden()
    await expect(chat.page.locator(".person")).to_be_visible()
    await expect(words).to_have_count(1)


async def test_who_talks_to_a_person_reads_it_on_top(open_service: Service, chat: Chat) -> None:
    await chat.open()
    await chat.say("Where is it?")
    await chat.answer.wait_for()
    async with open_service.database.as_service() as connection:
        conversation = await connection.fetchval("SELECT id FROM conversations")
    person = AgentId(conversation)
    open_service.live.tell(
        OwnerChanged(conversation=ConversationId(conversation), owner=Agent(person), epoch=1)
    )

    await expect(chat.status).to_have_text("You are talking to a person")
    await expect(chat.page.locator(".person")).to_be_hidden()


async def test_what_an_agent_changes_and_withdraws_is_seen_where_it_stands(
    open_service: Service, chat: Chat
) -> None:
    await chat.open()
    await chat.say("When?")
    await chat.answer.wait_for()
    said, talk = Said(open_service.database, "web"), (await chat.found()).id
    first, second = await said.says(talk, "Monday"), await said.says(talk, "Oops")
    open_service.live.tell(Stored(conversation=talk, seq=second.seq))
    shown = chat.page.locator(".said.agent")
    await expect(shown).to_have_count(2)

    await said.reads_now(first, "*Tuesday*")
    await said.reads_now(second, "")
    open_service.live.tell(Stored(conversation=talk, seq=0))

    await expect(shown.nth(0).locator(".words em")).to_have_text("Tuesday")
    await expect(shown.nth(0)).to_contain_text("Edited")
    await expect(shown.nth(1).locator(".words")).to_have_text("This message was withdrawn.")
    await chat.page.reload()
    await chat.launcher.click()
    await expect(shown.nth(0).locator(".words")).to_have_text("Tuesday")
    await expect(shown.nth(1).locator(".words")).to_have_text("This message was withdrawn.")
    await expect(chat.said).to_have_count(4)


async def test_a_new_conversation_starts_empty(open_service: Service, chat: Chat) -> None:
    await chat.open()
    await chat.say("Where is it?")
    await chat.answer.wait_for()
    await chat.menu("New conversation")
    await chat.connected()

    await expect(chat.said).to_have_count(0)
    await chat.say("Again?")
    await expect(chat.answer).to_have_count(1)
    async with open_service.database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM conversations") == 2
        assert await connection.fetchval("SELECT count(*) FROM visitors") == 1


async def test_a_token_that_is_worth_nothing_any_more_begins_anew(
    open_service: Service, chat: Chat
) -> None:
    await chat.open()
    await chat.say("Where is it?")
    await chat.answer.wait_for()
    async with open_service.database.as_service() as connection:
        await connection.execute("DELETE FROM visitors")
    await chat.page.reload()
    await chat.launcher.click()

    await expect(chat.page.get_by_role("alert")).to_contain_text("could not be opened")
    await expect(chat.said).to_have_count(0)
    await chat.say("Where is it?")
    await expect(chat.answer).to_have_count(1)


async def test_a_message_that_is_too_long_is_held_back(chat: Chat) -> None:
    await chat.open()
    await chat.text.fill("x" * 4001)
    await expect(chat.page.locator("footer")).to_contain_text("4001 / 4000")
    await chat.text.press("Enter")

    await expect(chat.page.get_by_role("alert")).to_contain_text("at most 4000")
    await expect(chat.said).to_have_count(0)


async def test_what_came_while_it_was_closed_is_counted(open_service: Service, chat: Chat) -> None:
    await chat.open()
    open_service.bot.asleep.clear()
    await chat.say("Where is it?")
    await expect(chat.page.locator(".customer .state")).to_have_count(0)
    await chat.page.keyboard.press("Escape")
    await expect(chat.launcher).to_be_focused()
    open_service.bot.asleep.set()

    await expect(chat.launcher).to_have_accessible_name("Open chat, 1 unread")
    await expect(chat.page.locator(".unread")).to_have_text("1")
    await chat.page.reload()
    await expect(chat.launcher).to_have_accessible_name("Open chat, 1 unread")
    await chat.launcher.click()
    await expect(chat.launcher).to_have_accessible_name("Close chat")


async def test_a_file_is_sent_and_named_in_the_conversation(
    open_service: Service, chat: Chat
) -> None:
    await chat.open()
    picture = {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n123"}
    async with chat.page.expect_file_chooser() as choosing:
        await chat.page.get_by_role("button", name="Attach a file").click()
    await (await choosing.value).set_files([picture])

    await expect(chat.page.locator(".customer .words")).to_have_text("photo.png")
    await expect(chat.page.get_by_role("alert")).to_be_hidden()
    async with open_service.database.as_service() as connection:
        kept = await connection.fetchrow("SELECT name, media_type, data FROM files")
    assert tuple(kept) == ("photo.png", "image/png", picture["buffer"])
