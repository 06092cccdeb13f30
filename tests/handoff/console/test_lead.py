"""What a lead sees and does over HTTP, and that nobody else does."""

from typing import Any
from uuid import uuid4

import pytest

from core.domain.ids import TenantId
from handoff.people.roles import Role
from tests.handoff.console.house import House
from tests.handoff.postgres.a_day import noon

OTHER = TenantId("other")
SEES = ("desk", "desk/numbers", "desk/numbers/requested")


async def texts(house: House, conversation: object) -> list[str]:
    query = "SELECT text FROM messages WHERE conversation = $1 AND author = 'system' ORDER BY seq"
    return [row["text"] for row in await house.rows(query, conversation)]


def of(desk: dict[str, Any], person: Any) -> dict[str, Any]:
    (found,) = [one for one in desk["agents"] if one["id"] == str(person.account.id)]
    return dict(found)


async def test_only_leads_and_admins_oversee_the_desk(house: House) -> None:
    ann, admin = await house.comes("Ann"), await house.comes("Ada", Role.ADMIN)
    waits = (await house.waits()).conversation
    act = f"desk/conversations/{waits}"

    for path in SEES:
        refused = await ann.get(path, 403)
        assert refused["error"]["code"] == "forbidden"
        await admin.get(path)
    await ann.post(f"{act}/assign", 403, team="billing")
    await ann.post(f"{act}/priority", 403, priority=1)
    await ann.send("PUT", f"desk/agents/{ann.account.id}/presence", 403, away=True)


async def test_a_lead_sees_who_waits_who_is_there_and_how_the_day_goes(house: House) -> None:
    await noon(house.base.database, house.base.clock, first_s=3600)
    lead, ann = await house.comes("Lea", Role.LEAD), await house.comes("Ann")
    async with ann.live() as live:
        await live.until("state")
        taken, waits = await house.waits(), await house.waits("I, too")
        await ann.take(taken.conversation)

        desk = await lead.get("desk")
        talking = await lead.get("desk/numbers/talking")

    assert [one["conversation"] for one in desk["waiting"]] == [str(waits.conversation)]
    assert (of(desk, ann)["presence"], len(of(desk, ann)["talks"])) == ("online", 1)
    assert {name: n for name, n in desk["today"]["numbers"].items() if n} == {
        "requested": 2,
        "accepted": 1,
        "waiting": 1,
        "talking": 1,
    }
    assert (talking["n"], talking["next"]) == (1, None)
    assert talking["requests"][0]["conversation"] == str(taken.conversation)


async def test_pages_behind_a_number_join(house: House) -> None:
    await noon(house.base.database, house.base.clock, first_s=3600)
    lead = await house.comes("Lea", Role.LEAD)
    waiting = [str((await house.waits()).conversation) for _ in range(3)]

    first = await lead.get("desk/numbers/waiting", limit=2)
    rest = await lead.get("desk/numbers/waiting", limit=2, after=first["next"])

    found = [one["conversation"] for one in first["requests"] + rest["requests"]]
    assert found == waiting[::-1]
    assert (first["n"], rest["n"], rest["next"]) == (3, 3, None)
    for asked in ({"after": "x"}, {"limit": 0}, {"day": "soon"}):
        assert (await lead.get("desk/numbers/waiting", 422, **asked))["error"]["message"]
    await lead.get("desk/numbers/everything", 422)


async def test_a_lead_gives_a_talk_to_another_agent(house: House) -> None:
    lead = await house.comes("Lea", Role.LEAD)
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    talk = (await house.waits()).conversation
    async with ann.live() as anns, bo.live() as bos:
        await anns.until("state")
        await bos.until("state")
        await ann.take(talk)
        row = await lead.post(f"desk/conversations/{talk}/assign", agent=bo.account.id)

    assert (row["handoff"]["state"], row["handoff"]["agent"]) == ("offered", str(bo.account.id))
    assert (await texts(house, talk))[-1] == "Ann is passing you on to Bo."
    entries = await house.rows("SELECT actor, act, detail FROM audit ORDER BY seq DESC LIMIT 1")
    assert entries[0]["act"] == "conversation.assign"
    assert entries[0]["actor"] == f"person:{lead.account.id}"
    assert str(bo.account.id) in entries[0]["detail"]


async def test_who_waits_is_given_to_an_agent_or_a_team_and_hears_nothing(house: House) -> None:
    lead, ann = await house.comes("Lea", Role.LEAD), await house.comes("Ann")
    first, second = (await house.waits()).conversation, (await house.waits()).conversation
    said = await texts(house, first)
    async with ann.live() as live:
        await live.until("state")
        await house.rows("UPDATE handoff_agents SET teams = '{billing}' RETURNING id")
        given = await lead.post(f"desk/conversations/{first}/assign", agent=ann.account.id)
        sent = await lead.post(f"desk/conversations/{second}/assign", team="billing")

    assert given["handoff"]["agent"] == str(ann.account.id)
    assert sent["handoff"]["team"] == "billing"
    assert [await texts(house, one) for one in (first, second)] == [said, said]


async def test_what_would_come_straight_back_is_refused_with_a_sentence(house: House) -> None:
    lead, ann = await house.comes("Lea", Role.LEAD), await house.comes("Ann")
    async with ann.live() as live:
        await live.until("state")
        await lead.send("PUT", f"desk/agents/{ann.account.id}/presence", away=True)
        waits = (await house.waits()).conversation
        bots = (await house.a_conversation()).id
        act = f"desk/conversations/{waits}/assign"

        away = await lead.post(act, 409, agent=ann.account.id)
        nobody = await lead.post(act, 404, agent=uuid4())
        no_team = await lead.post(act, 409, team="billing")
        neither = await lead.post(act, 422)
        await lead.send("PUT", f"desk/agents/{ann.account.id}/presence", away=False)
        with_bot = await lead.post(f"desk/conversations/{bots}/assign", 409, agent=ann.account.id)

    assert away["error"]["message"] == "Ann is away; choose somebody who is online."
    assert no_team["error"]["message"] == "Nobody is in the team billing."
    assert neither["error"]["message"] == "Name an agent or a team."
    assert all(one["error"]["message"] for one in (nobody, with_bot))


async def test_a_higher_priority_is_served_first_and_told(house: House) -> None:
    lead, ann = await house.comes("Lea", Role.LEAD), await house.comes("Ann")
    first, second = (await house.waits()).conversation, (await house.waits()).conversation
    async with ann.live() as live:
        await live.until("state")
        await lead.post(f"desk/conversations/{second}/priority", priority=5)
        while True:
            told = (await live.until("conversation"))["row"]
            if told["id"] == str(second) and told["handoff"]["priority"] == 5:
                break

    places = {one["conversation"]: one["position"] for one in (await lead.get("desk"))["waiting"]}
    assert places == {str(first): 2, str(second): 1}
    assert (await house.acts())[-1] == "conversation.priority"
    await lead.post(f"desk/conversations/{second}/priority", 422, priority=10)


@pytest.mark.parametrize("wish", [{"away": True}, {"draining": True}])
async def test_an_agent_sees_what_a_lead_set(house: House, wish: dict[str, bool]) -> None:
    lead, ann = await house.comes("Lea", Role.LEAD), await house.comes("Ann")
    async with ann.live() as live:
        await live.until("state")
        now = await lead.send("PUT", f"desk/agents/{ann.account.id}/presence", **wish)
        told = await live.until("agent", agent=now)

    assert told["agent"]["id"] == str(ann.account.id)
    assert (now["presence"], now["draining"]) == (
        ("away", False) if "away" in wish else ("online", True)
    )
    entries = await house.rows("SELECT actor, act, object FROM audit ORDER BY seq DESC LIMIT 1")
    assert tuple(entries[0].values()) == (
        f"person:{lead.account.id}",
        "agent.presence",
        f"person:{ann.account.id}",
    )


async def test_another_tenants_desk_is_neither_seen_nor_moved(house: House) -> None:
    lead = await house.comes("Lea", Role.LEAD)
    theirs = (await house.waits(tenant=OTHER)).conversation
    stranger = await house.comes("Stan", tenant=OTHER)
    async with stranger.live() as live:
        await live.until("state")

        desk = await lead.get("desk")
        act = f"desk/conversations/{theirs}"
        await lead.post(f"{act}/assign", 404, agent=lead.account.id)
        await lead.post(f"{act}/priority", 404, priority=1)
        await lead.send("PUT", f"desk/agents/{stranger.account.id}/presence", 404, away=True)

    assert desk["waiting"] == []
    assert str(stranger.account.id) not in [one["id"] for one in desk["agents"]]


async def test_a_lead_reads_the_audit_log_and_changes_no_account(house: House) -> None:
    lead, ann = await house.comes("Lea", Role.LEAD), await house.comes("Ann")
    async with ann.live() as live:
        await live.until("state")
        await lead.send("PUT", f"desk/agents/{ann.account.id}/presence", away=True)

    entries = await lead.get("audit")

    assert entries[-1]["act"] == "agent.presence"
    await ann.get("audit", 403)
    await lead.get("people", 403)


async def test_a_lead_looks_on_and_is_seen_to(house: House) -> None:
    lead, ann = await house.comes("Lea", Role.LEAD), await house.comes("Ann")
    talk = (await house.waits()).conversation
    await ann.take(talk)
    async with ann.live() as anns, lead.live() as leads:
        await leads.until("state")
        await anns.say(type="watch", conversation=talk, since=0)
        await leads.say(type="watch", conversation=talk, since=0)
        while True:
            seen = (await anns.until("viewers"))["viewers"]
            if str(lead.account.id) in [one["agent"] for one in seen]:
                break
        note = await lead.post(f"conversations/{talk}/notes", client_id="1", text="Well done")
        refused = await lead.post(
            f"conversations/{talk}/reply", 409, client_id="2", text="Hello", epoch=2
        )

    assert note["text"] == "Well done"
    assert refused["error"]["code"] == "taken"
