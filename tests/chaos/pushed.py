"""Channels for the fake platform: the smallest there can be, with the same duties as others."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web

from channels.contract import Delivers, Note, Receipt, Reconcile
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

TELLS, KEEPS_QUIET = Channel.SLACK, Channel.TELEGRAM
"""The platform that can be asked what it shows, and the one that cannot."""
_ANSWER_S = 2.0
"""So long the platform may take to answer."""
_LATE_S = 5.0
"""What it was sent it shows so much later at most: a request may wait to be read."""
_READ = aiohttp.ClientTimeout(total=_ANSWER_S)


class PushedChannel(Delivers):
    """Posts a stored message into the customer's chat, as one segment."""

    def __init__(self, session: aiohttp.ClientSession, url: str, transcript: Transcript) -> None:
        self._session = session
        self._url = url
        self._transcript = transcript

    @property
    def reconcile(self) -> Reconcile | None:
        return None

    async def deliver(self, sent: MessageSent, before: Receipt, note: Note) -> Receipt:
        if before.native_ids:
            return before
        (message,) = await self._transcript.since(
            sent.tenant, sent.conversation, sent.seq - 1, limit=1
        )
        words = {"ref": _ref(sent), "text": message.text}
        try:
            async with self._session.post(
                await self._chat(sent), json=words, timeout=_READ
            ) as answer:
                return Receipt(native_ids=(_taken(answer, await answer.read())["id"],))
        except aiohttp.ClientConnectorError as unreached:
            raise DeliveryDelayed(0) from unreached
        except (aiohttp.ClientError, OSError, TimeoutError) as broken:
            raise DeliveryUnknown from broken

    async def _chat(self, sent: MessageSent) -> str:
        here = await self._transcript.conversation(sent.tenant, sent.conversation)
        return f"{self._url}/chats/{here.customer}"


class TellingChannel(PushedChannel):
    """The same on a platform that says what stands in a chat."""

    @property
    def reconcile(self) -> Reconcile | None:
        return self._look

    async def _look(self, sent: MessageSent, before: Receipt) -> Receipt | None:
        await asyncio.sleep(_LATE_S)
        try:
            async with self._session.get(await self._chat(sent), timeout=_READ) as answer:
                shown = json.loads(await answer.read())
        except (aiohttp.ClientError, OSError, TimeoutError) as broken:
            raise DeliveryDelayed(0) from broken
        found = tuple(posted["id"] for posted in shown if posted["ref"] == _ref(sent))
        return Receipt(native_ids=found[:1]) if found else None


def _ref(sent: MessageSent) -> str:
    return f"{sent.conversation}:{sent.seq}"


def _taken(answer: aiohttp.ClientResponse, body: bytes) -> dict[str, Any]:
    if answer.status == 429:
        raise DeliveryDelayed(float(answer.headers["Retry-After"]))
    if answer.status >= 500:
        raise DeliveryUnknown
    if answer.status != 200:
        raise DeliveryRefused
    return dict(json.loads(body))


def ingress(
    inbox: Inbox, clock: Clock, tenant: TenantId
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler of the platforms' events: 200 when they are stored, 503 to have them again."""

    async def handle(request: web.Request) -> web.Response:
        event = json.loads(await request.read())
        channel = Channel(request.match_info["channel"])
        try:
            here = await inbox.open(tenant, channel, CustomerId(event["chat"]), event["chat"])
            accepted = await inbox.accept(
                InboundMessage(
                    tenant=tenant,
                    channel=channel,
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
