"""The chat as a process joins it, on its own clock and bell: from a request to Slack and back."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from core.domain.ids import CustomerId
from core.domain.messages import Author, Channel
from deploy.base import Base, connected
from deploy.console import people_of
from deploy.desk import DeskParts, desk_parts, handing
from deploy.settings import load
from deploy.wiring import application
from handoff.life import Handoff, Wants
from handoff.people.account import Link, NewAccount
from handoff.people.roles import Role
from handoff.postgres.surfaces import PostgresSurfaces
from tests.builders import TENANT
from tests.channels.slack.kit import APP, Caller
from tests.channels.slack.payloads import an_account
from tests.deploy.surface.kit import ANN, SETUP, TEAM_CHANNEL
from tests.fakes.slack import FakeSlack

KEY = "aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBmb3IgdXM="
PATIENCE_S = 60


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await is_so():
            await asyncio.sleep(0.05)


async def prepare(base: Base, slack: FakeSlack) -> Handoff:
    """A team in a channel, and a customer who waits for it."""
    slack.state.channels[TEAM_CHANNEL] = []
    slack.desk.add(ANN, "ann@acme.example")
    await base.platforms.accounts.keep(an_account(api_url=slack.api_url))
    new = NewAccount(email="ann@acme.example", name="Ann", role=Role.AGENT)
    people = people_of(base.settings, base.database)
    await people.add(SETUP, new, Link("secret", timedelta(hours=1)))
    await PostgresSurfaces(base.database).place(TENANT, "", f"acme/{TEAM_CHANNEL}")
    opened = await base.conversations.open(TENANT, Channel.WEB, CustomerId("visitor"), "1")
    wants = Wants(reason="asked for a person")
    return await handing(base).handoffs.request(TENANT, opened.id, wants)


async def talk(base: Base, slack: FakeSlack, caller: Caller) -> list[str]:
    """Ann takes it and answers: what the customer reads of her."""
    handoff = await prepare(base, slack)

    async def read() -> list[str]:
        said = await base.conversations.since(TENANT, handoff.conversation, 0, 100)
        return [one.text for one in said if one.author is Author.AGENT]

    async def is_open() -> bool:
        return bool(slack.desk.cards(TEAM_CHANNEL))

    async def is_taken() -> bool:
        return "Ann has this" in slack.desk.cards(TEAM_CHANNEL)[0].words

    async def is_out() -> bool:
        return bool(await read())

    await until(is_open)
    card = slack.desk.cards(TEAM_CHANNEL)[0]
    assert await caller.action(slack.desk.presses(ANN, "take", card)) == 200
    await until(is_taken)
    assert await caller.event(slack.desk.writes(ANN, "// for us", card)) == 200
    assert await caller.event(slack.desk.writes(ANN, "Hello, Ann here", card)) == 200
    await until(is_out)
    return await read()


async def running(desk: DeskParts, work: Awaitable[list[str]]) -> list[str]:
    """The desk at work until the work is done."""
    parts = (desk.due, *desk.others)
    async with asyncio.TaskGroup() as tasks:
        for part in parts:
            tasks.create_task(part.run())
        done = await work
        for part in parts:
            part.stop()
    return done


async def test_an_agent_on_slack_takes_a_request_and_answers_the_customer(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SECRET_KEYS", json.dumps([KEY]))
    monkeypatch.setenv("SWITCHBOARD_CHANNELS__SLACK_SIGNING_SECRET", APP.signing_secret)
    monkeypatch.setenv("SWITCHBOARD_HANDOFF__DESK_HOLD_S", "0.2")
    async with (
        FakeSlack.start() as slack,
        connected(load(), dsn) as base,
        TestServer(application(base)) as server,
        aiohttp.ClientSession(str(server.make_url("")).rstrip("/")) as session,
    ):
        desk = desk_parts(base, handing(base))

        read = await running(desk, talk(base, slack, Caller(session)))

    assert read == ["Hello, Ann here"]


async def test_without_a_key_for_the_log_no_threads_are_opened(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    async with connected(load(), dsn) as base:
        desk = desk_parts(base, handing(base))

    assert desk.others == ()
