"""Intents in Postgres: catalogue and head, apart for each tenant."""

import numpy as np
import pytest

from core.domain.errors import TenantNotFound
from core.domain.ids import TenantId
from core.nlu.intents.artefact import ArtefactRefused
from core.nlu.intents.catalogue import Catalogue, HandOffTo, IntentDefinition
from core.nlu.intents.learn import learn
from core.nlu.intents.trained import Trained
from core.postgres.database import Database
from core.postgres.intents import PostgresIntents
from tests.builders import TENANT

CATALOGUE = Catalogue(
    (
        IntentDefinition("refund", ("refund", "my money", "pay back"), HandOffTo("billing")),
        IntentDefinition("hours", ("open", "opening hours", "closed"), languages=("en",)),
    )
)
OTHER = TenantId("other")


@pytest.fixture
async def intents(database: Database) -> PostgresIntents:
    async with database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    return PostgresIntents(database)


def trained() -> Trained:
    texts, labels = CATALOGUE.labelled()
    head, _ = learn(texts, labels, np.eye(6, 8, dtype=np.float32), "test/1")
    return Trained(CATALOGUE, head)


async def test_a_catalogue_comes_back_as_it_was_put(intents: PostgresIntents) -> None:
    assert await intents.catalogue(TENANT) is None

    await intents.put(TENANT, CATALOGUE)

    assert await intents.catalogue(TENANT) == CATALOGUE
    assert await intents.trained(TENANT) is None
    assert await intents.report(TENANT) is None


async def test_a_head_comes_back_with_its_catalogue_and_report(intents: PostgresIntents) -> None:
    kept = trained()

    await intents.put_trained(TENANT, kept, {"accuracy": 0.5})

    found = await intents.trained(TENANT)
    assert found is not None
    assert found.catalogue == CATALOGUE
    assert (found.head.labels, found.head.trained_on) == (kept.head.labels, kept.head.trained_on)
    assert await intents.report(TENANT) == {"accuracy": 0.5}


async def test_a_new_catalogue_leaves_the_head_until_it_is_trained(
    intents: PostgresIntents,
) -> None:
    await intents.put_trained(TENANT, trained(), {})

    await intents.put(TENANT, Catalogue(CATALOGUE.intents[:1]))

    found = await intents.trained(TENANT)
    assert found is not None
    assert len(found.catalogue.intents) == 1
    assert found.head.labels == ("hours", "refund")


async def test_the_stamp_changes_with_every_change_and_not_otherwise(
    intents: PostgresIntents,
) -> None:
    stamps = [await intents.stamp(TENANT)]
    await intents.put(TENANT, CATALOGUE)
    stamps.append(await intents.stamp(TENANT))
    assert await intents.stamp(TENANT) == stamps[-1]
    await intents.put_trained(TENANT, trained(), {})
    stamps.append(await intents.stamp(TENANT))
    await intents.put(TENANT, CATALOGUE)
    stamps.append(await intents.stamp(TENANT))

    assert stamps[0] is None
    assert len(set(stamps)) == 4


async def test_nothing_of_one_tenant_is_seen_by_another(intents: PostgresIntents) -> None:
    await intents.put_trained(TENANT, trained(), {"accuracy": 1})

    assert await intents.catalogue(OTHER) is None
    assert await intents.trained(OTHER) is None
    assert await intents.report(OTHER) is None
    assert await intents.stamp(OTHER) is None


async def test_a_row_of_another_tenant_cannot_be_read_or_written_by_any_statement(
    intents: PostgresIntents, database: Database
) -> None:
    await intents.put(TENANT, CATALOGUE)

    async with database.as_tenant(OTHER) as connection:
        assert await connection.fetchval("SELECT count(*) FROM intents") == 0
        assert await connection.execute("UPDATE intents SET source = ''") == "UPDATE 0"
        assert await connection.execute("DELETE FROM intents") == "DELETE 0"


async def test_a_tenant_that_is_not_there_is_refused(intents: PostgresIntents) -> None:
    with pytest.raises(TenantNotFound):
        await intents.put(TenantId("nobody"), CATALOGUE)


async def test_a_head_that_another_version_wrote_is_refused(
    intents: PostgresIntents, database: Database
) -> None:
    await intents.put_trained(TENANT, trained(), {})
    async with database.as_service() as connection:
        await connection.execute("UPDATE intents SET head = 'old'")

    with pytest.raises(ArtefactRefused):
        await intents.trained(TENANT)
