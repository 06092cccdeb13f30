"""The list, and what is read of one conversation."""

from pathlib import Path

import pytest

from core.domain.customers import Profile
from core.domain.ids import TenantId
from core.domain.messages import Channel
from core.postgres.queries import read
from handoff.postgres import inbox as lists
from tests.builders import TENANT
from tests.handoff.console.house import House

OTHER = TenantId("other")


def ids(inbox: dict) -> list[str]:
    return [row["id"] for row in inbox["rows"]]


async def test_who_waits_longest_comes_first_then_who_talks_then_the_bots(house: House) -> None:
    ann = await house.comes("Ann")
    bots = [(await house.a_conversation()).id for _ in range(2)]
    first, second, third = [(await house.waits()).conversation for _ in range(3)]
    await ann.take(second)

    inbox = await ann.get("inbox")

    assert ids(inbox) == [str(one) for one in (first, third, second, bots[1], bots[0])]
    assert inbox["counts"] == {"mine": 1, "snoozed": 0, "waiting": 2, "open": 3}
    assert ids(await ann.get("inbox", tab="mine")) == [str(second)]
    assert ids(await ann.get("inbox", tab="waiting")) == [str(first), str(third)]


async def test_a_row_says_what_somebody_said_last_and_not_what_was_said_of_the_talk(
    house: House,
) -> None:
    ann = await house.comes("Ann")
    await house.waits("My kettle burnt down!")

    await house.rows(
        "INSERT INTO messages"
        " (conversation, seq, tenant, author, text, epoch, at, choice, handoff)"
        " SELECT c.id, c.seq + 1, c.tenant, 'bot', 'You are in the queue.', c.epoch, now(),"
        " 'bot_instead', h.id FROM conversations AS c JOIN handoffs AS h ON h.conversation = c.id"
    )

    (row,) = (await ann.get("inbox"))["rows"]

    assert (row["last"]["author"], row["last"]["text"]) == ("customer", "My kettle burnt down!")


async def test_pages_join_to_the_whole_list_in_its_order(house: House) -> None:
    ann = await house.comes("Ann")
    for _ in range(4):
        await house.a_conversation()
    waiting = [(await house.waits()).conversation for _ in range(5)]
    await ann.take(waiting[2])
    whole = ids(await ann.get("inbox"))

    for size in (1, 2, 3, 5, 9, 20):
        found, after = [], {}
        while True:
            page = await ann.get("inbox", limit=size, **after)
            found += ids(page)
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert found == whole, size


async def test_filters_leave_what_is_asked_for(house: House) -> None:
    ann, bo = await house.comes("Ann"), await house.comes("Bo")
    web = (await house.waits()).conversation
    telegram = (await house.waits(channel=Channel.TELEGRAM)).conversation
    bots = (await house.a_conversation(channel=Channel.TELEGRAM)).id
    await bo.take(web)

    async def found(**asked: object) -> set[str]:
        return set(ids(await ann.get("inbox", **asked)))

    assert await found(channel="telegram") == {str(telegram), str(bots)}
    assert await found(channel="slack") == set()
    assert await found(owner="bot") == {str(bots)}
    assert await found(owner="agent") == {str(web)}
    assert await found(assignee=bo.account.id) == {str(web)}
    assert await found(assignee="none") == {str(telegram), str(bots)}
    assert await found(language="en") == {str(web), str(telegram), str(bots)}
    assert await found(language="zh") == set()


async def test_words_are_found_wherever_they_were_said(house: House) -> None:
    ann = await house.comes("Ann")
    waits = (await house.waits("My 100%_new kettle leaks")).conversation
    bots = (await house.a_conversation("A kettle for two")).id
    await house.a_conversation("Something else", customer="kettle-lover")

    found = await ann.get("inbox", search="KETTLE")

    assert str(waits) == ids(found)[0]
    assert len(ids(found)) == 3
    assert str(bots) in ids(found)
    assert found["searched"] == 2
    assert ids(await ann.get("inbox", search="100%_n")) == [str(waits)]
    assert ids(await ann.get("inbox", search="1000")) == []


@pytest.mark.parametrize(
    ("name", "words", "count"), [("with_people", 8, 13), ("search_with_bot", 8, 8)]
)
async def test_words_are_looked_for_in_the_conversations_of_a_page_and_in_no_others(
    house: House, name: str, words: int, count: int
) -> None:
    """A plan that puts all messages of everybody into a hash is chosen while there are few."""
    query = getattr(read(Path(lists.__file__).with_suffix(".sql")), name)
    values: list[object] = [None] * count
    values[0], values[words - 1] = TENANT, "%words%"
    async with house.base.database.as_tenant(TENANT) as connection:
        plan = await connection.fetch(f"EXPLAIN {query}", *values)

    told = "\n".join(row[0] for row in plan)
    assert "SubPlan" in told
    assert "hashed SubPlan" not in told


async def test_a_broken_place_is_refused_with_a_sentence(house: House) -> None:
    ann = await house.comes("Ann")
    for broken in ("x", "W10=", "bnVsbA==", "é"):
        refused = await ann.get("inbox", 422, after=broken)
        assert "place" in refused["error"]["message"]


async def test_a_conversation_says_why_it_came_and_what_was_said(house: House) -> None:
    ann = await house.comes("Ann")
    handoff = await house.waits("My order 4711 is late")
    await house.says(handoff.conversation, "It was a present for Friday")

    found = await ann.get(f"conversations/{handoff.conversation}")

    assert found["row"]["owner"] == {"kind": "queue", "agent": None, "name": None}
    assert found["row"]["waiting_since"] is not None
    assert found["card"]["reason"] == "asked for a person"
    assert found["card"]["summary"] == ["My order 4711 is late", "It was a present for Friday"]
    assert "4711" in str(found["card"]["facts"])
    assert found["draft"] is None
    assert found["viewers"] == []


async def test_messages_come_by_pages_with_the_notes_among_them(house: House) -> None:
    ann = await house.comes("Ann")
    opened = await house.a_conversation("1")
    for number in range(2, 8):
        await house.says(opened.id, str(number))
    path = f"conversations/{opened.id}"
    await ann.post(f"{path}/notes", client_id="n", text="Be kind")

    latest = await ann.get(f"{path}/messages", limit=3)
    before = await ann.get(f"{path}/messages", limit=3, before=5)
    after = await ann.get(f"{path}/messages", limit=3, after=2)

    assert [one["text"] for one in latest["messages"]] == ["5", "6", "7"]
    assert (latest["more"], latest["notes"][0]["text"]) == (True, "Be kind")
    assert [one["text"] for one in before["messages"]] == ["2", "3", "4"]
    assert (before["more"], before["notes"]) == (True, [])
    assert [one["text"] for one in after["messages"]] == ["3", "4", "5"]
    assert after["more"]


async def test_a_customer_is_known_on_all_channels(house: House) -> None:
    ann = await house.comes("Ann")
    first = await house.a_conversation("First", customer="person-kim")
    second = await house.a_conversation("Second", customer="person-kim", channel=Channel.API)
    third = await house.a_conversation("Third", customer="T1:U7", channel=Channel.SLACK)
    await house.knows(first, Profile(name="Kim", email="Kim@example.com"))
    await house.knows(third, Profile(name="Kim Lund", email="kim@example.com"))
    await house.a_conversation("Another", customer="person-lee")

    found = await ann.get(f"conversations/{first.id}/customer")

    assert [one["id"] for one in found["conversations"]] == [
        str(third.id),
        str(second.id),
        str(first.id),
    ]
    assert [one["channel"] for one in found["conversations"]] == ["slack", "api", "web"]


async def test_ids_of_two_platforms_that_are_alike_are_two_people(house: House) -> None:
    ann = await house.comes("Ann")
    ours = await house.a_conversation("Mine", customer="7", channel=Channel.TELEGRAM)
    await house.a_conversation("Somebody else's", customer="7", channel=Channel.SLACK)
    await house.a_conversation("Nor theirs", customer="7", channel=Channel.API)

    found = await ann.get(f"conversations/{ours.id}/customer")

    assert [one["id"] for one in found["conversations"]] == [str(ours.id)]


async def test_nothing_of_another_tenant_is_there(house: House) -> None:
    theirs = (await house.waits(tenant=OTHER, customer="visitor")).conversation
    ours = await house.a_conversation()
    ann, eve = await house.comes("Ann"), await house.comes("Eve", tenant=OTHER)
    path = f"conversations/{theirs}"
    await eve.post(f"{path}/notes", client_id="n", text="Ours")

    assert ids(await ann.get("inbox")) == [str(ours.id)]
    assert ids(await eve.get("inbox")) == [str(theirs)]
    for place in (path, f"{path}/messages", f"{path}/customer"):
        await ann.get(place, 404)
    customer = await ann.get(f"conversations/{ours.id}/customer")
    assert [one["id"] for one in customer["conversations"]] == [str(ours.id)]
    for act, body in {
        "take": {"epoch": 1},
        "reply": {"client_id": "c", "text": "Hi", "epoch": 1},
        "notes": {"client_id": "c", "text": "Hi"},
        "return": {},
        "decline": {},
        "close": {"reason": ""},
        "transfer": {"team": "x"},
    }.items():
        await ann.post(f"{path}/{act}", 404, **body)
    await ann.send("PUT", f"{path}/draft", 404, kind="reply", text="Hi")
