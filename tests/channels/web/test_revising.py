"""What an agent changes or withdraws, as visitors see it."""

import pytest

from channels.web.protocol import ChangedFrame, Say
from core.domain.events import Stored
from core.domain.ids import ConversationId
from tests.builders import TENANT
from tests.channels.kit import Service, hello, messages, receive, send
from tests.channels.revising import Said

pytestmark = pytest.mark.slow  # many connections: not for make quick


async def test_a_change_is_shown_where_the_message_stands(service: Service) -> None:
    said = Said(service.database, "web")
    async with service.socket() as socket:
        talk = ConversationId((await hello(socket)).conversation)
        sent = await said.says(talk, "*Monday*")
        service.live.tell(Stored(conversation=talk, seq=sent.seq))
        await messages(socket, 1)

        await said.reads_now(sent, "*Tuesday*")
        service.live.tell(Stored(conversation=talk, seq=0))
        changed = await receive(socket, ChangedFrame)
        await said.reads_now(sent, "")
        service.live.tell(Stored(conversation=talk, seq=0))
        withdrawn = await receive(socket, ChangedFrame)

    html = "<p><em>Tuesday</em></p>"
    assert changed == ChangedFrame(seq=1, text="*Tuesday*", html=html, withdrawn=False)
    assert withdrawn == ChangedFrame(seq=1, text="", html="", withdrawn=True)


async def test_a_change_whose_sign_was_lost_is_shown_all_the_same(service: Service) -> None:
    said = Said(service.database, "web")
    async with service.socket() as socket:
        talk = ConversationId((await hello(socket)).conversation)
        sent = await said.says(talk, "Monday")
        await messages(socket, 1)

        await said.reads_now(sent, "Tuesday")

        assert (await receive(socket, ChangedFrame)).text == "Tuesday"


async def test_who_comes_back_sees_what_changed_meanwhile(service: Service) -> None:
    said = Said(service.database, "web")
    async with service.socket() as socket:
        begun = await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))
        await messages(socket, 2)
    sent = await said.says(ConversationId(begun.conversation), "Monday")
    await said.reads_now(sent, "Tuesday")
    await said.reads_now(sent, "Friday")

    async with service.socket() as socket:
        came = {"token": begun.token, "conversation": begun.conversation}
        await hello(socket, **came, since=sent.seq)
        changed = await receive(socket, ChangedFrame)

    assert (changed.seq, changed.text) == (sent.seq, "Friday")


async def test_changes_are_read_in_their_order_and_behind_a_number(service: Service) -> None:
    said = Said(service.database, "web")
    async with service.socket() as socket:
        talk = ConversationId((await hello(socket)).conversation)
    first, second = await said.says(talk, "One"), await said.says(talk, "Two")
    later = await said.reads_now(second, "2")
    await said.reads_now(first, "1")

    every = await service.store.revised(TENANT, talk, 0, 10)
    rest = await service.store.revised(TENANT, talk, later.revision, 10)

    assert [one.message.text for one in every] == ["2", "1"]
    assert [one.message.text for one in rest] == ["1"]
    assert await service.store.revised(TENANT, talk, 0, 1) == every[:1]
