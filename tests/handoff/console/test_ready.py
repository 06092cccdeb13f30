"""Canned replies, and presence, over HTTP."""

from core.domain.customers import Profile
from core.domain.ids import TenantId
from tests.handoff.console.house import House

REFUND = {
    "shortcut": "refund",
    "title": "Refund",
    "texts": {
        "": "Your refund, {{customer.name}}, is on its way. {{agent.first_name}}",
        "zh": "您的退款已在路上。",
    },
    "scope": "team",
}


async def test_the_teams_are_everybodys_and_personal_ones_their_owners(house: House) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    team = await ann.post("canned", 201, **REFUND)
    own = await ann.post("canned", 201, **REFUND | {"scope": "personal"})

    assert [one["id"] for one in await ann.get("canned")] == [team["id"], own["id"]]
    assert [one["id"] for one in await bo.get("canned")] == [team["id"]]
    await bo.send("PUT", f"canned/{own['id']}", 404, **REFUND)
    await bo.send("DELETE", f"canned/{own['id']}", 404)
    changed = await bo.send("PUT", f"canned/{team['id']}", **REFUND | {"title": "Money back"})
    assert changed["title"] == "Money back"
    await bo.send("DELETE", f"canned/{team['id']}", 204)
    assert [one["id"] for one in await ann.get("canned")] == [own["id"]]
    assert (await house.acts())[-2:] == ["canned.change", "canned.remove"]


async def test_a_shortcut_is_given_once(house: House) -> None:
    ann = await house.comes("Ann")
    await ann.post("canned", 201, **REFUND)
    other = await ann.post("canned", 201, **REFUND | {"shortcut": "hello"})

    await ann.post("canned", 422, **REFUND)
    await ann.send("PUT", f"canned/{other['id']}", 422, **REFUND)
    await ann.post("canned", 422, **REFUND | {"shortcut": "two words"})
    await ann.post("canned", 422, **REFUND | {"shortcut": "x", "texts": {}})


async def test_a_reply_is_filled_in_the_customers_language_and_says_its_gaps(
    house: House,
) -> None:
    ann = await house.comes("Ann Lee")
    canned = await ann.post("canned", 201, **REFUND)
    english = (await house.a_conversation()).id
    chinese = (await house.a_conversation()).id
    await house.rows("UPDATE conversations SET language = 'zh' WHERE id = $1", chinese)
    path = f"canned/{canned['id']}/fill"

    filled = await ann.post(path, conversation=english)

    assert filled["text"] == "Your refund, {{customer.name}}, is on its way. Ann"
    (gap,) = filled["gaps"]
    assert filled["text"][gap["from"] : gap["to"]] == "{{customer.name}}"
    zh = await ann.post(path, conversation=chinese)
    assert (zh["language"], zh["gaps"]) == ("zh", [])
    (listed,) = await ann.get("canned")
    assert listed["uses"] == 2
    assert listed["used_at"] is not None


async def test_a_customer_whose_name_is_known_is_called_by_it(house: House) -> None:
    ann = await house.comes("Ann Lee")
    canned = await ann.post("canned", 201, **REFUND)
    talk = await house.a_conversation(customer="person-1")
    await house.knows(talk, Profile(name="Ada Byron", email="ada@example.com"))

    filled = await ann.post(f"canned/{canned['id']}/fill", conversation=talk.id)

    assert filled["text"] == "Your refund, Ada Byron, is on its way. Ann"
    assert filled["gaps"] == []
    (row,) = (await ann.get("inbox", search="byron"))["rows"]
    assert (row["customer_name"], row["customer"]) == ("Ada Byron", "person-1")
    about = await ann.get(f"conversations/{talk.id}/customer")
    assert (about["name"], about["email"]) == ("Ada Byron", "ada@example.com")


async def test_nothing_of_another_tenants_is_ready(house: House) -> None:
    ann, eve = await house.comes("Ann"), await house.comes("Eve", tenant=TenantId("other"))
    theirs = await eve.post("canned", 201, **REFUND)
    ours = (await house.a_conversation()).id

    assert await ann.get("canned") == []
    await ann.post(f"canned/{theirs['id']}/fill", 404, conversation=ours)
    await eve.post(f"canned/{theirs['id']}/fill", 404, conversation=ours)
    await ann.send("PUT", f"canned/{theirs['id']}", 404, **REFUND)
    await ann.send("DELETE", f"canned/{theirs['id']}", 404)
    assert [one["name"] for one in await ann.get("agents")] == []


async def test_presence_is_what_was_said_of_it(house: House) -> None:
    ann = await house.comes("Ann")

    away = await ann.send("PUT", "presence", away=True)
    back = await ann.send("PUT", "presence", away=False, draining=True)

    assert (away["presence"], away["draining"]) == ("away", False)
    assert (back["presence"], back["draining"]) == ("online", True)
    assert [one["name"] for one in await ann.get("agents")] == ["Ann"]


async def test_whoever_has_no_page_open_is_offline_after_a_minute(house: House) -> None:
    ann = await house.comes("Ann")
    await ann.send("PUT", "presence", away=False)

    await house.rows("UPDATE handoff_agents SET seen_at = seen_at - interval '61 s'")

    assert [one["presence"] for one in await ann.get("agents")] == ["offline"]
