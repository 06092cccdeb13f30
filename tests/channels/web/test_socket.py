"""Who may open a widget socket, and how it begins and ends."""

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from channels.gateway import GATEWAY
from channels.settings import ChannelsSettings, Site
from channels.web.protocol import (
    ErrorFrame,
    Hello,
    Restart,
    Say,
    StateFrame,
    Welcome,
)
from channels.web.sites import Sites
from channels.web.socket import spread_s
from core.clock import SystemClock
from core.domain.ids import TenantId
from tests.builders import TENANT
from tests.channels.kit import Service, hello, receive, send, serving

pytestmark = pytest.mark.slow  # many connections: not for make quick


async def test_a_token_alone_begins_a_conversation_of_the_same_visitor(service: Service) -> None:
    async with service.socket() as socket:
        first = await hello(socket)
    async with service.socket() as socket:
        second = await hello(socket, token=first.token)

    assert second.token == first.token
    assert second.conversation != first.conversation
    async with service.database.as_service() as connection:
        assert await connection.fetchval("SELECT count(DISTINCT customer) FROM conversations") == 1


@pytest.mark.parametrize("token", [None, "x" * 43, ""])
async def test_a_conversation_opens_only_to_its_visitor(service: Service, token) -> None:
    async with service.socket() as socket:
        theirs = await hello(socket)
    async with service.socket() as socket:
        with pytest.raises(ConnectionClosed):
            await hello(socket, token=token, conversation=theirs.conversation)

    assert socket.close_code == 4401


async def test_another_visitors_token_does_not_open_it_either(service: Service) -> None:
    async with service.socket() as socket:
        theirs = await hello(socket)
    async with service.socket() as socket:
        mine = await hello(socket)
    async with service.socket() as socket:
        with pytest.raises(ConnectionClosed):
            await hello(socket, token=mine.token, conversation=theirs.conversation)

    assert socket.close_code == 4401


async def test_tokens_are_stored_as_digests_only(service: Service) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)

    async with service.database.as_service() as connection:
        stored = await connection.fetchval("SELECT token FROM visitors")
    assert len(stored) == 32
    assert begun.token.encode() not in stored


async def test_an_unknown_tenant_is_told_so(service: Service) -> None:
    async with service.socket() as socket:
        await send(socket, Hello(tenant="nobody"))
        refused = await receive(socket)
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    assert refused == ErrorFrame(code="not_found", text="There is no such tenant.")
    assert socket.close_code == 4404


async def test_who_says_no_hello_is_sent_away(service: Service) -> None:
    async with service.socket() as socket:
        await send(socket, Say(client_id="1", text="Where?"))
        refused = await receive(socket)
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    assert isinstance(refused, ErrorFrame)
    assert socket.close_code == 4401


async def test_who_is_silent_is_sent_away_and_may_come_back(database) -> None:
    """A process that stood still for a while must not tell its visitors that they are nobody."""
    async with serving(database, hello_s=0.1) as service, service.socket() as socket:
        refused = await receive(socket, ErrorFrame)
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    assert (refused.code, socket.close_code) == ("unavailable", 4408)


async def test_pages_of_other_origins_may_not_connect(service: Service) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await service.socket(origin="https://evil.example").__aenter__()

    assert refused.value.response.status_code == 403


async def test_its_own_page_may_connect(service: Service) -> None:
    async with service.socket(origin=service.url) as socket:
        assert await hello(socket)


SHOP = Site(tenant="shop", origins=("https://shop.example",))


@pytest.mark.parametrize(
    ("origin", "allowed", "expected"),
    [
        (None, (), True),
        ("https://bot.example", (), True),
        ("https://BOT.example", (), True),
        ("https://bot.example.evil.example", (), False),
        ("https://page.example", ("https://page.example",), True),
        ("http://page.example", ("https://page.example",), False),
        ("https://any.example", ("*",), True),
        ("null", (), False),
        ("", (), False),
    ],
)
def test_an_origin_is_its_own_or_listed(origin, allowed, expected) -> None:
    sites = Sites(ChannelsSettings(allowed_origins=allowed, sites=(SHOP,)), SystemClock())

    assert sites.may_connect(origin, "bot.example") is expected
    assert sites.may_open(TENANT, origin, "bot.example") is expected


def test_an_origin_of_one_tenant_opens_that_tenants_chat_only() -> None:
    sites = Sites(ChannelsSettings(sites=(SHOP,)), SystemClock())

    assert sites.may_connect("https://shop.example", "bot.example")
    assert sites.may_open(TenantId("shop"), "https://shop.example", "bot.example")
    assert not sites.may_open(TENANT, "https://shop.example", "bot.example")


async def test_a_page_that_asks_for_another_tenants_chat_is_told_so(database) -> None:
    async with (
        serving(database, sites=(SHOP,)) as service,
        service.socket(origin="https://shop.example") as socket,
    ):
        await send(socket, Hello())
        refused = await receive(socket, ErrorFrame)
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    assert (refused.code, socket.close_code) == ("forbidden", 4403)


async def test_a_stopping_gateway_sends_its_sockets_away_to_come_back(service: Service) -> None:
    async with service.socket() as socket:
        await hello(socket)
        await receive(socket, StateFrame)
        await service.app[GATEWAY].drain()
        told = await receive(socket)
        with pytest.raises(ConnectionClosed):
            await socket.recv()

    assert told == Restart(within_s=1)
    assert socket.close_code == 1012
    with pytest.raises(InvalidStatus) as refused:
        await service.socket().__aenter__()
    assert refused.value.response.status_code == 503


@pytest.mark.parametrize(("sockets", "within_s"), [(0, 1), (400, 1), (4_000, 10), (10**6, 30)])
def test_the_more_sockets_there_are_the_longer_they_take_to_come_back(sockets, within_s) -> None:
    assert spread_s(sockets) == within_s


async def test_what_is_no_upgrade_is_refused_with_a_sentence(service: Service, http) -> None:
    async with http.get("/ws") as refused:
        assert refused.status == 426
        assert (await refused.json())["error"]["code"] == "upgrade_required"


def test_a_welcome_has_all_that_a_resume_needs() -> None:
    assert {"conversation", "token", "seq"} <= set(Welcome.__struct_fields__)


async def test_who_opens_sockets_too_fast_is_asked_to_wait(database) -> None:
    limits = {"sockets_burst": 2, "sockets_per_second": 0.01}
    async with serving(database, **limits) as service:
        async with service.socket() as one, service.socket() as two:
            assert await hello(one)
            assert await hello(two)
        with pytest.raises(InvalidStatus) as refused:
            await service.socket().__aenter__()

    assert refused.value.response.status_code == 429
    assert int(refused.value.response.headers["Retry-After"]) > 0


async def test_the_welcome_says_what_the_tenants_chat_begins_with(database) -> None:
    site = Site(tenant="default", brand="Shop", suggestions=("Where is it?",))
    changes = {"brand": "All", "suggestions_zh": ("在哪里？",), "sites": (site,)}
    async with serving(database, **changes) as service, service.socket() as socket:
        welcome = await hello(socket)

    assert welcome.brand == "Shop"
    assert welcome.suggestions == {"en": ("Where is it?",), "zh": ("在哪里？",)}
