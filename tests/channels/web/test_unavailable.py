"""What a socket does while nothing can be stored."""

from dataclasses import replace

import pytest
from aiohttp.test_utils import TestServer
from prometheus_client import CollectorRegistry
from websockets.asyncio.client import connect

from channels import gateway
from channels.web.protocol import AcceptedFrame, ErrorFrame, Say
from core.domain.conversation import Conversation
from core.domain.errors import StoreUnavailable
from core.domain.ids import CustomerId, TenantId
from core.domain.messages import Accepted, Amendment, Channel, InboundMessage
from core.ports import Inbox
from tests.channels.kit import Service, hello, receive, send

pytestmark = pytest.mark.slow  # many connections: not for make quick


class AwayOnce(Inbox):
    """The real one, whose database is away at the first message."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._away = True

    async def open(
        self,
        tenant: TenantId,
        channel: Channel,
        customer: CustomerId,
        address: str,
        locale: str = "",
    ) -> Conversation:
        return await self._inbox.open(tenant, channel, customer, address, locale)

    async def accept(self, message: InboundMessage) -> Accepted:
        if self._away:
            self._away = False
            raise StoreUnavailable
        return await self._inbox.accept(message)

    async def amend(self, amendment: Amendment) -> bool:
        return await self._inbox.amend(amendment)


async def test_what_follows_a_message_that_could_not_be_stored_is_not_stored_before_it(
    service: Service,
) -> None:
    inbox = AwayOnce(service.store)
    app = gateway.build(replace(service.parts, inbox=inbox, registry=CollectorRegistry()))
    burst = [Say(client_id=text, text=text) for text in ("one", "two", "three")]
    async with TestServer(app) as server:
        address = f"ws://127.0.0.1:{server.port}/ws"
        async with connect(address, proxy=None) as first:
            welcome = await hello(first)
            for say in burst:
                await send(first, say)
            refused = await receive(first, ErrorFrame)
            await first.wait_closed()
        async with connect(address, proxy=None) as again:
            await hello(again, token=welcome.token, conversation=welcome.conversation)
            for say in burst:
                await send(again, say)
            accepted = [await receive(again, AcceptedFrame) for _ in burst]

    assert (refused.code, refused.client_id, first.close_code) == ("unavailable", "one", 1013)
    async with service.database.as_service() as connection:
        stored = await connection.fetch(
            "SELECT seq, text FROM messages WHERE author = 'customer' ORDER BY seq"
        )
    assert [row["text"] for row in stored] == ["one", "two", "three"]
    assert [one.seq for one in accepted] == [row["seq"] for row in stored]
