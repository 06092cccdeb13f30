"""Workspaces that install the app, and tokens that end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from channels.accounts import Account, AccountNotFound
from channels.receiving import Receiver
from channels.slack.app import SlackApp
from channels.slack.invitations import link
from channels.slack.oauth import OAuthParts, OAuthRoutes
from channels.slack.rotation import Rotation
from core.domain.ids import TenantId
from core.domain.messages import Channel
from core.http.json import errors
from tests.builders import TENANT
from tests.channels.slack.kit import Kit
from tests.channels.slack.payloads import DM, TS, said
from tests.fakes.slack import FakeSlack

PUBLIC = "https://chat.example"
INSTALLED = {
    "access_token": "xoxb-1",
    "token_type": "bot",
    "scope": "chat:write,im:history",
    "bot_user_id": "U0BOT",
    "app_id": "A0001",
    "team": {"id": "T0002", "name": "Beta & Söhne GmbH"},
    "enterprise": None,
    "is_enterprise_install": False,
    "authed_user": {"id": "U0009"},
}


@dataclass
class Pages:
    kit: Kit
    slack: FakeSlack
    app: SlackApp
    session: aiohttp.ClientSession

    def invitation(self, tenant: TenantId = TENANT, name: str = "beta") -> str:
        address = link(self.app, PUBLIC, tenant, name, self.kit.clock.now())
        return address.removeprefix(PUBLIC)

    async def begin(self, invitation: str) -> tuple[str, str]:
        """To Slack: the state, and the cookie that goes with it."""
        async with self.session.get(invitation, allow_redirects=False) as answer:
            assert answer.status == 302
            asked = urlsplit(answer.headers["Location"])
            query = parse_qs(asked.query)
            assert f"{asked.scheme}://{asked.netloc}" == "https://slack.com"
            assert query["redirect_uri"] == [f"{PUBLIC}/slack/oauth_redirect"]
            assert "chat:write" in query["scope"][0]
            return query["state"][0], answer.headers["Set-Cookie"].split(";")[0]

    async def back(self, state: str, cookie: str, **query: str) -> int:
        headers = {"Cookie": cookie} if cookie else {}
        asked = {"state": state, **query}
        async with self.session.get(
            "/slack/oauth_redirect", params=asked, headers=headers
        ) as answer:
            assert "xoxb" not in await answer.text()
            return answer.status

    async def account(self, native: str = "T0002") -> Account:
        return await self.kit.accounts.at(Channel.SLACK, native)


@asynccontextmanager
async def serving(kit: Kit, slack: FakeSlack) -> AsyncIterator[Pages]:
    app = SlackApp(client_id="1.2", client_secret="hush", api_url=slack.api_url)
    async with aiohttp.ClientSession() as outgoing:
        parts = OAuthParts(
            app=app,
            public_url=PUBLIC,
            accounts=kit.accounts,
            receive=Receiver(kit.parts),
            clock=kit.clock,
            session=outgoing,
        )
        pages = web.Application(middlewares=[errors])
        OAuthRoutes(parts).add_to(pages.router)
        runner = web.AppRunner(pages, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            async with aiohttp.ClientSession(url) as session:
                yield Pages(kit, slack, app, session)
        finally:
            await runner.cleanup()


@pytest.fixture
async def pages(kit: Kit) -> AsyncIterator[Pages]:
    async with FakeSlack.start() as slack, serving(kit, slack) as pages:
        yield pages


async def test_an_invited_workspace_becomes_an_account(pages: Pages) -> None:
    pages.slack.app.codes["c1"] = {**INSTALLED, "refresh_token": "xoxe-1", "expires_in": 43200}

    status = await pages.back(*await pages.begin(pages.invitation()), code="c1")

    account = await pages.account()
    assert status == 200
    assert (account.name, account.tenant) == ("beta", TENANT)
    assert dict(account.secrets) == {"bot_token": "xoxb-1", "refresh_token": "xoxe-1"}
    assert account.options["bot_user"] == "U0BOT"
    assert account.options["scopes"] == "chat:write,im:history"
    assert int(account.options["expires_at"]) > 0


async def test_an_account_without_a_name_has_the_workspace_s(pages: Pages) -> None:
    pages.slack.app.codes["c1"] = INSTALLED

    await pages.back(*await pages.begin(pages.invitation(name="")), code="c1")

    assert (await pages.account()).name == "beta-s-hne-gmbh"


async def test_a_second_installation_keeps_name_and_options_and_opens_the_way_again(
    pages: Pages, kit: Kit
) -> None:
    await Receiver(kit.parts)(await pages.account("T0001"), [])
    async with kit.serving() as slack:
        await slack.event(said("Hello"))
    await kit.places.reach(TENANT, Channel.SLACK, "acme/", reachable=False)
    account = await pages.account("T0001")
    await kit.keep(replace(account, options={**account.options, "strangers": "ignore"}))
    pages.slack.app.codes["c1"] = {**INSTALLED, "team": {"id": "T0001", "name": "Other"}}

    status = await pages.back(*await pages.begin(pages.invitation()), code="c1")

    found, place = await pages.account("T0001"), await kit.place(f"acme/{DM}/{TS}")
    assert status == 200
    assert (found.name, found.options["strangers"]) == ("acme", "ignore")
    assert place is not None
    assert place.reachable


async def test_an_org_is_installed_as_one_account(pages: Pages) -> None:
    org = {"team": None, "enterprise": {"id": "E1", "name": "Org"}, "is_enterprise_install": True}
    pages.slack.app.codes["c1"] = {**INSTALLED, **org}

    await pages.back(*await pages.begin(pages.invitation()), code="c1")

    assert (await pages.account("E1")).options["enterprise"] == "E1"


async def test_nobody_installs_without_an_invitation_of_this_app_that_is_valid(
    pages: Pages,
) -> None:
    good = pages.invitation()
    foreign = replace(pages.app, client_secret="other")
    old = pages.kit.clock.now() - timedelta(days=8)
    for bad in (
        "/slack/install",
        good[:-1],
        good.replace(".", ".x"),
        link(foreign, "", TENANT, "x", pages.kit.clock.now()),
        link(pages.app, "", TENANT, "x", old),
        "/slack/install?invitation=é.é",
    ):
        async with pages.session.get(bad, allow_redirects=False) as answer:
            assert answer.status == 403


async def test_a_state_is_good_in_the_browser_that_began_and_with_a_code_of_slack(
    pages: Pages,
) -> None:
    pages.slack.app.codes["c1"] = INSTALLED
    state, cookie = await pages.begin(pages.invitation())
    other, _ = await pages.begin(pages.invitation())

    statuses = [
        await pages.back(state, "", code="c1"),
        await pages.back(other, cookie, code="c1"),
        await pages.back(state, cookie, error="access_denied"),
        await pages.back(state, cookie, code="wrong"),
        await pages.back(state, cookie),
    ]

    assert statuses == [400, 400, 400, 401, 401]
    with pytest.raises(AccountNotFound):
        await pages.account()


async def test_a_workspace_of_another_tenant_is_not_taken_over(pages: Pages) -> None:
    pages.slack.app.codes["c1"] = {**INSTALLED, "team": {"id": "T0001", "name": "Acme"}}
    invitation = pages.invitation(TenantId("somebody-else"))

    status = await pages.back(*await pages.begin(invitation), code="c1")

    assert status == 500
    assert (await pages.account("T0001")).tenant == TENANT


async def test_a_token_that_ends_is_rotated_once_by_however_many(pages: Pages, kit: Kit) -> None:
    account = await pages.account("T0001")
    ends = str(int(kit.clock.now().timestamp()) + 3600)
    tokens = {"bot_token": "xoxe.xoxb-1", "refresh_token": "xoxe-1"}
    await kit.keep(
        replace(account, secrets=tokens, options={**account.options, "expires_at": ends})
    )
    fresh = {"access_token": "xoxe.xoxb-2", "refresh_token": "xoxe-2", "expires_in": 43200}
    pages.slack.app.codes["xoxe-1"] = fresh
    held = asyncio.Lock()
    async with aiohttp.ClientSession() as session:
        part = Rotation(pages.app, kit.accounts, kit.clock, session, lambda name: held)

        await asyncio.gather(*(part.rotate() for _ in range(4)))

    found = await pages.account("T0001")
    assert dict(found.secrets) == {"bot_token": "xoxe.xoxb-2", "refresh_token": "xoxe-2"}
    assert int(found.options["expires_at"]) > int(ends)
    assert pages.slack.methods() == ["oauth.v2.access"]


async def test_a_token_that_cannot_be_rotated_now_stays(pages: Pages, kit: Kit) -> None:
    account = await pages.account("T0001")
    await kit.keep(replace(account, options={**account.options, "expires_at": "1"}))
    held = asyncio.Lock()
    async with aiohttp.ClientSession() as session:
        part = Rotation(pages.app, kit.accounts, kit.clock, session, lambda name: held)
        await part.rotate()

    assert (await pages.account("T0001")).secrets == account.secrets
