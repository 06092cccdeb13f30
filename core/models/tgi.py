"""Text Generation Inference, over one pool of connections.

Talks go to `/v1/chat/completions`, where the server applies the model's own template; to
`/generate_stream` as one text where there is none. Wire facts from its source and
docs/openapi.json, 3.3.6: streams always answer 200, so overload and refusal come as the first
event; a stream without a last event is incomplete; closing the connection cancels the generation.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Self

import aiohttp
import msgspec

from core.domain.errors import ModelUnavailable
from core.models.counting import tokens
from core.models.openai_compatible import ChunkReading, Error, Event, body
from core.models.ports import Count, Finished, LanguageModel, Sampling, Talk
from core.models.refusals import Refusal, TemplateRefused
from core.models.served import Served
from core.models.streaming import Call, Deadlines, Reading, pool, refusal, told
from core.models.talk import plain, without_system

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


_WORDS = (
    ("Input validation error", "validation"),
    ("Model is overloaded", "overloaded"),
    ("Template error", "template_error"),
    ("Missing template", "missing_template_variable"),
)
"""How errors begin, as its `InferError` writes them, with the kinds of the other face."""


class _Info(msgspec.Struct):
    model_id: str = "tgi"
    max_input_tokens: int | None = None
    max_input_length: int | None = None  # what servers before 2.0 call it
    max_total_tokens: int = 4_096
    max_concurrent_requests: int | None = None


class _Parameters(msgspec.Struct, omit_defaults=True):
    details: bool
    max_new_tokens: int
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    do_sample: bool = False
    grammar: Mapping[str, Any] | None = None


class _Request(msgspec.Struct):
    inputs: str
    parameters: _Parameters
    stream: bool = True


_decode_event = msgspec.json.Decoder(_Event).decode
_decode_info = msgspec.json.Decoder(_Info).decode
_encode = msgspec.json.Encoder().encode


class _Manner(Enum):
    """How a talk is brought to the server; the next one when its template refuses."""

    CHAT = auto()
    """With its roles, over the server's own template."""
    NO_SYSTEM = auto()
    """The rules at the head of what the user says: some templates know no system."""
    PLAIN = auto()
    """As one text: the model has no template, or the server no face for talks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """What a server says of itself."""

    name: str = "tgi"
    max_input_tokens: int = 3_072
    max_total_tokens: int = 4_096
    """Of talk and answer together."""
    at_once: int | None = None
    """Requests it takes at the same time; None when it does not say."""


UNKNOWN = Info()
"""Of a server that was not asked yet."""


class TgiModel(LanguageModel):
    """One TGI server. `connect` and `found` ask it who it is."""

    def __init__(
        self,
        url: str,
        session: aiohttp.ClientSession,
        deadlines: Deadlines,
        *,
        info: Info = UNKNOWN,
        count: Count = tokens,
    ) -> None:
        self.info = info
        self._served = Served(url=url.rstrip("/"), model="tgi")  # another one names an adapter
        self._session = session
        self._deadlines = deadlines
        self._count = count
        self._manner = _Manner.CHAT

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
            yield cls(url, session, limits, info=await found(url, session, limits))

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def guides(self) -> bool:
        return True

    @property
    def count(self) -> Count:
        return self._count

    @property
    def at_once(self) -> int | None:
        return self.info.at_once

    def room(self, sampling: Sampling) -> int:
        beside_answer = self.info.max_total_tokens - sampling.max_tokens
        return max(1, min(self.info.max_input_tokens, beside_answer))

    async def stream(self, talk: Talk, sampling: Sampling) -> AsyncGenerator[str | Finished, None]:
        for manner in list(_Manner)[list(_Manner).index(self._manner) :]:
            call, reading = self._asked(manner, talk, sampling)
            try:
                async with aclosing(told(self._session, call, reading, self._deadlines)) as pieces:
                    async for piece in pieces:
                        self._manner = manner
                        yield _stopped(piece, sampling) if isinstance(piece, Finished) else piece
                    return
            except TemplateRefused:
                if manner is _Manner.PLAIN:
                    raise

    def _asked(self, manner: _Manner, talk: Talk, sampling: Sampling) -> tuple[Call, Reading]:
        if manner is _Manner.PLAIN:
            url = self._served.url + "/generate_stream"
            return Call(url=url, body=_body(plain(talk), sampling)), _Reading()
        formed = talk if manner is _Manner.CHAT else without_system(talk)
        grammar = _grammar(sampling) or msgspec.UNSET
        request = body(self._served, formed, sampling, grammar)
        return Call(url=self._served.url + "/v1/chat/completions", body=request), _ChatReading()


async def found(url: str, session: aiohttp.ClientSession, limits: Deadlines) -> Info:
    """What the server behind this root URL says of itself, asked over these connections.

    Raises:
        ModelUnavailable: it does not.
    """
    said = await _ask_info(url.rstrip("/") + "/info", session, limits)
    longest = said.max_input_tokens or said.max_input_length or said.max_total_tokens // 2
    return Info(
        name=said.model_id,
        max_input_tokens=longest,
        max_total_tokens=said.max_total_tokens,
        at_once=said.max_concurrent_requests,
    )


def _body(prompt: str, sampling: Sampling) -> bytes:
    warm = sampling.temperature > 0
    parameters = _Parameters(
        details=True,
        max_new_tokens=sampling.max_tokens,
        stop=sampling.stop[:_MOST_STOPS],
        temperature=sampling.temperature if warm else None,
        do_sample=warm,
        grammar=_grammar(sampling),
    )
    return _encode(_Request(inputs=prompt, parameters=parameters))


def _stopped(finished: Finished, sampling: Sampling) -> Finished:
    """The end without the stop word, which this server writes out before it stops."""
    for word in sampling.stop:
        if finished.text.endswith(word):
            return replace(finished, text=finished.text.removesuffix(word))
    return finished


def _grammar(sampling: Sampling) -> Mapping[str, Any] | None:
    """Its own form, over both faces."""
    return None if sampling.schema is None else {"type": "json", "value": sampling.schema}


class _ChatReading(ChunkReading):
    """Errors in a stream of chunks bear one number for all kinds; their words tell them apart."""

    def refused(self, status: int, body: bytes) -> Refusal:
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
            return Refusal(status=422, kinds=frozenset({"template_error"}))
        return super().refused(status, body)

    def refusal(self, event: Event, status: int) -> Refusal:
        if status != HTTPStatus.OK or not isinstance(event.error, Error):
            return super().refusal(event, status)
        message = event.error.message
        kind = next((kind for words, kind in _WORDS if message.startswith(words)), "generation")
        return Refusal(kinds=frozenset({kind}), message=message)


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
