"""Live signs within one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.domain.events import LiveEvent
from core.domain.ids import ConversationId
from core.listening import Listeners
from core.ports import Listening, Live


class LocalLive(Live):
    """Tells the listeners of this process; with `deaf` set it loses everything."""

    def __init__(self) -> None:
        self.deaf = False
        self.left = asyncio.Event()
        """Set when somebody stops listening."""
        self._listeners = Listeners()

    def tell(self, event: LiveEvent) -> None:
        if not self.deaf:
            self._listeners.tell(event)

    @asynccontextmanager
    async def listen(self, conversation: ConversationId) -> AsyncIterator[Listening]:
        try:
            async with self._listeners.listen(conversation) as listening:
                yield listening
        finally:
            self.left.set()

    @asynccontextmanager
    async def overhear(self) -> AsyncIterator[Listening]:
        async with self._listeners.overhear() as listening:
            yield listening
