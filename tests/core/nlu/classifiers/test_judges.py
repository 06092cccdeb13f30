"""A served classifier in the place of a head, and the head again where it cannot judge."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from core.domain.actions import ANSWER, HandOffTo
from core.nlu.emotion.feels import ShippedFeelings
from core.nlu.emotion.head import EmotionHead
from core.nlu.emotion.judge import EmotionJudge, Spoken
from core.nlu.emotion.lexicon import Lexicon
from core.nlu.intents.catalogue import Catalogue, IntentDefinition
from core.nlu.intents.learn import learn
from core.nlu.intents.tenants import TenantHeads
from core.nlu.intents.trained import Trained
from core.nlu.ports import Feels, JudgesIntents, Meant
from core.postgres.database import Database
from core.postgres.intents import PostgresIntents
from deploy.classifiers import feelings_by, intents_by
from deploy.settings import load
from tests.builders import TENANT
from tests.fakes.classifier import FakeClassifier

CATALOGUE = Catalogue(
    (
        IntentDefinition("refund", ("my money", "pay back", "refund"), HandOffTo("billing")),
        IntentDefinition("hours", ("open", "opening hours", "closed"), languages=("en",)),
    )
)
MINE = {
    "get it back": {"REFUND": 3.0, "TIMES": 0.0, "OTHER": 0.0},
    "when": {"REFUND": 0.0, "TIMES": 3.0, "OTHER": 0.0},
    "the moon": {"REFUND": 0.0, "TIMES": 0.0, "OTHER": 3.0},
    "who knows": {"REFUND": 0.1, "TIMES": 0.0, "OTHER": 0.0},
}
LABELS = {"REFUND": "refund", "TIMES": "hours", "OTHER": ""}
SHIPPED = EmotionJudge(EmotionHead.load(), Lexicon.chinese())


def heads(database: Database) -> TenantHeads:
    """Of tenants that have trained nothing: the starter's."""
    texts, labels = CATALOGUE.labelled()
    head, _ = learn(texts, labels, np.eye(6, 8, dtype=np.float32), "test/1")
    return TenantHeads(PostgresIntents(database), Trained(CATALOGUE, head), "test/1")


@asynccontextmanager
async def intents(
    fake: FakeClassifier, database: Database, **said: object
) -> AsyncIterator[JudgesIntents]:
    async with fake.serve():
        model = {"type": "tei", "url": fake.url, "labels": LABELS} | said
        settings = load(core={"intent_model": model}).core.intent_model
        async with intents_by(settings, heads(database)) as judge:
            yield judge


async def taken(judge: JudgesIntents, text: str, language: str = "en") -> tuple[str, object]:
    vectors = np.eye(6, 8, dtype=np.float32)[:1]  # that of "my money"
    (found,) = await judge.guess(TENANT, [text], [language], vectors)
    assert isinstance(found, Meant)
    return found.guess.intent, found.action


async def test_a_classifier_takes_messages_for_intents_and_the_catalogue_says_what_is_done(
    database: Database,
) -> None:
    async with intents(FakeClassifier(MINE, MINE["who knows"]), database) as judge:
        assert await taken(judge, "get it back") == ("refund", HandOffTo("billing"))
        assert await taken(judge, "when") == ("hours", ANSWER)
        assert await taken(judge, "when", "zh") == ("", ANSWER)
        assert await taken(judge, "the moon") == ("", ANSWER)
        assert await taken(judge, "who knows") == ("", ANSWER)


async def test_a_guess_says_how_sure_it_is(database: Database) -> None:
    async with intents(FakeClassifier(MINE, {}), database, at_least=0.1) as judge:
        texts = ["get it back", "the moon", "who knows"]
        found = await judge.guess(TENANT, texts, ["en"] * 3, None)

    back, moon, unsure = (one.guess for one in found if one)
    assert back.ranked[0] == ("refund", back.confidence)
    assert back.confidence + back.ranked[1][1] + back.outside == pytest.approx(1)
    assert moon.outside > 0.9
    assert (moon.intent, unsure.intent) == ("", "refund")


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 401}, {"status": 422}, {"waits": asyncio.Event()}]
)
async def test_a_tenant_s_own_head_judges_while_the_classifier_cannot(
    database: Database, fault: dict[str, object]
) -> None:
    fake = FakeClassifier(MINE, {}, **fault)  # type: ignore[arg-type]
    async with intents(fake, database, within_s=0.1) as judge:
        assert await taken(judge, "my money") == ("refund", HandOffTo("billing"))


async def test_a_tenant_with_none_of_the_labels_keeps_its_head(database: Database) -> None:
    fake = FakeClassifier({}, {"REFUND": 0.0, "TIMES": 0.0, "OTHER": 3.0})
    async with intents(fake, database, labels={"TIMES": "somebody_elses"}) as judge:
        assert await taken(judge, "my money") == ("refund", HandOffTo("billing"))


FELT = {"gah": {"annoyance": 2.0, "disappointment": 1.0, "love": -3.0, "what": 9.0}}
CALM = {"annoyance": -4.0, "disappointment": -4.0, "love": -4.0, "what": -4.0}


@asynccontextmanager
async def feelings(fake: FakeClassifier, **said: object) -> AsyncIterator[Feels]:
    async with fake.serve():
        model = {"type": "tei", "url": fake.url, "several": True} | said
        settings = load(core={"emotion_model": model}).core.emotion_model
        async with feelings_by(settings, ShippedFeelings(SHIPPED, fits=True)) as judge:
            yield judge


async def test_goemotions_is_understood_as_it_is() -> None:
    async with feelings(FakeClassifier(FELT, CALM)) as judge:
        (found,) = await judge.feel([Spoken("gah", "en")], None)

    assert found is not None
    assert found.judged.label == "anger"
    assert found.frustrated == found.by_name()["anger"] == pytest.approx(0.8808, abs=1e-4)
    assert found.by_name()["sadness"] == pytest.approx(0.7311, abs=1e-4)
    assert found.by_name()["fear"] == 0


async def test_languages_it_does_not_read_are_judged_by_what_ships_each_with_its_vector() -> None:
    spoken = [
        Spoken("我很生气", "zh"),
        Spoken("gah", "en"),
        Spoken("gah", ""),
        Spoken("wie", "de"),
    ]
    vectors = np.eye(384, dtype=np.float32)[:4]
    fake = FakeClassifier(FELT, CALM)
    async with feelings(fake, languages=["en"]) as judge:
        chinese, english, unknown, german = await judge.feel(spoken, vectors)

    assert chinese == SHIPPED.feel(spoken[:1])[0]
    assert english == unknown
    assert german is None
    assert fake.asked[0]["inputs"] == [["gah"], ["gah"]]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"body": b"{}"}])
async def test_what_ships_judges_while_the_classifier_cannot(fault: dict[str, object]) -> None:
    spoken = [Spoken("I hate this", "en"), Spoken("I love this", "en")]
    fake = FakeClassifier(FELT, CALM, **fault)  # type: ignore[arg-type]
    async with feelings(fake) as judge:
        assert await judge.feel(spoken, None) == SHIPPED.feel(spoken)


async def test_labels_that_mean_nothing_here_are_no_feelings() -> None:
    spoken = [Spoken("I hate this", "en")]
    async with feelings(FakeClassifier({}, {"LABEL_0": 1.0, "LABEL_1": 0.0})) as judge:
        assert await judge.feel(spoken, None) == SHIPPED.feel(spoken)
    named = {"LABEL_0": "anger", "LABEL_1": "neutral"}
    async with feelings(FakeClassifier({}, {"LABEL_0": 1.0, "LABEL_1": 0.0}), labels=named) as own:
        (found,) = await own.feel(spoken, None)

    assert found is not None
    assert found.judged.label == "anger"


async def test_a_classifier_is_asked_with_its_key() -> None:
    fake = FakeClassifier(FELT, CALM, key="secret")
    async with feelings(fake, api_key="secret") as judge:
        (found,) = await judge.feel([Spoken("gah", "en")], None)

    assert found is not None
    assert found.judged.label == "anger"


async def test_without_a_model_what_ships_judges(database: Database) -> None:
    shipped, own = ShippedFeelings(SHIPPED, fits=True), heads(database)

    async with feelings_by(None, shipped) as feels, intents_by(None, own) as judge:
        assert (feels, judge) == (shipped, own)
