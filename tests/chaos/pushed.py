"""A channel for the fake platform: the smallest there can be, with the same duties as others."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web

from channels.contract import Delivers, Note, Receipt
from core.domain.errors import (
    DeliveryDelayed,
    DeliveryRefused,
    DeliveryUnknown,
    MessageRefused,
    StoreUnavailable,
)
from core.domain.events import MessageSent
from core.domain.ids import CustomerId, EventId, TenantId
from core.domain.messages import Channel, InboundMessage
from core.ports import Clock, Inbox, Transcript

CHANNEL = Channel.TELEGRAM
_ANSWER_S = 2.0
"""So long the platform may take to answer."""


class PushedChannel(Delivers):
    """Posts a stored message into the customer's chat."""

    reconcile = None
    def __init__(self, session: aiohttp.ClientSession, url: str, transcript: Transcript) -> None:
        self._session = session
        self._url = url
        self._transcript = transcript

    async def deliver(self, sent: MessageSent, before: Receipt, note: Note) -> Receipt:
        here = await self._transcript.conversation(sent.tenant, sent.conversation)
        (message,) = await self._transcript.since(
            sent.tenant, sent.conversation, sent.seq - 1, limit=1
        )
        words = {"ref": f"{sent.conversation}:{sent.seq}", "text": message.text}
        posted = await self._post(here.customer, words)
        return Receipt(native_ids=(posted["id"],))

    async def _post(self, chat: str, words: dict[str, str]) -> dict[str, Any]:
        try:
            async with self._session.post(
                f"{self._url}/chats/{chat}",
                json=words,
                timeout=aiohttp.ClientTimeout(total=_ANSWER_S),
            ) as answer:
                if answer.status == 429:
                    raise DeliveryDelayed(float(answer.headers["Retry-After"]))
                if answer.status >= 500:
                    raise DeliveryDelayed(0)
                if answer.status != 200:
                    raise DeliveryRefused
                return dict(await answer.json())
        except aiohttp.ClientConnectorError as refused:
            raise DeliveryDelayed(0) from refused
        except (aiohttp.ClientError, OSError, TimeoutError) as broken:
            raise DeliveryUnknown from broken


def ingress(
    inbox: Inbox, clock: Clock, tenant: TenantId
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of the platform's events: 200 when they are stored, 503 to have them again."""

    async def handle(request: web.Request) -> web.Response:
        event = json.loads(await request.read())
        try:
            here = await inbox.open(tenant, CHANNEL, CustomerId(event["chat"]), event["chat"])
            accepted = await inbox.accept(
                InboundMessage(
                    tenant=tenant,
                    channel=CHANNEL,
                    conversation=here.id,
                    event=EventId(event["event"]),
                    text=event["text"],
                    sent_at=clock.now(),
                )
            )
        except (StoreUnavailable, MessageRefused):
            return web.Response(status=503)
        return web.json_response({"conversation": str(here.id), "seq": accepted.seq})

    return handle
