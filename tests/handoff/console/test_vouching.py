"""Whose word the chat's API takes about customers."""

import pytest

from deploy.console import vouching
from handoff.people.roles import Role
from tests.builders import TENANT
from tests.handoff.console.house import House

CHAT = "/api/v1/chat"
ASKED = {"query": "Where is it?", "customer": {"id": "42", "name": "Ada"}}


@pytest.mark.parametrize(
    ("scopes", "believed"), [(["customers.vouch"], True), (["tickets.write"], False)]
)
async def test_a_token_vouches_that_an_admin_gave_the_scope_until_it_is_revoked(
    house: House, scopes: list[str], believed: bool
) -> None:
    ann = await house.comes("Ann", Role.ADMIN)
    made = await ann.post("tokens", 201, name="shop", scopes=scopes)
    vouches = vouching(house.base.settings, house.base.database)

    assert await vouches(TENANT, made["secret"]) is believed
    assert not await vouches(TENANT, made["secret"] + "x")
    assert not await vouches(TENANT, "other" + made["secret"].removeprefix(TENANT))
    await ann.send("DELETE", f"tokens/{made['id']}", 204)
    assert not await vouches(TENANT, made["secret"])


async def test_a_lead_gives_nobody_that_scope(house: House) -> None:
    bo = await house.comes("Bo", Role.LEAD)

    await bo.post("tokens", 403, name="shop", scopes=["customers.vouch"])


async def test_without_such_a_token_a_name_is_refused_in_a_sentence(house: House) -> None:
    nobody = await house.stranger()

    async with nobody.post(CHAT, json=ASKED) as response:
        refused = (await response.json())["error"]

    assert (response.status, refused["code"]) == (403, "forbidden")
    assert await house.rows("SELECT FROM conversations") == []
