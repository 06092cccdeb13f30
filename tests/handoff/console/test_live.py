"""The live socket: the whole state, then every event in order, over broken connections, too."""

import asyncio
from typing import Any

import aiohttp
import pytest

from core.domain.events import Stored, Typing
from core.domain.ids import TenantId
from core.domain.messages import Author
from deploy.tickets import desk, opening
from handoff.console.frames import SUBPROTOCOL
from handoff.console.socket import SIGN_IN
from handoff.people.account import Actor
from handoff.people.roles import Role
from handoff.tickets.opening import Wish
from tests.builders import TENANT
from tests.handoff.console.house import House


async def test_the_state_comes_first_and_then_what_changes(house: House) -> None:
    ann = await house.comes("Ann")
    waiting = (await house.waits()).conversation

    async with ann.live() as live:
        state = await live.next()
        assert state["type"] == "state"
        assert [row["id"] for row in state["open"]] == [str(waiting)]
        assert state["counts"] == {"mine": 0, "snoozed": 0, "waiting": 1, "open": 1}
        assert (state["me"]["name"], state["me"]["presence"]) == ("Ann", "online")
        await ann.take(waiting)
        while (changed := await live.until("conversation"))["row"]["owner"]["kind"] != "agent":
            pass

    assert changed["row"]["owner"]["name"] == "Ann"
    seqs = [frame["seq"] for frame in live.heard]
    assert seqs == [*range(seqs[0], seqs[0] + len(seqs))]


async def test_whoever_comes_back_hears_what_they_missed_and_nothing_twice(house: House) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits()).conversation
    async with ann.live() as live:
        state = await live.next()
        seq = await house.says(conversation, "One")
        house.base.live.tell(Stored(conversation=conversation, seq=seq))
        while (last := await live.until("conversation"))["row"]["seq"] != seq:
            pass
    await ann.take(conversation)

    async with ann.live(era=state["era"], since=last["seq"]) as again:
        resumed = await again.next()
        heard = await again.until("conversation")

    assert resumed == {
        "type": "resumed",
        "era": state["era"],
        "seq": last["seq"],
        "version": state["version"],
        "now": resumed["now"],
    }
    assert heard["row"]["owner"]["name"] == "Ann"
    seqs = [frame["seq"] for frame in again.heard[1:]]
    assert seqs == [*range(last["seq"] + 1, last["seq"] + 1 + len(seqs))]


async def test_whoever_names_another_era_gets_the_whole_state(house: House) -> None:
    ann = await house.comes("Ann")
    async with ann.live(era="of another process", since=7) as live:
        assert (await live.next())["type"] == "state"


async def test_messages_and_notes_of_the_watched_conversation_come_without_a_gap(
    house: House,
) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits("1")).conversation
    path = f"conversations/{conversation}"
    row = await ann.take(conversation)

    async with ann.live() as live:
        await live.say(type="watch", conversation=conversation, since=0)
        first = [await live.until("message") for _ in range(row["seq"])]
        await ann.post(f"{path}/reply", client_id="a", text="Hello", epoch=row["epoch"])
        reply = await live.until("message")
        await ann.post(f"{path}/notes", client_id="n", text="Be kind")
        note = await live.until("note")
    await house.says(conversation, "Still there?")
    async with ann.live() as again:
        await again.say(type="watch", conversation=conversation, since=reply["message"]["seq"])
        missed = await again.until("message")
        noted = await again.until("note")

    assert [one["message"]["seq"] for one in first] == [*range(1, row["seq"] + 1)]
    assert reply["message"]["text"] == "Hello"
    assert missed["message"]["text"] == "Still there?"
    assert note["note"] == noted["note"]


async def test_who_looks_at_the_same_conversation_sees_the_other(house: House) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    conversation = (await house.waits()).conversation

    async with ann.live() as anns:
        await anns.say(type="watch", conversation=conversation, since=0)
        await anns.until("viewers", viewers=[viewer(ann)])
        async with bo.live() as bos:
            await bos.say(type="watch", conversation=conversation, since=0)
            await bos.until("viewers", viewers=[viewer(ann), viewer(bo)])
            await bos.say(type="typing", conversation=conversation)
            await anns.until("viewers", viewers=[viewer(ann), viewer(bo, typing=True)])
        await anns.until("viewers", viewers=[viewer(ann)])


async def test_typing_goes_both_ways_but_only_of_whoever_has_the_conversation(
    house: House,
) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    conversation = (await house.waits()).conversation
    await ann.take(conversation)

    async with ann.live() as anns, bo.live() as bos:
        for live in (anns, bos):
            await live.say(type="watch", conversation=conversation, since=0)
            await live.until("viewers")
        house.base.live.tell(Typing(conversation=conversation, author=Author.CUSTOMER))
        assert (await anns.until("typing"))["author"] == "customer"
        async with house.base.live.listen(conversation) as customers:
            await bos.say(type="typing", conversation=conversation)
            await anns.until("viewers", viewers=[viewer(ann), viewer(bo, typing=True)])
            await anns.say(type="typing", conversation=conversation)
            heard = []
            while len(heard) < 1:
                event = await customers.next(5)
                assert event is not None
                heard += [event] if isinstance(event, Typing) else []
            more = await customers.next(0.2)
            assert heard == [Typing(conversation=conversation, author=Author.AGENT)]
            assert not isinstance(more, Typing)


async def test_presence_is_told_to_everybody(house: House) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    async with ann.live() as anns:
        await anns.next()
        async with bo.live() as bos:
            await bos.next()
            await bo.send("PUT", "presence", away=True)
            while (told := await anns.until("agent"))["agent"]["presence"] != "away":
                pass
    assert told["agent"]["name"] == "Bo"
    assert "agent.presence" in await house.acts()


async def test_an_offer_reaches_the_page_of_whoever_is_asked(house: House) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    conversation = (await house.waits()).conversation
    await ann.take(conversation)
    async with bo.live() as bos:
        await bos.next()
        await ann.post(f"conversations/{conversation}/transfer", agent=bo.account.id)
        while (row := (await bos.until("conversation"))["row"])["handoff"]["state"] != "offered":
            pass

    assert row["handoff"]["agent"] == str(bo.account.id)
    assert row["handoff"]["until"] is not None


async def test_a_ticket_is_told_when_it_is_opened(house: House) -> None:
    ann = await house.comes("Ann")
    conversation = (await house.waits()).conversation
    tickets = desk(house.base).tickets
    wish = Wish(conversation=conversation, origin="turn:1")
    actor = Actor(tenant=TENANT, name="test", may=frozenset())
    async with ann.live() as live:
        await live.next()
        ticket = await opening(house.base, tickets).from_talk(actor, wish)
        told = await live.until("ticket")

    assert (told["ticket"], told["conversation"]) == (str(ticket.id), str(conversation))


async def test_nothing_of_another_tenant_is_heard(house: House) -> None:
    other = TenantId("other")
    eve = await house.comes("Eve", tenant=other)
    conversation = (await house.waits()).conversation
    async with eve.live() as live:
        state = await live.next()
        assert (state["open"], [one["name"] for one in state["agents"]]) == ([], ["Eve"])
        await live.say(type="watch", conversation=conversation, since=0)
        assert (await live.until("error"))["code"] == "not_found"
        await house.waits()
        theirs = (await house.waits(tenant=other)).conversation
        told = await live.until("conversation")

    assert told["row"]["id"] == str(theirs)
    assert "visitor" not in str([one for one in live.heard if one != told])


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
async def test_a_foreign_page_opens_no_socket(house: House, origin: str) -> None:
    ann = await house.comes("Ann")
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with ann.session.ws_connect(
            "/console/api/live", protocols=(SUBPROTOCOL,), headers={"Origin": origin}
        ):
            pass
    assert refused.value.status == 403


async def test_nobody_opens_a_socket_without_signing_in(house: House) -> None:
    stranger = await house.stranger()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with stranger.ws_connect("/console/api/live"):
            pass
    assert refused.value.status == 401


async def test_the_socket_is_not_compressed_and_a_plain_request_is_told_so(house: House) -> None:
    ann = await house.comes("Ann")
    async with ann.session.ws_connect("/console/api/live", compress=15) as socket:
        assert socket.compress == 0
    await ann.get("live", 426)


@pytest.mark.parametrize("first", ["{", '{"type": "watch"}', '{"type": "unwatch"}'])
async def test_something_else_than_a_hello_ends_the_socket(house: House, first: str) -> None:
    ann = await house.comes("Ann")
    async with ann.session.ws_connect("/console/api/live") as socket:
        await socket.send_str(first)
        assert (await socket.receive_json())["type"] == "error"
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_a_broken_frame_is_answered_and_a_flood_ends_the_socket(house: House) -> None:
    ann = await house.comes("Ann")
    async with ann.live() as live:
        await live.socket.send_str("{")
        assert (await live.until("error"))["code"] == "bad_frame"
        for _ in range(60):
            await live.say(type="unwatch")
        assert await live.ended() == 1013


async def test_whoever_may_not_any_more_is_sent_away(
    house: House,
) -> None:
    admin, ann = await house.comes("Admin", Role.ADMIN), await house.comes("Ann")
    async with ann.live() as live:
        await live.next()
        await admin.send("PATCH", f"people/{ann.account.id}", disabled=True)
        assert await live.ended() == SIGN_IN


async def test_a_process_that_ends_asks_its_pages_to_come_back(dsn: str) -> None:
    async with House.open(dsn) as house:
        ann = await house.comes("Ann")
        async with ann.live() as live:
            await live.next()
            ending = asyncio.create_task(house.end())
            assert (await live.until("restart"))["within_s"] > 0
            assert await live.ended() == 1012
            await ending


def viewer(browser: Any, *, typing: bool = False) -> dict[str, Any]:
    return {"agent": str(browser.account.id), "name": browser.account.name, "typing": typing}
