"""The whole gateway on a port, over a store of its own, with customers and agents in it."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from core.clock import new_secret
from core.domain.conversation import Conversation
from core.domain.customers import Profile
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.messages import Channel
from deploy import wiring
from deploy.base import Base, connected
from deploy.console import people_of
from deploy.desk import handing
from deploy.keys import keys_of
from deploy.settings import load
from handoff.console.frames import SUBPROTOCOL
from handoff.console.guard import COOKIE, sealed
from handoff.life import Handoff, Wants
from handoff.people.account import Account, Actor, Link, NewAccount
from handoff.people.roles import Permission, Role
from tests.builders import TENANT, an_inbound_message

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
_PATIENCE_S = 10


@dataclass
class Live:
    """One page's socket, as an independent client sees it."""

    socket: aiohttp.ClientWebSocketResponse
    heard: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, **frame: Any) -> None:
        await self.socket.send_json(frame, dumps=lambda value: json.dumps(value, default=str))

    async def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next frame of this kind that has these values."""
        while True:
            frame = await self.next()
            if frame["type"] == kind and wanted.items() <= frame.items():
                return frame

    async def next(self) -> dict[str, Any]:
        message = await self.socket.receive(timeout=_PATIENCE_S)
        assert message.type is aiohttp.WSMsgType.TEXT, (message, self.socket.close_code)
        self.heard.append(json.loads(message.data))
        return self.heard[-1]

    async def ended(self) -> int | None:
        """The close code, once it is over."""
        while (await self.socket.receive(timeout=_PATIENCE_S)).type is aiohttp.WSMsgType.TEXT:
            pass
        return self.socket.close_code


@dataclass
class Browser:
    """Somebody who is signed in."""

    account: Account
    session: aiohttp.ClientSession

    async def get(self, path: str, status: int = 200, **query: Any) -> Any:
        given = {name: str(value) for name, value in query.items()}
        async with self.session.get(f"/console/api/{path}", params=given) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def send(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        data = json.dumps(body, default=str)
        headers = {"Content-Type": "application/json"}
        address = f"/console/api/{path}"
        async with self.session.request(method, address, data=data, headers=headers) as response:
            assert response.status == status, await response.text()
            return None if status == 204 else await response.json()

    async def post(self, path: str, status: int = 200, **body: Any) -> Any:
        return await self.send("POST", path, status, **body)

    async def take(self, conversation: object) -> dict[str, Any]:
        row = (await self.get(f"conversations/{conversation}"))["row"]
        taken = await self.post(f"conversations/{conversation}/take", epoch=row["epoch"])
        return dict(taken)

    @asynccontextmanager
    async def live(self, **hello: Any) -> AsyncIterator[Live]:
        address, protocols = "/console/api/live", (SUBPROTOCOL,)
        async with self.session.ws_connect(address, protocols=protocols) as socket:
            live = Live(socket)
            await live.say(type="hello", **hello)
            yield live


class House:
    """All of it."""

    def __init__(self, base: Base, server: TestServer, closing: AsyncExitStack) -> None:
        self.base = base
        self.url = str(server.make_url("")).rstrip("/")
        self.end = server.close
        self.handoffs = handing(base).handoffs
        self._closing = closing
        self._people = people_of(base.settings, base.database)

    @classmethod
    @asynccontextmanager
    async def open(cls, dsn: str) -> AsyncIterator["House"]:
        settings = load(
            channels={"secret_keys": [KEY]},
            deploy={"database_url": dsn},
            handoff={"session_idle_minutes": 1},
        )
        assert keys_of(settings)
        async with AsyncExitStack() as closing:
            base = await closing.enter_async_context(connected(settings, dsn))
            server = await closing.enter_async_context(TestServer(wiring.application(base)))
            async with base.database.as_service() as connection:
                await connection.execute(
                    "INSERT INTO log_partitions (topic, part)"
                    " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING;"
                    " INSERT INTO tenants (id, name) VALUES ('other', 'Other')"
                )
            yield cls(base, server, closing)

    async def comes(
        self, name: str = "Ann", role: Role = Role.AGENT, tenant: TenantId = TENANT
    ) -> Browser:
        """Somebody new, signed in with a browser of their own."""
        setup = Actor(tenant=tenant, name="setup", may=frozenset(Permission))
        link = Link(new_secret(), timedelta(hours=1))
        email = f"{name.lower().replace(' ', '.')}@example.com"
        new = NewAccount(email=email, name=name, role=role)
        account = await self._people.add(setup, new, link)
        secret = new_secret()
        await self._people.begin(account, secret, "")
        session = await self.stranger()
        session.headers["Cookie"] = f"{COOKIE}={sealed(tenant, secret)}"
        return Browser(account, session)

    async def stranger(self) -> aiohttp.ClientSession:
        """A browser in which nobody is signed in."""
        session = aiohttp.ClientSession(self.url, headers={"Origin": self.url})
        return await self._closing.enter_async_context(session)

    async def a_conversation(
        self,
        words: str = "Where is my parcel?",
        *,
        customer: str = "visitor",
        channel: Channel = Channel.WEB,
        tenant: TenantId = TENANT,
    ) -> Conversation:
        address = str(self.base.clock.new_id())
        opened = await self.base.conversations.open(
            tenant, channel, CustomerId(customer), address, "en"
        )
        await self.says(opened.id, words, tenant=tenant)
        return opened

    async def says(
        self, conversation: ConversationId, words: str, *, tenant: TenantId = TENANT
    ) -> int:
        event = str(self.base.clock.new_id())
        message = an_inbound_message(conversation, words, event=event)
        said = replace(message, tenant=tenant, sent_at=self.base.clock.now())
        return (await self.base.conversations.accept(said)).seq

    async def knows(self, talk: Conversation, profile: Profile) -> None:
        """Its customer's channel tells who they are."""
        event = str(self.base.clock.new_id())
        message = an_inbound_message(talk.id, "It is me.", event=event)
        await self.base.conversations.accept(replace(message, profile=profile))

    async def waits(
        self, words: str = "I want a person", *, tenant: TenantId = TENANT, **who: Any
    ) -> Handoff:
        """Somebody new wants a person."""
        opened = await self.a_conversation(words, tenant=tenant, **who)
        wants = Wants(reason="asked for a person")
        return await self.handoffs.request(tenant, opened.id, wants)

    async def rows(self, query: str, *values: object) -> list[Any]:
        async with self.base.database.as_service() as connection:
            return list(await connection.fetch(query, *values))

    async def acts(self) -> list[str]:
        """What is in the log of acts."""
        return [row["act"] for row in await self.rows("SELECT act FROM audit ORDER BY seq")]
