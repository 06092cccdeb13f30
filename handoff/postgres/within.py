"""Several stores in one transaction: their statements go over its connection, their news after."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from core.domain.events import LiveEvent
from core.domain.ids import ConversationId, TenantId
from core.ports import Listening, Live
from core.postgres.database import Connection, Database


class Within(Database):
    """A tenant's open transaction in the place of the pools."""

    def __init__(self, connection: Connection, tenant: TenantId) -> None:
        self._connection = connection
        self._tenant = tenant

    @asynccontextmanager
    async def as_tenant(self, tenant: TenantId) -> AsyncIterator[Connection]:
        if tenant != self._tenant:
            raise ValueError("a transaction is one tenant's")
        yield self._connection


class Later(Live):
    """Keeps what is told until the transaction is there, and nobody looks too early."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._events: list[LiveEvent] = []
        self._topics: list[str] = []

    def tell(self, event: LiveEvent) -> None:
        self._events.append(event)

    def ring(self, topic: str) -> None:
        """Keep a ring of the bell."""
        self._topics.append(topic)

    def send(self, ring: Callable[[str], None]) -> None:
        """Tell and ring everything now."""
        for topic in dict.fromkeys(self._topics):
            ring(topic)
        for event in self._events:
            self._live.tell(event)

    def listen(self, conversation: ConversationId) -> AbstractAsyncContextManager[Listening]:
        return self._live.listen(conversation)

    def overhear(self) -> AbstractAsyncContextManager[Listening]:
        return self._live.overhear()
