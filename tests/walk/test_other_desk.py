"""A desk of somebody else's joins: it hears of a handoff by webhook, and acts by the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp

from core.clock import new_secret
from deploy.console import people_of, tokens_of
from deploy.events import endpoints_of
from handoff.console.guard import sealed
from handoff.people.account import Actor, Link, NewAccount, NewToken
from handoff.people.roles import Permission, Role
from tests.builders import TENANT
from tests.fakes.other_desk import SECRET, FakeOtherDesk
from tests.walk.whole import Whole, settings_for, whole

_SETUP = Actor(tenant=TENANT, name="setup", may=frozenset(Permission))
_SCOPES = frozenset({Permission.READ, Permission.ANSWER})


class Api:
    """What a program does over HTTP."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def call(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        json = body if method != "GET" else None
        async with self._session.request(method, path, json=json) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def act(self, conversation: str, act: str, status: int = 200, **body: Any) -> Any:
        path = f"/console/api/conversations/{conversation}/{act}"
        return await self.call("POST", path, status, **body)


@asynccontextmanager
async def api(service: Whole, token: str = "") -> AsyncIterator[Api]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession(service.url, headers=headers) as session:
        yield Api(session)


async def a_token(service: Whole, name: str) -> str:
    """Of somebody who has no browser open."""
    settings, pools, secret = service.settings, service.base.database, new_secret()
    new = NewAccount(email=f"{name.lower()}@example.com", name=name, role=Role.AGENT)
    link = Link(new_secret(), timedelta(hours=1))
    account = await people_of(settings, pools).add(_SETUP, new, link)
    wanted = NewToken(name="their desk", scopes=_SCOPES, agent=account.id)
    await tokens_of(settings, pools).make(_SETUP, wanted, secret)
    return sealed(TENANT, secret)


async def test_a_desk_that_hears_by_webhook_answers_by_the_api(dsn: str) -> None:
    async with whole(settings_for(dsn)) as service, FakeOtherDesk().open() as desk:
        endpoints = endpoints_of(service.settings, service.base.database)
        await endpoints.keep(_SETUP, "theirs", desk.url, SECRET, private=True)
        token = await a_token(service, "Dee")
        async with api(service, token) as dee, api(service) as customer:
            asked = await customer.call(
                "POST", "/api/v1/chat", query="I want to talk to a human, please."
            )
            (requested,) = await desk.until("requested")
            talk = requested["conversation"]["id"]
            read = f"/api/v1/conversations/{asked['conversation']}/messages"

            row = await dee.act(talk, "take", epoch=requested["handoff"]["epoch"])
            (_, accepted) = await desk.until("requested", "accepted")
            epoch = row["epoch"]
            said = {"client_id": "1", "text": "Dee here. What can I do?", "epoch": epoch}
            seq = (await dee.act(talk, "reply", **said))["seq"]
            again = (await dee.act(talk, "reply", **said))["seq"]
            note = await dee.act(talk, "notes", client_id="n", text="Polite.")
            heard = await customer.call("GET", read)
            await dee.act(talk, "close", reason="answered")
            (_, _, completed) = await desk.until("requested", "accepted", "completed")

    assert requested["briefing"]["summary"] == ["I want to talk to a human, please."]
    assert accepted["agent"]["name"] == "Dee"
    assert accepted["handoff"]["epoch"] == epoch
    assert (seq, note["author_name"]) == (again, "Dee")
    assert [m["text"] for m in heard["messages"] if m["author"] == "agent"] == [said["text"]]
    assert (completed["cause"], completed["handoff"]["state"]) == ("closed", "wrapped_up")
    versions = [event["handoff"]["version"] for event in desk.events]
    assert versions == sorted(set(versions))


async def test_a_desk_passes_on_and_gives_back_what_it_took(dsn: str) -> None:
    async with whole(settings_for(dsn)) as service, FakeOtherDesk().open() as desk:
        endpoints = endpoints_of(service.settings, service.base.database)
        await endpoints.keep(_SETUP, "theirs", desk.url, SECRET, private=True)
        token = await a_token(service, "Dee")
        async with api(service, token) as dee, api(service) as customer:
            me = await dee.call("PUT", "/console/api/presence", draining=True)
            asked = await customer.call("POST", "/api/v1/chat", query="I want a human, please.")
            (first,) = await desk.until("requested")
            talk = first["conversation"]["id"]
            await dee.act(talk, "take", epoch=first["handoff"]["epoch"])
            await dee.act(talk, "transfer", team="money")
            (_, _, again) = await desk.until("requested", "accepted", "requested")
            await dee.act(talk, "reply", 409, client_id="1", text="Late.", epoch=2)
            await dee.act(talk, "take", epoch=again["handoff"]["epoch"])
            await dee.act(talk, "return")
            events = await desk.until(
                "requested", "accepted", "requested", "accepted", "completed"
            )
            then = await customer.call(
                "POST", "/api/v1/chat", query="How long?", conversation=asked["conversation"]
            )

    assert (me["presence"], me["draining"]) == ("online", True)
    assert (again["cause"], again["handoff"]["team"]) == ("passed_on", "money")
    assert events[-1]["cause"] == "returned"
    assert then["decision"] == "reply"


async def test_a_token_that_acts_as_nobody_reads_and_does_not_talk(dsn: str) -> None:
    async with whole(settings_for(dsn)) as service:
        pools, secret = service.base.database, new_secret()
        wanted = NewToken(name="reports", scopes=_SCOPES)
        await tokens_of(service.settings, pools).make(_SETUP, wanted, secret)
        async with api(service, sealed(TENANT, secret)) as program, api(service) as customer:
            asked = await customer.call("POST", "/api/v1/chat", query="I want a human, please.")

            page = await program.call("GET", "/console/api/inbox?tab=all")
            await program.act(asked["conversation"], "take", 403, epoch=1)

    assert [row["id"] for row in page["rows"]] == [asked["conversation"]]
