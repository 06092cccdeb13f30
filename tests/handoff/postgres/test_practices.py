"""Each tenant's own file, in every process."""

import pytest

from core.domain.errors import SettingsInvalid, TenantNotFound
from core.domain.ids import TenantId
from handoff.postgres.practices import PostgresPractices
from handoff.practice import Practice
from tests.builders import TENANT
from tests.handoff.stage import OTHER, Stage

FASTER = "[assignment]\noffer_s = 20"


async def test_a_tenant_works_as_its_file_says_and_others_as_shipped(stage: Stage) -> None:
    put = await stage.practices.put(TENANT, FASTER)

    assert (await stage.practices.of(TENANT)) == put
    assert put.rules.offer_s == 20
    assert (await stage.practices.of(OTHER)) == Practice()


async def test_a_removed_file_leaves_what_ships(stage: Stage) -> None:
    await stage.practices.put(TENANT, FASTER)

    await stage.practices.remove(TENANT)

    assert (await stage.practices.of(TENANT)) == Practice()


async def test_a_file_with_mistakes_is_not_stored(stage: Stage) -> None:
    await stage.practices.put(TENANT, FASTER)

    with pytest.raises(SettingsInvalid):
        await stage.practices.put(TENANT, "[limits]\nnobody_s = -1")

    assert (await stage.practices.of(TENANT)).rules.offer_s == 20


async def test_a_file_of_another_version_does_not_stop_the_desk(stage: Stage) -> None:
    await stage.practices.put(TENANT, FASTER)
    await stage.rows("UPDATE handoff_practices SET source = '[later]'")

    assert await stage.practices.of(TENANT) == Practice()


async def test_other_processes_see_a_new_file_after_some_seconds(stage: Stage) -> None:
    elsewhere = PostgresPractices(stage.database, stage.clock, keep_s=10)
    await elsewhere.of(TENANT)
    await stage.practices.put(TENANT, FASTER)

    offers = []
    for pause in (9, 1):
        stage.clock.passed_s += pause
        offers.append((await elsewhere.of(TENANT)).rules.offer_s)

    assert offers == [60, 20]


async def test_an_unknown_tenant_is_refused(stage: Stage) -> None:
    with pytest.raises(TenantNotFound):
        await stage.practices.put(TenantId("nobody"), FASTER)
