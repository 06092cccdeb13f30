"""The way to a company's sign-in and back, and all who try to come in on another one."""

import asyncio
import json
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from yarl import URL

from handoff.console.guard import permission_of
from handoff.people.account import Link, NewAccount
from handoff.people.oidc.refused import SENTENCES
from handoff.people.roles import Permission, Role
from handoff.postgres.audit import PostgresAuditLog
from tests.builders import TENANT
from tests.handoff.console.conftest import PASSWORD, SEALING, SETUP
from tests.handoff.console.oidc.issuing import HERE, come, go, me, sign_in, step

KEPT = "__Host-switchboard-oidc"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
async def test_whom_the_issuer_knows_comes_in_with_the_role_it_says(browser, database) -> None:
    jane = browser()

    assert await sign_in(jane) == "in"

    found = await me(jane)
    assert (found["email"], found["name"], found["role"]) == (
        "jane@example.com",
        "Jane Doe",
        "agent",
    )
    entries = await PostgresAuditLog(database, SEALING).entries(TENANT, 0, 10)
    assert [entry.act.act for entry in entries] == ["person.add", "session.begin"]


async def test_every_route_is_for_everybody(app) -> None:
    routes = [one for one in app.router.routes() if HERE in one.resource.canonical]

    assert [permission_of(one.handler) for one in routes] == [Permission.PUBLIC] * 3


async def test_the_page_learns_the_issuers_of_its_tenant_and_every_reason(browser) -> None:
    async with browser().get(HERE) as response:
        said = await response.json()

    async with browser().get(HERE, params={"tenant": "elsewhere"}) as response:
        (elsewhere,) = (await response.json())["issuers"]

    button = {"name": "acme", "title": "Acme", "begin": f"{HERE}/acme/begin"}
    assert said["issuers"] == [
        button,
        {**button, "name": "heir", "begin": f"{HERE}/heir/begin"},
    ]
    assert elsewhere["name"] == "other"
    assert said["reasons"] == {why.value: text for why, text in SENTENCES.items()}


async def test_what_the_browser_keeps_meanwhile_tells_nothing_and_ends(browser, issuer) -> None:
    jane = browser()
    async with jane.get(f"{HERE}/acme/begin", allow_redirects=False) as response:
        cookie = response.cookies[KEPT]
        query = URL(response.headers["Location"]).query

    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
    assert (cookie["samesite"], cookie["max-age"]) == ("Lax", "600")
    assert query["state"] not in cookie.value
    assert query["nonce"] not in cookie.value
    assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
    assert query["display"] == "page"
    assert len({query["state"], query["nonce"], query["code_challenge"]}) == 3


async def test_an_answer_comes_once_even_when_everything_is_sent_again(browser, issuer) -> None:
    issuer.careless, jane = True, browser()
    back = await go(jane)
    kept = {one.key: one.value for one in jane.cookie_jar}
    thieves = [browser() for _ in range(3)]

    assert await come(jane, back) == "in"

    assert KEPT not in {one.key for one in jane.cookie_jar}
    for thief in thieves:
        thief.cookie_jar.update_cookies(kept, back)
    assert await asyncio.gather(*(come(thief, back) for thief in thieves)) == ["late"] * 3


async def test_of_the_same_answer_twice_at_once_one_comes_in(browser, issuer) -> None:
    issuer.careless, jane = True, browser()
    back = await go(jane)

    found = await asyncio.gather(*(come(jane, back) for _ in range(4)))

    assert sorted(found) == ["in", "late", "late", "late"]


async def test_another_browser_cannot_come_back_in_its_place(browser, issuer) -> None:
    jane, mallory = browser(), browser()
    back = await go(jane)

    assert await come(mallory, back) == "late"
    # a victim who is made to use the attacker's answer, with a try of their own under way
    await go(mallory)
    assert await come(mallory, back) == "late"
    assert await me(mallory) is None
    assert issuer.asked["token"] == 0


async def test_a_code_of_another_try_is_worth_nothing(browser) -> None:
    jane, mallory = browser(), browser()
    stolen = (await go(jane)).query["code"]
    back = await go(mallory)

    assert await come(mallory, back.update_query(code=stolen)) == "late"
    assert await me(mallory) is None


@pytest.mark.parametrize("change", [{"state": "x"}, {"state": ""}])
async def test_another_state_is_refused(browser, issuer, change) -> None:
    jane = browser()

    assert await come(jane, (await go(jane)).update_query(change)) == "late"
    assert issuer.asked["token"] == 0


async def test_a_changed_cookie_is_refused(browser) -> None:
    jane = browser()
    back = await go(jane)
    (kept,) = [one.value for one in jane.cookie_jar if one.key == KEPT]
    for forged in ("", "x", kept[:-1], kept[:20] + "AAAA" + kept[24:], "é"):
        mallory = browser()
        mallory.cookie_jar.update_cookies({KEPT: forged}, back)

        assert await come(mallory, back) == "late"


async def test_an_answer_of_another_issuer_is_not_taken_for_this_ones(
    browser, issuer, other
) -> None:
    """Mix-up: a try is begun with one issuer, and another one's answer comes back."""
    jane = browser()
    back = await go(jane, "other")
    at_the_first = URL(f"{back.origin()}{HERE}/acme/callback").with_query(back.query)
    assert await come(jane, at_the_first) == "mistrusted"
    for said in ({"iss": issuer.url}, {"iss": f"{other.url}/"}, {"iss": ""}):
        back = await go(jane, "other")
        assert await come(jane, back.update_query(said)) == "mistrusted"

    assert (issuer.asked["token"], other.asked["token"]) == (0, 0)


async def test_an_issuer_that_never_names_itself_still_may_not_answer_for_another(
    browser, issuer
) -> None:
    issuer.names_itself = False
    jane = browser()

    back = await go(jane)
    assert "iss" not in back.query
    assert await come(jane, back) == "in"
    assert await come(jane, (await go(jane)).update_query(iss="https://evil.example")) == (
        "mistrusted"
    )


async def test_nobody_is_sent_anywhere_but_to_our_own_page(browser, url: str) -> None:
    jane = browser()
    evil = "https://evil.example"
    tricks = {"next": evil, "redirect_uri": evil, "back": evil, "iss": evil}

    there = URL(await step(jane, URL(f"{HERE}/acme/begin").with_query(tricks)))
    assert there.query["redirect_uri"] == f"{url}{HERE}/acme/callback"
    back = URL(await step(jane, there))
    assert await come(jane, back.extend_query(next=evil, target=evil)) == "in"
    back = await go(jane)
    assert await come(jane, back.extend_query(code="other")) == "mistrusted"
    assert await come(jane, (await go(jane)).update_query(code="c" * 5_000)) == "mistrusted"


async def test_what_the_issuer_refuses_is_told_in_words_of_ours(browser, issuer) -> None:
    issuer.denies = "access_denied<script>"
    jane = browser()

    assert await sign_in(jane) == "cancelled"
    assert issuer.asked["token"] == 0


async def test_the_same_person_of_two_issuers_has_an_account_at_each_tenant(browser) -> None:
    jane = browser()
    assert await sign_in(jane, "other") == "in"
    assert (await me(jane))["tenant"] == "elsewhere"

    assert await sign_in(jane) == "in"
    assert (await me(jane))["tenant"] == TENANT


async def test_a_tenant_that_is_not_there_lets_nobody_in(browser, database) -> None:
    async with database.as_service() as connection:
        await connection.execute("DELETE FROM tenants WHERE id = 'elsewhere'")

    assert await sign_in(browser(), "other") == "unknown"


async def test_no_such_issuer(browser) -> None:
    there = await step(browser(), f"{HERE}/nobody/begin")

    assert there == "/console#/signed-out?why=unknown"


async def test_the_role_is_that_of_the_latest_sign_in_and_none_refuses(browser, issuer) -> None:
    first = browser()
    await sign_in(first)

    issuer.person["groups"] = ["support", "it", "guests"]
    assert await sign_in(browser()) == "in"
    assert (await me(first))["role"] == "admin"

    issuer.person["groups"] = ["guests"]
    assert await sign_in(browser()) == "role"


@pytest.mark.parametrize(
    "said", [{"email_verified": False}, {"email_verified": None}, {"email": ""}, {"email": 7}]
)
async def test_an_address_that_nobody_verified_lets_nobody_in(browser, issuer, said) -> None:
    issuer.person.update(said)

    assert await sign_in(browser()) == "email"


async def test_an_account_with_a_password_is_not_taken_over(browser, issuer, signed_in) -> None:
    await signed_in("Jane", Role.ADMIN)
    mallory = browser()

    assert await sign_in(mallory) == "taken"
    assert await me(mallory) is None


async def test_an_operator_may_let_an_issuer_take_accounts_over(
    browser, issuer, signed_in, database
) -> None:
    before, after = await signed_in("Jane", Role.ADMIN), browser()
    identity = (await me(before))["id"]

    assert await sign_in(after, "heir") == "in"

    found = await me(after)
    assert (found["id"], found["role"]) == (identity, "agent")
    assert await me(before) is None
    password = {"email": "jane@example.com", "password": PASSWORD}
    async with before.post("/console/api/sign-in", json=password) as response:
        assert response.status == 401
    entries = await PostgresAuditLog(database, SEALING).entries(TENANT, 0, 10)
    assert "person.hand_over" in [entry.act.act for entry in entries]
    issuer.person["sub"] = "another"
    assert await sign_in(browser(), "heir") == "taken"


async def test_a_disabled_account_stays_out(browser, people) -> None:
    jane = browser()
    await sign_in(jane)
    (account,) = await people.everyone(TENANT)

    boss = NewAccount(email="boss@example.com", name="Boss", role=Role.ADMIN)
    await people.add(SETUP, boss, Link("link", timedelta(hours=1)))
    await people.change(SETUP, account.id, role=None, disabled=True)

    assert await sign_in(browser()) == "disabled"
    assert await me(jane) is None


async def test_what_the_token_leaves_out_is_asked_for(browser, issuer) -> None:
    issuer.userinfo = {"email": issuer.person.pop("email"), "groups": ["leads"], "sub": "x"}
    del issuer.person["groups"]
    jane = browser()

    assert await sign_in(jane) == "mistrusted"  # it tells of somebody else

    del issuer.userinfo["sub"]
    assert await sign_in(jane) == "in"
    assert (await me(jane))["role"] == "lead"


async def test_nothing_secret_is_logged(browser, issuer) -> None:
    jane = browser()
    issuer.twist = lambda claims: {**claims, "nonce": "x"}
    back = await go(jane)
    kept = [one.value for one in jane.cookie_jar]

    with capture_logs() as logs:
        await come(jane, back)
        await come(jane, back)

    assert [line["why"] for line in logs] == ["mistrusted", "late"]
    assert logs[0]["detail"] == "the token's nonce is of another try"
    written = json.dumps(logs)
    secrets = [*kept, *back.query.values(), issuer.client_secret, "jane", "Jane"]
    assert [one for one in secrets if one != issuer.url and one in written] == []
