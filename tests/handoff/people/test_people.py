"""Who may come in, and who may not any more."""

from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from core.clock import SystemClock
from core.domain.ids import AgentId, TenantId
from core.postgres.database import Database
from handoff.people import passwords
from handoff.people.account import (
    Account,
    Actor,
    Link,
    NewAccount,
    NewToken,
    Vouched,
    as_person,
    as_program,
)
from handoff.people.audit import Sealing
from handoff.people.doors import Doors
from handoff.people.errors import (
    AccountNotFound,
    AccountRefused,
    PasswordRefused,
    SignInRefused,
    TooManyTries,
)
from handoff.people.roles import MAY, Permission, Role
from handoff.postgres.audit import Notary, PostgresAuditLog
from handoff.postgres.failures import PostgresFailures
from handoff.postgres.people import PostgresPeople
from handoff.postgres.tokens import PostgresTokens
from tests.builders import TENANT

HOUR = timedelta(hours=1)
PASSWORD = "correct horse battery"
SEALING = Sealing([b"a key of any size"])
FIRST = Actor(tenant=TENANT, name="setup", may=frozenset(Permission))
BO = NewAccount(email="bo@example.com", name="Bo", role=Role.LEAD)


@pytest.fixture
def notary() -> Notary:
    return Notary(SEALING, SystemClock())


@pytest.fixture
def people(database: Database, notary: Notary) -> PostgresPeople:
    return PostgresPeople(database, SystemClock(), notary)


@pytest.fixture
def doors(people: PostgresPeople, database: Database) -> Doors:
    numbers = count()
    return Doors(
        people=people,
        failures=PostgresFailures(database),
        new_secret=lambda: f"secret-{next(numbers)}",
    )


@pytest.fixture
async def ann(people: PostgresPeople, doors: Doors) -> Account:
    """An admin with a password."""
    new = NewAccount(email="Ann@example.com", name="Ann", role=Role.ADMIN)
    account = await people.add(FIRST, new, Link("link", HOUR))
    await doors.set_password(TENANT, "link", account.email, PASSWORD)
    return account


async def test_a_link_sets_a_password_once(people, doors, ann) -> None:
    session, cookie = await doors.enter(TENANT, "ann@EXAMPLE.com", PASSWORD, "::1", "Firefox")

    assert session.account.email == "ann@example.com"
    assert await people.session(TENANT, cookie, HOUR, HOUR) is not None
    with pytest.raises(AccountNotFound):
        await doors.set_password(TENANT, "link", ann.email, PASSWORD)


async def test_a_link_is_worth_nothing_when_it_is_too_old_or_another_followed(
    people, doors, ann
) -> None:
    await people.invite(FIRST, ann.id, Link("late", timedelta(seconds=-1)))
    with pytest.raises(AccountNotFound):
        await doors.set_password(TENANT, "late", ann.email, PASSWORD)

    await people.invite(FIRST, ann.id, Link("one", HOUR))
    await people.invite(FIRST, ann.id, Link("two", HOUR))
    with pytest.raises(AccountNotFound):
        await doors.set_password(TENANT, "one", ann.email, PASSWORD)


async def test_a_new_password_ends_every_session(people, doors, ann) -> None:
    _, cookie = await doors.enter(TENANT, ann.email, PASSWORD, "::1", "")
    await people.invite(FIRST, ann.id, Link("again", HOUR))

    await doors.set_password(TENANT, "again", ann.email, "another long password")

    assert await people.session(TENANT, cookie, HOUR, HOUR) is None


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaa", "ann12345678", "x" * 201])
async def test_a_password_that_anybody_would_try_is_refused(doors, ann, password: str) -> None:
    with pytest.raises(PasswordRefused):
        await doors.set_password(TENANT, "link", ann.email, password)


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(doors, ann) -> None:
    for email, password in ((ann.email, "wrong password"), ("bo@example.com", PASSWORD)):
        with pytest.raises(SignInRefused, match="address or the password is wrong"):
            await doors.enter(TENANT, email, password, "::1", "")


async def test_guessing_is_made_slow_for_the_account_and_nobody_else(doors, ann) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await doors.enter(TENANT, ann.email, "wrong password", "::1", "")

    with pytest.raises(TooManyTries) as late:
        await doors.enter(TENANT, ann.email, PASSWORD, "::2", "")
    assert 0 < late.value.retry_after_s <= 60
    with pytest.raises(SignInRefused):
        await doors.enter(TENANT, "bo@example.com", PASSWORD, "::1", "")


async def test_the_right_password_forgets_wrong_ones(doors, ann) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                await doors.enter(TENANT, ann.email, "wrong password", "::1", "")
        await doors.enter(TENANT, ann.email, PASSWORD, "::1", "")


async def test_a_session_ends_when_it_is_idle_or_old(people, doors, ann) -> None:
    _, cookie = await doors.enter(TENANT, ann.email, PASSWORD, "::1", "")

    assert await people.session(TENANT, cookie, timedelta(0), HOUR) is None
    assert await people.session(TENANT, cookie, HOUR, timedelta(0)) is None
    assert await people.session(TENANT, cookie + "x", HOUR, HOUR) is None
    assert await people.session(TenantId("other"), cookie, HOUR, HOUR) is None


async def test_a_browser_can_be_signed_out_from_another_one(people, doors, ann) -> None:
    first, cookie = await doors.enter(TENANT, ann.email, PASSWORD, "::1", "Firefox")
    await doors.enter(TENANT, ann.email, PASSWORD, "::1", "Safari")

    assert {s.browser for s in await people.sessions(ann)} == {"Firefox", "Safari"}
    assert await people.end(ann, first.id)
    assert await people.session(TENANT, cookie, HOUR, HOUR) is None


async def test_whoever_is_disabled_is_out_at_once(people, doors, ann) -> None:
    bo = await people.add(FIRST, BO, Link("b", HOUR))
    await doors.set_password(TENANT, "b", bo.email, PASSWORD)
    _, cookie = await doors.enter(TENANT, bo.email, PASSWORD, "::1", "")

    changed = await people.change(FIRST, bo.id, role=None, disabled=True)

    assert changed.disabled
    assert await people.session(TENANT, cookie, HOUR, HOUR) is None
    with pytest.raises(SignInRefused):
        await doors.enter(TENANT, bo.email, PASSWORD, "::1", "")


async def test_somebody_is_left_who_can_add_people(people, ann) -> None:
    for change in ({"role": Role.AGENT, "disabled": None}, {"role": None, "disabled": True}):
        with pytest.raises(AccountRefused):
            await people.change(FIRST, ann.id, **change)

    (left,) = await people.everyone(TENANT)
    assert (left.role, left.disabled, left.has_password) == (Role.ADMIN, False, True)


async def test_an_address_belongs_to_one_account(people, ann) -> None:
    again = NewAccount(email="ANN@example.com", name="Other", role=Role.AGENT)

    with pytest.raises(AccountRefused):
        await people.add(FIRST, again, Link("x", HOUR))
    with pytest.raises(AccountRefused):
        await people.vouched(TENANT, Vouched("https://id", "7"), again)


async def test_an_issuer_brings_an_account_up_to_date(people) -> None:
    by = Vouched("https://id.example", "42")
    first = await people.vouched(TENANT, by, BO)

    again = await people.vouched(TENANT, by, NewAccount(email=BO.email, name="B", role=Role.AGENT))

    assert (again.id, again.name, again.role) == (first.id, "B", Role.AGENT)
    assert again.issuer == by.issuer


async def test_nobody_gets_a_password_where_an_issuer_vouches(people) -> None:
    account = await people.vouched(TENANT, Vouched("https://id.example", "42"), BO)

    with pytest.raises(AccountRefused, match="issuer"):
        await people.invite(FIRST, account.id, Link("x", HOUR))


async def test_a_token_may_what_its_maker_may_and_nothing_personal(
    database, notary, people, doors, ann
) -> None:
    tokens = PostgresTokens(database, SystemClock(), notary)
    session, _ = await doors.enter(TENANT, ann.email, PASSWORD, "::1", "")
    admin, agent = as_person(session), Actor(tenant=TENANT, name="x", may=MAY[Role.AGENT])

    made = await tokens.make(
        admin, NewToken(name="desk", scopes=frozenset({Permission.READ})), "s3"
    )

    assert await tokens.token(TENANT, "s3") == made
    assert await tokens.token(TENANT, "s4") is None
    for actor, scope in ((agent, Permission.PEOPLE), (admin, Permission.OWN)):
        with pytest.raises(AccountRefused):
            await tokens.make(actor, NewToken(name="more", scopes=frozenset({scope})), "s5")
    await tokens.revoke(admin, made.id)
    assert await tokens.token(TENANT, "s3") is None
    with pytest.raises(AccountNotFound):
        await tokens.revoke(admin, made.id)


async def test_a_token_that_acts_as_somebody_may_no_more_than_they_and_ends_with_them(
    database, notary, people, ann
) -> None:
    tokens = PostgresTokens(database, SystemClock(), notary)
    setup = Actor(tenant=TENANT, name="setup", may=frozenset(Permission))
    bo = await people.add(setup, BO, Link("x", HOUR))
    both = frozenset({Permission.ANSWER, Permission.PEOPLE})

    made = await tokens.make(setup, NewToken(name="desk", scopes=both, agent=bo.id), "s3")

    actor = as_program(made)
    assert actor.may == {Permission.ANSWER}
    assert actor.account is not None
    assert (actor.account.id, actor.name) == (bo.id, f"token:{made.id}")
    assert [one.agent and one.agent.id for one in await tokens.tokens(TENANT)] == [bo.id]
    nobody = NewToken(name="desk", scopes=both, agent=AgentId(UUID(int=5)))
    with pytest.raises(AccountNotFound):
        await tokens.make(setup, nobody, "s4")
    await people.change(setup, bo.id, role=None, disabled=True)
    assert await tokens.token(TENANT, "s3") is None


async def test_every_change_is_in_the_chain(doors, ann, database) -> None:
    log = PostgresAuditLog(database, SEALING)
    await doors.enter(TENANT, ann.email, PASSWORD, "::1", "")

    entries = await log.entries(TENANT, 0, 100)

    assert [(e.seq, e.actor, e.act.act) for e in entries] == [
        (1, "setup", "person.add"),
        (2, f"person:{ann.id}", "person.password"),
        (3, f"person:{ann.id}", "session.begin"),
    ]
    assert (await log.verify(TENANT)).broken == ()


async def test_no_password_fits_where_there_is_none() -> None:
    assert not await passwords.fits(PASSWORD, None)
    assert not await passwords.fits(PASSWORD, "no hash at all")
