"""Every tenant's own head judges its messages, as soon as it is trained."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.actions import ANSWER, CannedReply, HandOffTo
from core.domain.ids import TenantId
from core.nlu.intents.catalogue import Catalogue, IntentDefinition
from core.nlu.intents.head import Guess
from core.nlu.intents.learn import learn
from core.nlu.intents.tenants import TenantHeads
from core.nlu.intents.trained import Trained, meant
from core.postgres.database import Database
from core.postgres.intents import PostgresIntents
from tests.builders import TENANT

OWN = Catalogue(
    (
        IntentDefinition("refund", ("refund", "my money", "pay back"), HandOffTo("billing")),
        IntentDefinition("hours", ("open", "opening hours", "closed"), languages=("en",)),
    )
)
STARTER = Catalogue(
    (
        IntentDefinition("hello", ("hi", "hello there", "good day"), CannedReply({"": "Hi!"})),
        IntentDefinition("parcel", ("my parcel", "tracking", "where is it")),
    )
)
EMBEDDER = "test/1"


def trained(catalogue: Catalogue, embedder: str = EMBEDDER) -> Trained:
    texts, labels = catalogue.labelled()
    head, _ = learn(texts, labels, vectors(texts), embedder)
    return Trained(catalogue, head)


def vectors(texts: Sequence[str]) -> NDArray[np.float32]:
    """One direction for each text that is an example."""
    known = [*OWN.labelled()[0], *STARTER.labelled()[0]]
    return np.eye(len(known), dtype=np.float32)[[known.index(text) for text in texts]]


@pytest.fixture
def intents(database: Database) -> PostgresIntents:
    return PostgresIntents(database)


@pytest.fixture
def heads(intents: PostgresIntents) -> TenantHeads:
    return TenantHeads(intents, trained(STARTER), EMBEDDER, recheck_s=0)


async def told(heads: TenantHeads, text: str, tenant: TenantId = TENANT) -> tuple[str, object]:
    (found,) = await heads.guess(tenant, [text], ["en"], vectors([text]))
    return (found.guess.intent, found.action) if found else ("unknown", None)


async def test_the_starter_set_judges_until_a_head_of_ones_own_is_trained(
    heads: TenantHeads, intents: PostgresIntents
) -> None:
    assert await told(heads, "hi") == ("hello", CannedReply({"": "Hi!"}))
    await intents.put(TENANT, OWN)
    assert await told(heads, "hi") == ("hello", CannedReply({"": "Hi!"}))

    await intents.put_trained(TENANT, trained(OWN), {})

    assert await told(heads, "my money") == ("refund", HandOffTo("billing"))
    assert await told(heads, "my parcel", TenantId("other")) == ("parcel", ANSWER)


async def test_what_is_done_about_an_intent_follows_the_catalogue(
    heads: TenantHeads, intents: PostgresIntents
) -> None:
    await intents.put_trained(TENANT, trained(OWN), {})
    assert await told(heads, "refund") == ("refund", HandOffTo("billing"))

    await intents.put(
        TENANT, Catalogue((IntentDefinition("refund", ("a", "b", "c"), HandOffTo("money")),))
    )

    assert await told(heads, "refund") == ("refund", HandOffTo("money"))


async def test_a_head_is_not_read_again_before_it_is_time(intents: PostgresIntents) -> None:
    heads = TenantHeads(intents, trained(STARTER), EMBEDDER, recheck_s=1_000)
    assert await told(heads, "hi") == ("hello", CannedReply({"": "Hi!"}))

    await intents.put_trained(TENANT, trained(OWN), {})

    assert await told(heads, "hi") == ("hello", CannedReply({"": "Hi!"}))


async def test_a_head_of_another_embedder_or_version_says_nothing(
    heads: TenantHeads, intents: PostgresIntents, database: Database
) -> None:
    await intents.put_trained(TENANT, trained(OWN, "other/1"), {})
    assert await told(heads, "refund") == ("unknown", None)

    async with database.as_service() as connection:
        await connection.execute("UPDATE intents SET head = 'old', trained_at = clock_timestamp()")
    assert await told(heads, "refund") == ("unknown", None)


async def test_a_head_outlives_a_database_that_went_away(
    heads: TenantHeads, intents: PostgresIntents, database: Database
) -> None:
    await intents.put_trained(TENANT, trained(OWN), {})
    assert await told(heads, "refund") == ("refund", HandOffTo("billing"))

    await database.close()

    assert await told(heads, "refund") == ("refund", HandOffTo("billing"))
    assert await told(heads, "refund", TenantId("other")) == ("unknown", None)


async def test_without_vectors_the_words_are_all_there_is(heads: TenantHeads) -> None:
    found = await heads.guess(TENANT, ["hi", "my parcel"], ["en", "en"], None)

    assert len([one for one in found if one is not None]) == 2


@pytest.mark.parametrize(
    ("language", "intent", "action", "confidence"),
    [
        ("en", "hours", ANSWER, 0.7),
        ("", "hours", ANSWER, 0.7),
        ("zh", "", ANSWER, 0.2),
    ],
)
def test_a_message_whose_intent_does_not_hold_in_its_language_has_none(
    language: str, intent: str, action: object, confidence: float
) -> None:
    guess = Guess(
        intent="hours",
        confidence=0.7,
        outside=0.1,
        ranked=(("hours", 0.7), ("refund", 0.2), ("gone", 0.1)),
    )

    found = meant(OWN, guess, language)

    assert (found.guess.intent, found.action) == (intent, action)
    assert found.guess.confidence == confidence
    assert "gone" not in dict(found.guess.ranked)


def test_what_is_none_of_the_intents_stays_so_and_asks_for_nothing() -> None:
    guess = Guess(intent="", confidence=0.4, outside=0.9, ranked=(("refund", 0.4),))

    assert meant(OWN, guess, "en").action == ANSWER
    assert meant(OWN, guess, "en").guess == guess
    nothing = meant(Catalogue(OWN.intents[1:]), guess, "zh")
    assert (nothing.guess.intent, nothing.guess.ranked) == ("", ())
