"""Text Generation Inference: `/generate_stream` over one pool of connections.

Wire facts from its source and docs/openapi.json, 3.3.6: streams always answer 200, so overload
and refusal come as the first event; a stream without a last event that holds `generated_text` is
incomplete; closing the connection cancels the generation.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

import aiohttp
import msgspec

from core.domain.errors import ModelBusy, ModelUnavailable, PromptRefused, SwitchboardError
from core.models.ports import Finished, LanguageModel, Sampling
from core.models.sse import EventReader

_MOST_STOPS = 4  # the server's default --max-stop-sequences
_LAST_BYTES_S = 0.5
_ERROR_BYTES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a server may take, in seconds, before it counts as unavailable."""

    connect_s: float = 3.0
    first_token_s: float = 12.0
    between_tokens_s: float = 15.0


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
    """One TGI server. `connect` asks it who it is."""

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
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_s),
            headers={"authorization": f"Bearer {key}"} if key else None,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )
        async with session:
            info = await _ask_info(url.rstrip("/") + "/info", session, limits)
            longest = info.max_input_tokens or info.max_input_length or info.max_total_tokens // 2
            yield cls(url, session, limits, name=info.model_id, max_prompt_tokens=longest)

    @property
    def name(self) -> str:
        return self._name

    @property
    def max_prompt_tokens(self) -> int:
        return self._max_prompt_tokens

    async def stream(
        self, prompt: str, sampling: Sampling
    ) -> AsyncGenerator[str | Finished, None]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._deadlines.first_token_s
        reader = EventReader()
        with _foreign_errors_as_ours():
            answer = await self._ask(prompt, sampling, deadline)
            try:
                while True:
                    async with asyncio.timeout_at(deadline):
                        read = await answer.content.readany()
                    if not read:
                        raise ModelUnavailable("the model server broke off its answer")
                    text, last = _joined(reader.feed(read))
                    if text:
                        deadline = loop.time() + self._deadlines.between_tokens_s
                        yield text
                    if last is not None:
                        await _drain(answer)
                        yield last
                        return
            finally:
                answer.close()  # after a whole answer the connection is back in the pool already

    async def _ask(
        self, prompt: str, sampling: Sampling, deadline: float
    ) -> aiohttp.ClientResponse:
        async with asyncio.timeout_at(deadline):
            answer = await self._session.post(
                self._generate,
                data=_body(prompt, sampling),
                headers={"content-type": "application/json"},
            )
            if answer.status == HTTPStatus.OK:
                return answer
            async with answer:
                raise await _refusal(answer)


@contextmanager
def _foreign_errors_as_ours() -> Iterator[None]:
    try:
        yield
    except TimeoutError as late:
        raise ModelUnavailable("the model server took too long") from late
    except aiohttp.ClientError as broken:
        raise ModelUnavailable("the connection to the model server broke") from broken


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


def _joined(events: list[bytes]) -> tuple[str, Finished | None]:
    """The text of all tokens that came at once, and the end when it was among them.

    Raises:
        SwitchboardError: one of the events is an error, or none of the server's.
    """
    text: list[str] = []
    for data in events:
        try:
            event = _decode_event(data)
        except msgspec.DecodeError as strange:
            raise ModelUnavailable("the model server sent what is no event") from strange
        if event.error is not None:
            raise _failure(event.error_type)
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


async def _drain(answer: aiohttp.ClientResponse) -> None:
    """Read to the end, so that the connection can serve the next prompt."""
    try:
        async with asyncio.timeout(_LAST_BYTES_S):
            while await answer.content.readany():
                pass
    except TimeoutError:
        return  # `close` will drop it


async def _refusal(answer: aiohttp.ClientResponse) -> SwitchboardError:
    """The error of an answer that is not 200; its body may be empty, or a proxy's page."""
    body = await answer.content.read(_ERROR_BYTES)
    try:
        kind = _decode_event(body).error_type
    except msgspec.DecodeError:
        kind = ""
    return _failure(kind, answer.status)


def _failure(kind: str, status: int = 200) -> SwitchboardError:
    """Never with the server's own words: they may quote the prompt."""
    match kind, status:
        case ("overloaded", _) | (_, 429 | 503):
            return ModelBusy()
        case ("validation" | "template_error" | "missing_template_variable", _) | (
            _,
            400 | 413 | 422,
        ):
            return PromptRefused()
        case _, 401 | 403:
            return ModelUnavailable(f"the model server refused our key ({status})")
        case _, 200:
            return ModelUnavailable(f"the model server failed: {kind or 'no reason given'}")
        case _:
            return ModelUnavailable(f"the model server answered {status}")


async def _ask_info(url: str, session: aiohttp.ClientSession, limits: Deadlines) -> _Info:
    try:
        async with asyncio.timeout(limits.first_token_s), session.get(url) as answer:
            if answer.status != HTTPStatus.OK:
                raise await _refusal(answer)
            return _decode_info(await answer.read())
    except (TimeoutError, aiohttp.ClientError, msgspec.DecodeError) as lost:
        raise ModelUnavailable(f"no model server answers at {url}") from lost
