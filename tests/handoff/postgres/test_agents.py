"""Agents, as the desk sees them."""

import pytest

from handoff.assignment import Presence
from handoff.errors import AgentNotFound
from handoff.moves import Claim, Close
from handoff.postgres.agents import Profile
from tests.builders import TENANT
from tests.handoff.cast import ANN, BO
from tests.handoff.stage import OTHER, Stage


async def test_an_agent_is_there_as_long_as_something_says_so(stage: Stage) -> None:
    await stage.agents.put(TENANT, Profile(id=ANN, name="Ann"))

    seen = []
    for pause in (0, 0, 59, 1):
        (person,) = await stage.agents.everyone(TENANT)
        seen.append(person.presence)
        if len(seen) == 1:
            await stage.agents.seen(TENANT, ANN)
        stage.clock.passed_s += pause
    (person,) = await stage.agents.everyone(TENANT)

    assert seen == [Presence.OFFLINE, Presence.ONLINE, Presence.ONLINE, Presence.ONLINE]
    assert person.presence is Presence.OFFLINE


async def test_who_is_away_or_draining_has_no_room(stage: Stage) -> None:
    await stage.an_agent(ANN)
    await stage.an_agent(BO, "Bo")
    await stage.rows("UPDATE handoff_agents SET away = id = $1, draining = id = $2", ANN, BO)

    ann, bo = await stage.agents.everyone(TENANT)
    await stage.rows("UPDATE handoff_agents SET away = false")

    assert (ann.presence, ann.room, bo.presence, bo.room) == (
        Presence.AWAY,
        0,
        Presence.ONLINE,
        0,
    )
    assert (await stage.agents.everyone(TENANT))[0].room == 4


async def test_a_profile_is_changed_in_its_place(stage: Stage) -> None:
    await stage.an_agent(ANN)
    await stage.agents.put(
        TENANT, Profile(id=ANN, name="Anna", capacity=2, skills=frozenset({"repairs"}))
    )

    (person,) = await stage.agents.everyone(TENANT)

    assert (person.name, person.capacity, person.skills) == ("Anna", 2, {"repairs"})
    assert person.presence is Presence.ONLINE


async def test_who_ended_a_talk_is_free_from_then_on(stage: Stage) -> None:
    await stage.an_agent(ANN)
    handoff = await stage.a_request()
    await stage.handoffs.move(TENANT, handoff.id, Claim(agent=ANN, name="Ann"))
    stage.clock.passed_s += 30
    await stage.handoffs.move(TENANT, handoff.id, Close(agent=ANN, name="Ann"))

    (person,) = await stage.agents.everyone(TENANT)

    assert person.free_since == stage.clock.now()


async def test_agents_of_another_tenant_are_not_found(stage: Stage) -> None:
    await stage.an_agent(ANN)

    for attempt in (
        stage.agents.seen(OTHER, ANN),
        stage.agents.remove(OTHER, ANN),
    ):
        with pytest.raises(AgentNotFound):
            await attempt
    assert await stage.agents.everyone(OTHER) == ()


async def test_a_removed_agent_is_forgotten(stage: Stage) -> None:
    await stage.an_agent(ANN)

    await stage.agents.remove(TENANT, ANN)

    assert await stage.agents.everyone(TENANT) == ()
