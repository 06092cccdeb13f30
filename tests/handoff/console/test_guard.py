"""Who may do what, over HTTP."""

import pytest
from aiohttp import web

from handoff.console.guard import COOKIE, permission_of
from handoff.people.roles import MAY, Permission, Role
from tests.handoff.console.conftest import PASSWORD

ME = "/console/api/me"


def test_every_route_asks_for_a_permission(app: web.Application) -> None:
    open_ones = {
        route.resource.canonical
        for route in app.router.routes()
        if permission_of(route.handler) in {None, Permission.PUBLIC}
    }

    assert open_ones == {"/console/api/sign-in", "/console/api/password"}


async def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(signed_in) -> None:
    ann = await signed_in("Ann", Role.AGENT)

    (cookie,) = [c for c in ann.cookie_jar if c.key == COOKIE]
    assert COOKIE.startswith("__Host-")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["samesite"]) == ("/", "Lax")


async def test_nobody_sees_anything_without_signing_in(app, browser) -> None:
    stranger = browser()
    for route in app.router.routes():
        if permission_of(route.handler) is Permission.PUBLIC:
            continue
        path = route.resource.canonical.replace("{id}", "00000000-0000-0000-0000-000000000001")
        async with stranger.request(route.method, path) as response:
            assert response.status == 401, path


@pytest.mark.parametrize("role", Role)
async def test_a_role_may_what_it_may_and_nothing_else(app, signed_in, role: Role) -> None:
    somebody = await signed_in("Somebody", role)
    for route in app.router.routes():
        wanted = permission_of(route.handler)
        if wanted in {None, Permission.PUBLIC} or route.resource.canonical.endswith("sign-out"):
            continue
        path = route.resource.canonical.replace("{id}", "00000000-0000-0000-0000-000000000001")
        async with somebody.request(route.method, path) as response:
            assert (response.status == 403) is (wanted not in MAY[role]), path


async def test_a_foreign_page_cannot_use_the_cookie(signed_in, url: str) -> None:
    ann = await signed_in("Ann", Role.ADMIN)
    body = {"email": "bo@example.com", "name": "Bo"}

    for origin in ("https://evil.example", "null", f"{url}.evil.example", ""):
        headers = {"Origin": origin}
        async with ann.post("/console/api/people", json=body, headers=headers) as response:
            assert response.status == 403
    async with ann.post("/console/api/people", data="{}") as response:
        assert response.status == 415
    async with ann.post("/console/api/people", json=body) as response:
        assert response.status == 201


async def test_signing_out_ends_the_session_and_not_only_the_cookie(signed_in, browser) -> None:
    ann = await signed_in("Ann", Role.AGENT)
    kept = {c.key: c.value for c in ann.cookie_jar}

    async with ann.post("/console/api/sign-out") as response:
        assert response.status == 204

    async with browser().get(ME, cookies=kept) as response:
        assert response.status == 401


async def test_a_person_sees_and_ends_their_own_sessions(signed_in, browser) -> None:
    ann = await signed_in("Ann", Role.AGENT)
    other = browser()
    await other.post(
        "/console/api/sign-in", json={"email": "ann@example.com", "password": PASSWORD}
    )

    async with ann.get("/console/api/sessions") as response:
        listed = await response.json()
    (elsewhere,) = [one["id"] for one in listed if not one["this"]]
    async with ann.delete(f"/console/api/sessions/{elsewhere}") as response:
        assert response.status == 204

    async with other.get(ME) as response:
        assert response.status == 401
    async with ann.get(ME) as response:
        assert (await response.json())["name"] == "Ann"


async def test_guessing_is_told_to_wait(browser, signed_in) -> None:
    await signed_in("Ann", Role.AGENT)
    wrong = {"email": "ann@example.com", "password": "wrong password"}
    guesser = browser()

    statuses = []
    for _ in range(6):
        async with guesser.post("/console/api/sign-in", json=wrong) as response:
            statuses.append(response.status)
            waits = response.headers.get("Retry-After")

    assert statuses == [401] * 5 + [429]
    assert 0 < int(waits) <= 60


async def test_a_new_colleague_comes_in_by_the_link_an_admin_hands_on(signed_in, browser) -> None:
    ann = await signed_in("Ann", Role.ADMIN)
    async with ann.post(
        "/console/api/people", json={"email": "bo@example.com", "name": "Bo", "role": "lead"}
    ) as response:
        made = await response.json()
    tenant, email, link = made["link"].rpartition("/welcome/")[2].split("/")
    password = {"tenant": tenant, "email": email, "link": link, "password": PASSWORD}
    bo = browser()

    async with bo.post("/console/api/password", json=password) as response:
        assert response.status == 204
    async with bo.post("/console/api/password", json=password) as response:
        assert response.status == 404
    async with bo.post(
        "/console/api/sign-in", json={"email": email, "password": PASSWORD}
    ) as response:
        assert (await response.json())["role"] == "lead"


async def test_a_program_does_what_its_token_allows(signed_in, browser) -> None:
    ann = await signed_in("Ann", Role.ADMIN)
    body = {"name": "sync", "scopes": ["audit.read"]}
    async with ann.post("/console/api/tokens", json=body) as response:
        made = await response.json()
    program = {"Authorization": f"Bearer {made['secret']}"}
    outside = browser()

    async with outside.get("/console/api/audit", headers=program) as response:
        acts = [entry["act"] for entry in await response.json()]
    assert acts[-1] == "token.make"
    async with outside.get("/console/api/people", headers=program) as response:
        assert response.status == 403
    async with outside.get(ME, headers=program) as response:
        assert response.status == 403
    await ann.delete(f"/console/api/tokens/{made['id']}")
    async with outside.get("/console/api/audit", headers=program) as response:
        assert response.status == 401
