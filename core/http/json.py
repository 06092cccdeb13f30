"""JSON in, JSON out, and every error as one clear sentence."""

import traceback
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from math import ceil
from typing import Any, TypeVar

import msgspec
import structlog
from aiohttp import web

from core.domain.errors import (
    ConversationNotFound,
    MessageRefused,
    ProfileRefused,
    RetryableError,
    TalkNotFound,
    TenantNotFound,
    TurnNotFound,
)

MAX_BODY = 1024 * 1024
"""Bytes of a request's body; a chat history of an OpenAI client is the largest there is."""
_log = structlog.get_logger(__name__)
_encoder = msgspec.json.Encoder()
_T = TypeVar("_T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ProblemDetail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong: a code for programs, one sentence for people."""

    code: str
    message: str
    conversation: str | None = None
    """Where the answer can be read later, when it was only too late."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every answer that is an error."""

    error: ProblemDetail


class Refused(Exception):
    """The request gets this status, code and sentence."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        conversation: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.detail = ProblemDetail(code=code, message=message, conversation=conversation)


_OF_STATUS = {
    400: ("bad_request", "The request could not be read."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", f"The request is larger than {MAX_BODY // 1024} KiB."),
    426: ("upgrade_required", "This address speaks WebSocket only."),
}


def encode(value: Any) -> bytes:
    """The value as JSON."""
    return _encoder.encode(value)


def answer(
    value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """The value as a JSON response that nobody may cache."""
    response = web.Response(
        body=encode(value), status=status, content_type="application/json", headers=headers
    )
    response.headers.setdefault("Cache-Control", "no-store")
    return response


async def body_of(request: web.Request, kind: type[_T]) -> _T:
    """The request's JSON body.

    Raises:
        Refused: not JSON, or not of this shape.
    """
    if request.content_type != "application/json":
        raise Refused(415, "unsupported_media_type", "The body must be application/json.")
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.ValidationError as wrong:
        raise Refused(422, "invalid", f"The body does not fit: {wrong}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(400, "bad_json", "The body is not valid JSON.") from None


def parameters_of(values: Mapping[str, str], kind: type[_T]) -> _T:
    """Query or path parameters as a struct.

    Raises:
        Refused: a parameter is missing, unknown or out of its bounds.
    """
    try:
        # A lone surrogate can arrive percent-encoded, and no store takes it.
        readable = {name: value.encode().decode() for name, value in values.items()}
        return msgspec.convert(readable, kind, strict=False)
    except msgspec.ValidationError as wrong:
        raise Refused(422, "invalid", f"The parameters do not fit: {wrong}.") from None
    except UnicodeError:
        raise Refused(422, "invalid", "The parameters are not valid text.") from None


def problem(failure: Exception) -> web.Response | None:
    """The response for a failure that has a sentence of its own; None for any other."""
    match failure:
        case Refused():
            body = Problem(error=failure.detail)
            return answer(body, status=failure.status, headers=failure.headers)
        case ConversationNotFound() | TurnNotFound() | TalkNotFound() | TenantNotFound():
            return _plain(404, "not_found", str(failure))
        case MessageRefused() | ProfileRefused():
            return _plain(422, "invalid", str(failure))
        case RetryableError():
            sentence = "The service is busy. Please try again in a moment."
            return _plain(503, "unavailable", sentence, {"Retry-After": "2"})
        case _:
            return None


def unexpected() -> web.Response:
    """The response when nobody knows what happened."""
    return _plain(500, "internal", "Something went wrong on our side. Please try again.")


def too_many(wait_s: float) -> Refused:
    """The refusal of a sender that is over its allowance."""
    sentence = "There were too many requests from your address. Please wait a moment."
    return Refused(429, "slow_down", sentence, headers={"Retry-After": str(ceil(wait_s))})


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Makes every failure a JSON body; what it logs has no words of a customer in it."""
    try:
        return await handler(request)
    except web.HTTPException as failure:
        return _of_aiohttp(failure)
    except Exception as failure:  # noqa: BLE001 - the outermost frame of a request
        known = problem(failure)
        if known is not None:
            return known
        _log.error("request failed", route=route_of(request), **origin_of(failure))
        return unexpected()


def origin_of(failure: BaseException) -> dict[str, str]:
    """The failure's kind and place, without its text: that may quote a customer."""
    frames = traceback.extract_tb(failure.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
    return {"kind": type(failure).__name__, "where": where}


def route_of(request: web.Request) -> str:
    """The request's route with its parameters' names, never their values."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


def _of_aiohttp(failure: web.HTTPException) -> web.Response:
    if failure.status < HTTPStatus.BAD_REQUEST:
        raise failure
    code, sentence = _OF_STATUS.get(failure.status, ("refused", "The request was refused."))
    kept = {name: failure.headers[name] for name in ("Allow",) if name in failure.headers}
    return _plain(failure.status, code, sentence, kept)


def _plain(
    status: int, code: str, sentence: str, headers: Mapping[str, str] | None = None
) -> web.Response:
    body = Problem(error=ProblemDetail(code=code, message=sentence))
    return answer(body, status=status, headers=headers)
