"""One request, to nobody but whom the operator named, and an outcome whatever happens."""

import asyncio
import gzip
from dataclasses import replace
from uuid import UUID

import pytest
from aiohttp import web

from core.domain.tools import Outcome
from core.tools.call import Called, Caller
from core.tools.read import parse
from core.tools.tool import Tool
from tests.fakes.shop import ORDER, FakeShop
from tests.fakes.website import ScriptedResolver

KEY = UUID(int=7)
SECRETS = {"shop": "s3cret"}
PRIVATE = frozenset({"127.0.0.1", "shop.example"})
AB = {"order": "AB-123456"}


def the(name: str, shop: FakeShop, **options: object) -> Tool:
    declared = parse(shop.tools(**options), SECRETS)  # type: ignore[arg-type]
    return next(tool for tool in declared.tools if tool.name == name)


async def called(
    tool: Tool,
    arguments: dict[str, object] = AB,
    *,
    private: frozenset[str] = PRIVATE,
    resolver: ScriptedResolver | None = None,
) -> Called:
    async with Caller(private, resolver) as caller:
        return await caller.call(tool, arguments, KEY)


def named(tool: Tool, host: str = "shop.example") -> Tool:
    """The tool under a name instead of its address."""
    return replace(tool, url=tool.url.replace("127.0.0.1", host))


async def test_an_order_is_looked_up(shop: FakeShop) -> None:
    found = await called(the("order_status", shop))

    assert found == Called(outcome=Outcome.DONE, status=200, data=ORDER)
    assert shop.asked == ["GET /orders/AB-123456?fields=all"]
    assert shop.headers[0]["Authorization"] == "Bearer s3cret"
    assert shop.keys == [""]
    assert "Cookie" not in shop.headers[0]


async def test_a_change_carries_its_key_and_a_body(shop: FakeShop) -> None:
    tool = replace(
        the("cancel_order", shop),
        schema={"type": "object", "properties": {"order": {}, "reason": {}}},
    )

    done = await called(tool, {**AB, "reason": "too late"})

    assert (done.outcome, done.data) == (Outcome.DONE, {"refund": "12 EUR"})
    assert shop.asked == ["POST /orders/AB-123456/cancellation"]
    assert shop.keys == [str(KEY)]
    assert shop.bodies == ['{"reason": "too late"}']


@pytest.mark.parametrize("order", ["../admin", "a/b?x=1#y", "%2e%2e", "a\r\nX: y", "订单"])
async def test_an_argument_stays_one_step_of_the_path(shop: FakeShop, order: str) -> None:
    await called(the("order_status", shop), {"order": order})

    (asked,) = shop.asked
    path = asked.removeprefix("GET ").removesuffix("?fields=all")
    assert path.startswith("/orders/")
    assert "/" not in path.removeprefix("/orders/")


@pytest.mark.parametrize("order", ["", ".", "..", " .. "])
async def test_an_argument_that_would_name_another_path_is_not_sent(
    shop: FakeShop, order: str
) -> None:
    assert (await called(the("cancel_order", shop), {"order": order})).outcome is Outcome.FAILED
    assert shop.asked == []


@pytest.mark.parametrize(
    ("status", "read", "change"),
    [
        (404, Outcome.FAILED, Outcome.FAILED),
        (400, Outcome.FAILED, Outcome.FAILED),
        (409, Outcome.FAILED, Outcome.UNKNOWN),
        (503, Outcome.FAILED, Outcome.UNKNOWN),
        (302, Outcome.FAILED, Outcome.UNKNOWN),
    ],
)
async def test_a_status_says_whether_a_change_may_have_been_made(
    shop: FakeShop, status: int, read: Outcome, change: Outcome
) -> None:
    shop.status = status

    assert (await called(the("order_status", shop))).outcome is read
    assert (await called(the("cancel_order", shop))).outcome is change


async def test_a_redirect_is_not_followed(shop: FakeShop) -> None:
    shop.answer = web.Response(status=307, headers={"Location": f"{shop.url}/orders/AB-1"})

    await called(the("order_status", shop))

    assert len(shop.asked) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_connection_that_breaks_leaves_a_change_unknown_and_is_not_sent_again(
    shop: FakeShop, method: str
) -> None:
    shop.drops = True
    tool = replace(the("cancel_order", shop), method=method)  # type: ignore[arg-type]

    assert (await called(tool)).outcome is Outcome.UNKNOWN
    assert len(shop.asked) == 1


async def test_an_answer_that_is_too_late_leaves_a_change_unknown(shop: FakeShop) -> None:
    shop.hangs = asyncio.Event()

    assert (await called(the("cancel_order", shop, timeout_s=0.1))).outcome is Outcome.UNKNOWN
    assert (await called(the("order_status", shop, timeout_s=0.1))).outcome is Outcome.FAILED


async def test_a_change_that_was_made_stays_made_when_its_answer_is_cut_off(
    shop: FakeShop,
) -> None:
    shop.answer = web.Response(body=b"{", headers={"Content-Length": "1000"})

    done = await called(the("cancel_order", shop, timeout_s=0.3))

    assert (done.outcome, done.data) == (Outcome.DONE, None)


@pytest.mark.parametrize(
    "response",
    [
        web.Response(body=b"[" * 100_000),
        web.Response(body=b'{"a": "' + b"x" * 5_000 + b'"}'),
        web.Response(body=b"<html>"),
        web.Response(body=gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}),
    ],
)
async def test_what_is_no_small_json_is_not_read(shop: FakeShop, response: web.Response) -> None:
    shop.answer = web.Response(
        body=response.body, headers={"Content-Encoding": response.headers.get("Content-Encoding")}
        if "Content-Encoding" in response.headers else None,
    )  # fmt: skip

    assert (await called(the("order_status", shop))).outcome is Outcome.FAILED


async def test_nobody_at_the_address_is_a_failure_without_effect(shop: FakeShop) -> None:
    tool = replace(the("cancel_order", shop), url="http://127.0.0.1:9/{order}")

    assert (await called(tool)).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1", "0.0.0.0"],
)
async def test_a_name_that_leads_into_our_own_network_is_not_called(
    shop: FakeShop, address: str
) -> None:
    resolver = ScriptedResolver({"shop.example": [address, "93.184.215.14"]})
    tool = named(the("cancel_order", shop))

    failed = await called(tool, private=frozenset(), resolver=resolver)

    assert failed.outcome is Outcome.FAILED
    assert resolver.asked == ["shop.example"]
    assert shop.asked == []


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "224.0.0.1"])
async def test_not_even_a_private_host_leads_to_a_cloud_s_credentials(
    shop: FakeShop, address: str
) -> None:
    resolver = ScriptedResolver({"shop.example": [address]})

    assert (await called(named(the("order_status", shop)), resolver=resolver)).status == 0


async def test_a_name_that_is_bound_anew_between_calls_is_looked_at_again(
    shop: FakeShop,
) -> None:
    names = {"shop.example": ["127.0.0.1"]}
    resolver = ScriptedResolver(names)
    tool = named(the("order_status", shop))

    async with Caller(PRIVATE, resolver) as caller:
        first = await caller.call(tool, AB, KEY)
        names["shop.example"] = ["169.254.169.254"]
        second = await caller.call(tool, AB, KEY)

    assert (first.outcome, second.outcome) == (Outcome.DONE, Outcome.FAILED)
    assert resolver.asked == ["shop.example"] * 2  # once a call: the connection asks nobody else
