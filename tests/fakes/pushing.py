"""A channel to the fake platform, whose messages are several native ones each."""

import json
from collections.abc import Sequence

import aiohttp

from channels.contract import Delivers, Note, Receipt, Reconcile
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.events import MessageSent


def chat_of(sent: MessageSent) -> str:
    return str(sent.conversation)


class SegmentedChannel(Delivers):
    """Posts `seq.1`, `seq.2` and so on; one that `tells` can be asked what stands there."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        segments: int = 1,
        tells: bool = False,
        patience_s: float = 10,
    ) -> None:
        self._session = session
        self._url = url
        self._segments = segments
        self._tells = tells
        self._patience = aiohttp.ClientTimeout(total=patience_s)

    @property
    def reconcile(self) -> Reconcile | None:
        return self._look if self._tells else None

    async def deliver(self, sent: MessageSent, before: Receipt, note: Note) -> Receipt:
        ids = before.native_ids
        for number in range(len(ids) + 1, self._segments + 1):
            ids = (*ids, await self.post(sent, number))
            if number < self._segments:
                await note(Receipt(native_ids=ids))
        return Receipt(native_ids=ids)

    async def post(self, sent: MessageSent, number: int) -> str:
        """One segment; its id."""
        words = {"ref": f"{sent.seq}.{number}", "text": f"{sent.seq}.{number}"}
        url = f"{self._url}/chats/{chat_of(sent)}"
        try:
            async with self._session.post(url, json=words, timeout=self._patience) as answer:
                body = await answer.read()
        except aiohttp.ClientConnectorError as unreached:
            raise DeliveryDelayed(0) from unreached
        except (aiohttp.ClientError, OSError, TimeoutError) as broken:
            raise DeliveryUnknown from broken
        match answer.status:
            case 200:
                return str(json.loads(body)["id"])
            case 429:
                raise DeliveryDelayed(float(answer.headers["Retry-After"]))
            case status if status < 500:
                raise DeliveryRefused
        raise DeliveryUnknown

    async def _look(self, sent: MessageSent, before: Receipt) -> Receipt | None:
        try:
            async with self._session.get(f"{self._url}/chats/{chat_of(sent)}") as answer:
                shown: Sequence[dict[str, str]] = json.loads(await answer.read())
        except (aiohttp.ClientError, OSError, TimeoutError) as broken:
            raise DeliveryDelayed(0) from broken
        own = {one["ref"]: one["id"] for one in shown if one["ref"].startswith(f"{sent.seq}.")}
        return Receipt(native_ids=tuple(own.values())) if own else None
