"""Text Generation Inference: `/generate_stream` over one pool of connections.

Wire facts from its source and docs/openapi.json, 3.3.6: streams always answer 200, so overload
and refusal come as the first event; a stream without a last event that holds `generated_text` is
incomplete; closing the connection cancels the generation.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Self

import aiohttp
import msgspec

from core.domain.errors import ModelUnavailable
from core.models.ports import Finished, LanguageModel, Sampling
from core.models.refusals import Refusal
from core.models.streaming import Call, Deadlines, Reading, pool, refusal, told

_MOST_STOPS = 4  # the server's default --max-stop-sequences


class _Token(msgspec.Struct):
    text: str
    special: bool = False


class _Details(msgspec.Struct):
    finish_reason: str
    generated_tokens: int


class _Event(msgspec.Struct):
    token: _Token | None = None
    generated_text: str | None = None
    details: _Details | None = None
    error: str | None = None
    error_type: str = ""


class _Info(msgspec.Struct):
    model_id: str = "tgi"
    max_input_tokens: int | None = None
    max_input_length: int | None = None  # what servers before 2.0 call it
    max_total_tokens: int = 4_096


class _Parameters(msgspec.Struct, omit_defaults=True):
    details: bool
    max_new_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    do_sample: bool = False


class _Request(msgspec.Struct):
    inputs: str
    parameters: _Parameters
    stream: bool = True


_decode_event = msgspec.json.Decoder(_Event).decode
_decode_info = msgspec.json.Decoder(_Info).decode
_encode = msgspec.json.Encoder().encode


class TgiModel(LanguageModel):
    """One TGI server. `connect` and `found` ask it who it is."""

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        deadlines: Deadlines,
        *,
        name: str = "tgi",
        max_prompt_tokens: int = 3_072,
    ) -> None:
        self._generate = url.rstrip("/") + "/generate_stream"
        self._session = session
        self._deadlines = deadlines
        self._name = name
        self._max_prompt_tokens = max_prompt_tokens

    @classmethod
    @asynccontextmanager
    async def connect(
        cls, url: str, *, key: str = "", deadlines: Deadlines | None = None
    ) -> AsyncIterator[Self]:
        """The model behind this root URL, with a pool of connections of its own.

        Args:
            url: Without a path, as `http://127.0.0.1:3000`.
            key: Sent as a bearer token; empty sends none.
            deadlines: Defaults suit a server with a queue of its own.

        Raises:
            ModelUnavailable: it does not say who it is.
        """
        limits = deadlines or Deadlines()
        headers = {"authorization": f"Bearer {key}"} if key else {}
        async with pool(limits, headers) as session:
            yield await cls.found(url, session, limits)

    @classmethod
    async def found(cls, url: str, session: aiohttp.ClientSession, limits: Deadlines) -> Self:
        """The model behind this root URL, over these connections.

        Raises:
            ModelUnavailable: it does not say who it is.
        """
        info = await _ask_info(url.rstrip("/") + "/info", session, limits)
        longest = info.max_input_tokens or info.max_input_length or info.max_total_tokens // 2
        return cls(url, session, limits, name=info.model_id, max_prompt_tokens=longest)

    @property
    def name(self) -> str:
        return self._name

    @property
    def max_prompt_tokens(self) -> int:
        return self._max_prompt_tokens

    def stream(self, prompt: str, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        call = Call(url=self._generate, body=_body(prompt, sampling))
        return told(self._session, call, _Reading(), self._deadlines)


def _body(prompt: str, sampling: Sampling) -> bytes:
    warm = sampling.temperature > 0
    parameters = _Parameters(
        details=True,
        max_new_tokens=sampling.max_tokens,
        stop=sampling.stop[:_MOST_STOPS],
        temperature=sampling.temperature if warm else None,
        do_sample=warm,
    )
    return _encode(_Request(inputs=prompt, parameters=parameters))


class _Reading(Reading):
    def take(self, events: list[bytes]) -> tuple[str, Finished | None]:
        text: list[str] = []
        for data in events:
            try:
                event = _decode_event(data)
            except msgspec.DecodeError as strange:
                raise ModelUnavailable("the model server sent what is no event") from strange
            if event.error is not None:
                kinds = frozenset({event.error_type})
                raise Refusal(kinds=kinds, message=event.error).error()
            if event.token is not None and not event.token.special:
                text.append(event.token.text)
            if event.generated_text is not None:
                details = event.details or _Details(finish_reason="", generated_tokens=0)
                return "".join(text), Finished(
                    text=event.generated_text,
                    tokens=details.generated_tokens,
                    cut=details.finish_reason == "length",
                )
        return "".join(text), None

    def ended(self) -> None:
        """Without its last event an answer is incomplete."""

    def refused(self, status: int, body: bytes) -> Refusal:
        try:
            event = _decode_event(body)
        except msgspec.DecodeError:
            return Refusal(status=status)
        kinds = frozenset({event.error_type})
        return Refusal(status=status, kinds=kinds, message=event.error or "")


async def _ask_info(url: str, session: aiohttp.ClientSession, limits: Deadlines) -> _Info:
    try:
        async with asyncio.timeout(limits.first_token_s), session.get(url) as answer:
            if answer.status != HTTPStatus.OK:
                raise await refusal(answer, _Reading())
            return _decode_info(await answer.read())
    except (TimeoutError, aiohttp.ClientError, msgspec.DecodeError) as lost:
        raise ModelUnavailable(f"no model server answers at {url}") from lost
