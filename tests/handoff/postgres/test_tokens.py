"""Whom a token acts as is there while a program uses it."""

from datetime import timedelta

import pytest

from core.domain.ids import AgentId
from handoff.assignment import Presence
from handoff.life import Active
from handoff.moves import Claim
from handoff.people.account import Actor, Link, NewAccount, NewToken
from handoff.people.errors import AccountNotFound
from handoff.people.roles import Permission, Role
from handoff.plan import Desk, plan
from handoff.postgres.audit import Notary
from handoff.postgres.people import PostgresPeople
from handoff.postgres.tokens import PostgresTokens
from handoff.queue import Rate
from tests.builders import TENANT
from tests.handoff.stage import OTHER, Stage
from tests.handoff.tickets.kit import SEALING

_SETUP = Actor(tenant=TENANT, name="setup", may=frozenset(Permission))
_SCOPES = frozenset({Permission.ANSWER})


class Programs:
    """One agent, with a token that acts as them."""

    def __init__(self, stage: Stage) -> None:
        notary = Notary(SEALING, stage.clock)
        self.stage = stage
        self.people = PostgresPeople(stage.database, stage.clock, notary)
        self.tokens = PostgresTokens(stage.database, stage.clock, notary, present_s=1800)

    async def dee(self) -> AgentId:
        new = NewAccount(email="dee@example.com", name="Dee", role=Role.AGENT)
        account = await self.people.add(_SETUP, new, Link("x", timedelta(hours=1)))
        wanted = NewToken(name="desk", scopes=_SCOPES, agent=account.id)
        await self.tokens.make(_SETUP, wanted, "secret")
        return account.id

    async def use(self) -> None:
        assert await self.tokens.token(TENANT, "secret") is not None

    async def presence(self) -> list[Presence]:
        return [one.presence for one in await self.stage.agents.everyone(TENANT)]


@pytest.fixture
def programs(stage: Stage) -> Programs:
    return Programs(stage)


async def test_an_agent_is_there_for_a_while_after_each_call(programs: Programs) -> None:
    await programs.dee()
    before = await programs.presence()
    await programs.use()
    fresh = await programs.presence()
    programs.stage.clock.passed_s += 1700
    await programs.use()
    programs.stage.clock.passed_s += 1700
    kept = await programs.presence()
    programs.stage.clock.passed_s += 300

    assert (before, fresh, kept) == ([], [Presence.ONLINE], [Presence.ONLINE])
    assert await programs.presence() == [Presence.OFFLINE]


async def test_what_a_silent_program_has_comes_back_to_the_queue(programs: Programs) -> None:
    stage, dee = programs.stage, await programs.dee()
    await programs.use()
    handoff = await stage.a_request()
    taken = await stage.handoffs.apply(handoff, Claim(agent=dee, name="Dee"))
    practice = await stage.practices.of(TENANT)

    async def after(passed_s: float) -> list[type]:
        stage.clock.passed_s += passed_s
        people, rate = await stage.agents.everyone(TENANT), Rate(begun=0, over_s=1)
        desk = Desk(handoffs=[taken], people=people, rate=rate)
        made = plan(desk, practice, stage.clock.now())
        return [type(one.move) for one in made]

    assert await after(1700) == []
    assert [kind.__name__ for kind in await after(1800)][:1] == ["AgentGone"]
    assert isinstance(taken.state, Active)


async def test_a_token_is_made_for_nobody_of_another_tenant(programs: Programs) -> None:
    dee = await programs.dee()
    stranger = Actor(tenant=OTHER, name="setup", may=frozenset(Permission))
    wanted = NewToken(name="desk", scopes=_SCOPES, agent=dee)

    with pytest.raises(AccountNotFound):
        await programs.tokens.make(stranger, wanted, "other")

    assert await programs.tokens.tokens(OTHER) == []
