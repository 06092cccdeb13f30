"""Slack's side of a gateway over a real database, and requests that Slack would send."""

import hashlib
import hmac
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry

from channels.accounts import Account
from channels.desk import Hears
from channels.metrics import GatewayMetrics
from channels.places import Place
from channels.postgres.accounts import PostgresAccounts
from channels.postgres.feedback import PostgresFeedback
from channels.postgres.places import PostgresPlaces
from channels.postgres.wanted import PostgresWantedFiles
from channels.receiving import Receive, Receiver, ReceiverParts
from channels.slack.app import SlackApp
from channels.slack.routes import SlackRoutes
from channels.slack.taking import Taking
from core.clock import SystemClock
from core.domain.messages import Channel
from core.http.json import errors
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.sealing import Seal, new_key
from tests.builders import TENANT
from tests.channels.people import People
from tests.channels.slack.payloads import form_of, json_of
from tests.fakes.live import LocalLive

APP = SlackApp(signing_secret="8f742231b10e8888abcd99yyyzzz85a5", app_token="xapp-1")


def signed(body: bytes, *, secret: str = APP.signing_secret, age_s: int = 0) -> dict[str, str]:
    """Headers as Slack gives them, computed by nobody's library."""
    at = str(int(time.time()) - age_s)
    digest = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + body, hashlib.sha256)
    return {
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
        "Content-Type": "application/json",
    }


class Kit:
    """What stands behind the routes, and what it left."""

    def __init__(self, database: Database) -> None:
        clock = SystemClock()
        self.clock = clock
        self.database = database
        self.store = PostgresConversations(database, clock, lambda topic: None, through="outbox")
        self.places = PostgresPlaces(database)
        self.accounts = PostgresAccounts(database, Seal([new_key()]))
        self.parts = ReceiverParts(
            inbox=self.store,
            transcript=self.store,
            places=self.places,
            wanted=PostgresWantedFiles(database),
            feedback=PostgresFeedback(database, clock, lambda topic: None, partitions=12),
            people=People(database).care,
            live=LocalLive(),
            clock=clock,
            metrics=GatewayMetrics(CollectorRegistry()),
        )
        self.counted: Counter[str] = Counter()
        self.desk: Hears | None = None

    def count(self, outcome: str) -> None:
        self.counted[outcome] += 1

    def taking(self, receive: Receive | None = None) -> Taking:
        taken = receive or Receiver(self.parts)
        return Taking(self.accounts, self.places, taken, count=self.count, desk=self.desk)

    @asynccontextmanager
    async def serving(self, receive: Receive | None = None) -> AsyncIterator["Caller"]:
        """A gateway with the routes of Slack and no others, until the block ends."""
        app = web.Application(middlewares=[errors])
        SlackRoutes(APP, self.taking(receive), self.clock, self.count).add_to(app.router)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            async with aiohttp.ClientSession(url) as session:
                yield Caller(session)
        finally:
            await runner.cleanup()

    async def keep(self, account: Account) -> None:
        await self.accounts.keep(account)

    async def place(self, address: str) -> Place | None:
        return await self.places.at(TENANT, Channel.SLACK, address)

    async def texts(self, address: str) -> list[str]:
        place = await self.place(address)
        if place is None:
            return []
        found = await self.store.since(TENANT, place.conversation, 0, limit=100)
        return [message.text for message in found]


class Caller:
    """Sends what Slack would."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def event(self, payload: Mapping[str, Any], **headers: str) -> int:
        return (await self.post("/slack/events", json_of(dict(payload)), **headers))[0]

    async def action(self, payload: Mapping[str, Any]) -> int:
        return (await self.post("/slack/actions", form_of(dict(payload))))[0]

    async def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        sent = signed(body) | headers
        async with self._session.post(path, data=body, headers=sent) as answer:
            return answer.status, await answer.read()
