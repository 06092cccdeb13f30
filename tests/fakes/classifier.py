"""A stand-in for servers of classifiers: Text Embeddings Inference, and inference endpoints.

Both faces give the same logits the forms that the real servers give them. What a list of texts
means to the first one is as in its source: two of them are a pair.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

Logits = Mapping[str, float]


@dataclass(slots=True)
class FakeClassifier:
    """Knows the logits of some texts; `calm` are those of all others."""

    logits: Mapping[str, Logits]
    calm: Logits
    key: str = ""
    status: int = 200
    body: bytes = b""
    """Sent when it is not empty, or when the status is not 200."""
    waits: asyncio.Event | None = None
    """Nothing is answered before it is set."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def address(self, speaks: str) -> str:
        """What an operator would write."""
        return self.url if speaks == "tei" else f"{self.url}/models/mine"

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Self]:
        app = web.Application()
        app.router.add_post("/predict", self._predict)
        app.router.add_post("/models/mine", self._pipeline)
        runner = web.AppRunner(app, shutdown_timeout=1)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", self.port)
            await site.start()
            self.port = runner.addresses[0][1]
            yield self
        finally:
            await runner.cleanup()

    async def _predict(self, request: web.Request) -> web.Response:
        asked = await request.json()
        inputs = asked["inputs"]
        if isinstance(inputs, str) or all(isinstance(one, str) for one in inputs):
            texts, single = [inputs if isinstance(inputs, str) else "pair"], True
        else:
            texts, single = [one[0] if len(one) == 1 else "pair" for one in inputs], False
        raw = asked.get("raw_scores", False)
        rows = [_row(self._of(text), "none" if raw else "softmax") for text in texts]
        return await self._answer(request, asked, rows[0] if single else rows)

    async def _pipeline(self, request: web.Request) -> web.Response:
        asked = await request.json()
        inputs, manner = asked["inputs"], asked.get("parameters", {})
        function = manner.get("function_to_apply", "softmax")
        texts = [inputs] if isinstance(inputs, str) else inputs
        rows = [_row(self._of(text), function) for text in texts]
        if manner.get("top_k", 1) is not None:
            rows = [row[:1] for row in rows]
        return await self._answer(request, asked, rows)

    def _of(self, text: str) -> Logits:
        return self.logits.get(text, self.calm)

    async def _answer(self, request: web.Request, asked: dict[str, Any], rows: Any) -> Any:
        self.asked.append(asked)
        if self.waits:
            await self.waits.wait()
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return web.Response(status=401)
        if self.status != 200 or self.body:
            return web.Response(status=self.status, body=self.body)
        return web.json_response(rows)


def _row(logits: Logits, function: str) -> list[dict[str, Any]]:
    whole = sum(math.exp(logit) for logit in logits.values())
    chances = {
        "none": lambda logit: logit,
        "softmax": lambda logit: math.exp(logit) / whole,
        "sigmoid": lambda logit: 1 / (1 + math.exp(-logit)),
    }[function]
    row = [{"label": label, "score": chances(logit)} for label, logit in logits.items()]
    return sorted(row, key=lambda one: -one["score"])
