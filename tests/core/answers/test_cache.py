from collections import Counter
from contextlib import aclosing
from dataclasses import replace
from uuid import uuid4

import pytest

from core.answers.cache import Caching, CachingWriter, Likeness
from core.domain.actions import OpenTicket
from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.errors import ModelUnavailable
from core.domain.ids import CustomerId, TenantId, TurnId
from core.domain.memory import Memory
from core.domain.messages import Author, Channel
from core.domain.understanding import Intent, Understanding
from core.nlu.smalltalk import SmallTalk
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.settings import CoreSettings
from deploy.answers import answer_cache
from deploy.intents import MessageVectors
from tests.builders import (
    TENANT,
    a_context,
    a_draft,
    a_message,
    a_passage,
    an_understanding,
    findings,
)
from tests.fakes.clock import FakeClock
from tests.fakes.embedding import WordEmbedder
from tests.fakes.walk import ScriptedWriter

FOUND = findings(a_passage())
DRAFT = replace(a_draft(), written_by="model", prompt_version="v1", path="main")
QUESTION = "How long does delivery to Canada take?"
SMALL_TALK = SmallTalk.load()


class Service:
    """Customers who each ask in a conversation of their own, and one cache."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FakeClock()
        self.counts = Counter[str]()
        self.edition = "v1"
        self.inner = ScriptedWriter("Parcels.", DRAFT)
        self.cache = answer_cache(database, self.clock, CoreSettings(), "words/1")
        self._conversations = PostgresConversations(
            database, self.clock, lambda *_: None, partitions=1
        )

    @property
    def writer(self) -> CachingWriter:
        caching = Caching(
            likeness=Likeness(takes=0.9, weighs=0.8),
            edition=lambda _context, _language: self.edition,
            says=lambda text: SMALL_TALK.judge(text).intent.label == Intent.QUESTION,
            count=lambda result: self.counts.update([result]),
        )
        return CachingWriter(self.inner, self.cache, MessageVectors(WordEmbedder()), caching)

    async def context(self, question: str, *, before: tuple[str, ...] = ()) -> TurnContext:
        customer = str(uuid4())
        opened = await self._conversations.open(
            TENANT, Channel.WEB, CustomerId(customer), customer
        )
        history = tuple(a_message(text, seq=place) for place, text in enumerate(before, 1))
        said = a_context(question, history=history)
        return replace(said, conversation=opened)

    async def ask(
        self,
        question: str = QUESTION,
        *,
        found: Findings = FOUND,
        understanding: Understanding | None = None,
        before: tuple[str, ...] = (),
    ) -> list[str | Draft]:
        return await self.answer(await self.context(question, before=before), found, understanding)

    async def answer(
        self,
        context: TurnContext,
        found: Findings = FOUND,
        understanding: Understanding | None = None,
    ) -> list[str | Draft]:
        writing = self.writer.write(context, understanding or an_understanding(), found)
        async with aclosing(writing) as pieces:
            return [piece async for piece in pieces]

    async def entries(self) -> int:
        async with self.database.as_service() as connection:
            return await connection.fetchval("SELECT count(*) FROM answer_cache")


@pytest.fixture
def service(database: Database) -> Service:
    return Service(database)


async def test_the_next_who_asks_the_same_hears_the_same_without_a_model(service) -> None:
    assert await service.ask() == ["Parcels.", DRAFT]

    *pieces, draft = await service.ask(QUESTION.upper())

    assert draft == replace(DRAFT, path="cached")
    assert "".join(pieces) == DRAFT.text
    assert service.inner.closed == 1
    assert service.counts == {"miss": 1, "exact": 1}


async def test_a_question_that_is_very_like_it_is_answered_too(service) -> None:
    await service.ask("How long does the delivery to Canada take?")

    assert (await service.ask("How long does delivery to Canada take"))[-1].path == "cached"
    assert service.counts["similar"] == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "How do I cancel a subscription of 30 days?",
            "How do I cancel a subscription of 60 days?",
        ),
        ("How do I cancel my subscription?", "How do I not cancel my subscription?"),
        ("Do you send parcels or letters to Norway?", "Do you send parcels or letters to Canada?"),
        ("三天内可以退货吗", "七天内可以退货吗"),
        ("怎么取消订单", "怎么不取消订单"),
    ],
)
async def test_numbers_names_and_denials_are_never_overlooked(service, one, other) -> None:
    await service.ask(one)

    assert (await service.ask(other))[-1] == DRAFT
    assert service.counts == {"miss": 2}


async def test_after_a_change_of_the_documents_everything_is_written_anew(service) -> None:
    await service.ask()

    anew = await service.ask(found=replace(FOUND, knowledge_version=2))

    assert anew[-1] == DRAFT
    assert (await service.ask(found=replace(FOUND, knowledge_version=2)))[-1].path == "cached"


async def test_another_prompt_or_variant_or_language_has_its_own_answers(service) -> None:
    await service.ask()
    assert (await service.ask(understanding=an_understanding(language="de")))[-1] == DRAFT

    service.edition = "v2"

    assert (await service.ask())[-1] == DRAFT


async def test_a_greeting_before_it_changes_nothing_and_a_question_does(service) -> None:
    await service.ask()

    assert (await service.ask(before=("hello!",)))[-1].path == "cached"
    assert (await service.ask(before=("I have a blue card",)))[-1] == DRAFT


async def test_the_words_of_the_bot_before_it_are_no_matter(service) -> None:
    await service.ask()
    context = await service.context(QUESTION)
    said = a_message("Welcome!", author=Author.BOT)

    assert (await service.answer(replace(context, history=(said,))))[-1].path == "cached"


@pytest.mark.parametrize(
    "question",
    [
        "Where is order A1-55023?",
        "How long does delivery take? I am ada@example.com",
        "我叫李雷，怎么退货",
        "a long story " * 40,
        " ",
    ],
)
async def test_what_is_private_or_long_is_neither_kept_nor_looked_up(service, question) -> None:
    await service.ask(question)

    assert await service.entries() == 0
    assert service.counts == {}


async def test_who_is_remembered_is_answered_for_themselves(service) -> None:
    await service.ask()
    context = await service.context(QUESTION)
    known = replace(context, memory=Memory(customer=("Lives in Norway.",)))

    assert (await service.answer(known))[-1] == DRAFT


async def test_two_messages_at_once_are_no_single_question(service) -> None:
    await service.ask()
    context = await service.context(QUESTION)
    two = replace(context, waiting=(*context.waiting, a_message("And to Norway?", seq=2)))

    assert (await service.answer(two))[-1] == DRAFT


async def test_what_a_tool_brought_or_an_intent_wants_done_is_not_kept(service) -> None:
    brought = replace(a_passage("Your parcel is in Oslo."), parts={"tool": 1.0})
    ticket = replace(an_understanding(), does=OpenTicket("billing"))

    await service.ask(found=findings(a_passage(), brought))
    await service.ask(understanding=ticket)

    assert await service.entries() == 0


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, sources=()),
        replace(DRAFT, cut=True),
        replace(DRAFT, path="light"),
        replace(DRAFT, path="backup"),
        replace(DRAFT, path="approved"),
        a_draft(),
    ],
    ids=["ungrounded", "cut", "light", "backup", "approved", "extracted"],
)
async def test_only_grounded_drafts_of_the_first_choice_are_kept(service, draft) -> None:
    service.inner = ScriptedWriter("Parcels.", draft)

    await service.ask()

    assert await service.entries() == 0


async def test_nothing_is_kept_of_a_writing_that_fails_or_finds_no_ground(service) -> None:
    service.inner = ScriptedWriter("Par", ModelUnavailable())
    with pytest.raises(ModelUnavailable):
        await service.ask()
    service.inner = ScriptedWriter()

    assert await service.ask() == []
    assert await service.entries() == 0


async def test_an_answer_rated_down_where_it_was_served_is_written_anew(service) -> None:
    await service.ask()
    context = await service.context(QUESTION)
    assert (await service.answer(context))[-1].path == "cached"
    turn = TurnId(uuid4())
    async with service.database.as_service() as connection:
        await connection.execute(
            "INSERT INTO turns (id, tenant, conversation, covers, epoch, sent, decision,"
            " confidence, record) VALUES ($1, $2, $3, '{1}', 0, true, 'reply', 1, '{}')",
            turn,
            TENANT,
            context.conversation.id,
        )

    assert await service.cache.forget(TENANT, turn) == 1

    assert (await service.ask())[-1] == DRAFT


async def test_another_tenant_hears_nothing_of_it(service) -> None:
    await service.ask()
    async with service.database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    context = await service.context(QUESTION)
    theirs = replace(context.conversation, tenant=TenantId("other"))

    found = await service.answer(replace(context, conversation=theirs))

    assert found[-1] == DRAFT
