"""What a worker answers with: real judges, one run of the embedding model for each message."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.domain.actions import ANSWER
from core.domain.conversation import Mood
from core.domain.messages import Author
from core.nlu.emotion.feels import ShippedFeelings
from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.judge import EmotionJudge
from core.nlu.emotion.lexicon import Lexicon
from core.nlu.intents.tenants import TenantHeads
from core.nlu.language import LanguageJudge
from core.nlu.phrases import load_phrases
from core.nlu.smalltalk import SmallTalk
from core.nlu.understand import Judges, TurnUnderstander
from core.postgres.database import Database
from core.postgres.intents import PostgresIntents
from deploy.intents import MessageVectors, starter
from knowledge.embedders.minilm import MiniLmEmbedder
from knowledge.embedders.once import OncePerQuestion
from knowledge.ingest import Ingester
from knowledge.ports import Vectors
from knowledge.search import HybridRetriever
from tests.builders import TENANT, a_context, a_message
from tests.knowledge.builders import a_document

pytestmark = pytest.mark.slow


class Counted(MiniLmEmbedder):
    """Notes what each run is given."""

    runs: list[tuple[str, ...]]

    def _run(self, texts: Sequence[str]) -> Vectors:
        self.runs.append(tuple(texts))
        return super()._run(texts)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture
async def embedder(models: Path) -> AsyncIterator[Counted]:
    opened = await Counted.open(models)
    opened.runs = []
    async with opened:
        yield opened


@pytest.fixture
def once(embedder: Counted) -> OncePerQuestion:
    return OncePerQuestion(embedder)


@pytest.fixture
async def understander(
    embedder: Counted, once: OncePerQuestion, database: Database
) -> TurnUnderstander:
    embeds, head = MessageVectors(once), EmotionHead.load()
    judge = EmotionJudge(head, Lexicon.chinese())
    starting = await starter(embeds)
    embedder.runs.clear()
    judges = Judges(
        language=LanguageJudge(),
        small_talk=SmallTalk.load(),
        embeds=embeds,
        intents=TenantHeads(PostgresIntents(database), starting, embedder.version),
        feels=ShippedFeelings(judge, fits=head.fits(embedder.version)),
    )
    return TurnUnderstander(judges, load_phrases("Acme", "Ada"))


async def test_a_message_costs_one_run_which_search_shares(
    understander: TurnUnderstander, embedder: Counted, once: OncePerQuestion, database: Database
) -> None:
    earlier = a_message("Do you ship to Canada?")
    context = a_context("How long does it take?", history=(earlier,))
    document = a_document("delivery.md", "Parcels to Canada take ten days.")
    await Ingester(database, embedder).put(TENANT, document)
    embedder.runs.clear()

    await understander.understand(context)
    found = await HybridRetriever(database, once).retrieve(
        TENANT, context.question, context.questions_before
    )

    assert found.passages
    assert embedder.runs == [(context.question, f"{earlier.text}\n{context.question}")]


async def test_a_common_wish_is_named_and_left_to_the_operator(
    understander: TurnUnderstander,
) -> None:
    understood = await understander.understand(a_context("When do I get my money back?"))

    assert understood.intent.label == "refund_status"
    assert understood.asks
    assert understood.does == ANSWER
    assert understood.ranked[0] == understood.intent


async def test_a_question_that_is_asked_again_in_anger_is_frustration(
    understander: TurnUnderstander,
) -> None:
    asked = a_message("Where is my parcel 4711?")
    said = a_message("I do not know.", seq=2, author=Author.BOT)
    context = a_context("WHERE IS MY PARCEL 4711??? This is ridiculous!", history=(asked, said))
    talk = replace(context.conversation, mood=Mood(frustration=0.2, unknowns=1))

    calm = await understander.understand(a_context("Where is my parcel 4711?"))
    angry = await understander.understand(replace(context, conversation=talk))

    assert calm.frustration < 0.2
    assert angry.emotion.label == "anger"
    assert angry.frustration > 0.7
    assert angry.repeats == 1


async def test_chinese_is_understood_by_its_words(understander: TurnUnderstander) -> None:
    understood = await understander.understand(a_context("太生气了，我的退款什么时候到账？"))

    assert understood.language.label == "zh"
    assert understood.intent.label == "refund_status"
    assert understood.emotion.label == "anger"
