"""A shop's API on loopback: looks orders up, cancels them, or fails as servers do."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOOLS = """
private_hosts = ["127.0.0.1", "shop.example"]
choose = "{choose}"

[[tool]]
name = "order_status"
title = "Order status"
description = "Looks up where an order is."
url = "{url}/orders/{order}"
query = {{ fields = "all" }}
headers = {{ Authorization = "Bearer ${{shop}}" }}
identifies = true
most_per_hour = {most}
timeout_s = {timeout_s}
max_bytes = 4096
{arguments}
[tool.show]
Status = "status"
Arrival = "delivery.expected"
Items = "items.*.name"
[tool.missing]
en = "There is no order {order}."
zh = "没有订单 {order}。"

[[tool]]
name = "cancel_order"
title = "Cancellation"
description = "Cancels an order."
changes = true
method = "POST"
url = "{url}/orders/{order}/cancellation"
repeats = {repeats}
timeout_s = {timeout_s}
{arguments}
[tool.confirm]
en = "Shall I cancel order {order}?"
zh = "要取消订单 {order} 吗？"
[tool.show]
Refund = "refund"
[tool.say]
en = "Order {order} is cancelled. Refund: {Refund}."
zh = "订单 {order} 已取消。退款：{Refund}。"
"""
_ARGUMENTS = """
[tool.arguments]
required = ["order"]
[tool.arguments.properties.order]
type = "string"
pattern = "^[A-Z]{2}-[0-9]{6}$"
[tool.take]
order = '(?<![A-Za-z0-9])([A-Z]{2}-\\d{6})(?!\\d)'
[tool.ask]
order = { en = "Which order?", zh = "哪个订单？" }
"""
ORDER: Mapping[str, Any] = {
    "status": "on its way",
    "delivery": {"expected": "25 November"},
    "items": [{"name": "Cup"}, {"name": "Pot"}],
    "note": "the password is 1234",
}


@dataclass
class FakeShop:
    """Keeps what it was asked; what it does with the next requests is set by the test."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    """Method, path and query."""
    headers: list[Mapping[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    orders: dict[str, Any] = field(default_factory=lambda: {"AB-123456": ORDER})
    status: int = 200
    answer: web.Response | None = None
    """In place of its own."""
    hangs: asyncio.Event | None = None
    """Waited for after a request has had its effect."""
    drops: bool = False
    """Whether it closes the connection instead of answering."""
    cancelled: list[str] = field(default_factory=list)
    """The keys of cancellations, each once per effect."""

    def tools(self, *, repeats: bool = False, timeout_s: float = 5, choose: str = "intent",
              most: int = 20) -> str:  # fmt: skip
        """The file that declares its actions."""
        text = TOOLS.replace("{arguments}", _ARGUMENTS).replace("{url}", self.url)
        values = {
            "repeats": str(repeats).lower(),
            "timeout_s": timeout_s,
            "choose": choose,
            "most": most,
        }
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text.replace("{{", "{").replace("}}", "}")

    @property
    def keys(self) -> list[str]:
        return [headers.get("Idempotency-Key", "") for headers in self.headers]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.rel_url.raw_path_qs}")
        self.headers.append(dict(request.headers))
        self.bodies.append(await request.text())
        order = request.match_info["order"]
        if request.method != "GET" and self.keys[-1] not in self.cancelled:
            self.cancelled.append(self.keys[-1])
        if self.hangs:
            await self.hangs.wait()
        if self.drops and request.transport:
            request.transport.abort()
        if self.answer:
            return self.answer
        if order not in self.orders:
            return web.json_response({"error": "none"}, status=404)
        found = self.orders[order] if request.method == "GET" else {"refund": "12 EUR"}
        return web.json_response(found, status=self.status)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["FakeShop"]:
        app = web.Application()
        app.router.add_route("*", "/orders/{order}{rest:.*}", self._serve)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            yield self
        finally:
            await runner.cleanup()
