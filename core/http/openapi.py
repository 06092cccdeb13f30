"""The OpenAPI 3.1 document: each handler carries its description, the router is walked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from core.http.json import Problem

_REF = "#/components/schemas/{name}"
_MARK = "operation"
_F = TypeVar("_F", bound=Callable[..., Any])
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of an operation."""

    says: str
    media: Mapping[str, Any] = field(default_factory=dict)
    """Struct, or None for what has no schema, by content type; empty for no body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a route does, for those who call it."""

    summary: str
    tag: str
    answers: Mapping[int, Answer]
    """Without the errors, which `fails` names."""
    fails: tuple[int, ...] = ()
    body: type[msgspec.Struct] | None = None
    media: str = JSON
    """Content type of the body."""
    query: type[msgspec.Struct] | None = None
    path: type[msgspec.Struct] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """What each optional header is for."""
    description: str = ""


_FAILURES = {
    400: "The body is not valid JSON.",
    401: "The request is not signed as it must be.",
    403: "The page's origin, or the secret, does not let this request in.",
    404: "Unknown tenant, conversation, turn, model or account.",
    409: "The idempotency key was used for another question.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "A value is missing, unknown or out of its bounds.",
    426: "The request is not a WebSocket upgrade.",
    429: "Too many requests from this address.",
    503: "The service cannot do this now; try again.",
    504: "The answer took too long; it can be read from the conversation later.",
}


def describes(operation: Operation) -> Callable[[_F], _F]:
    """Give a handler its description."""

    def mark(handler: _F) -> _F:
        setattr(handler, _MARK, operation)
        return handler

    return mark


def operation_of(handler: Any) -> Operation | None:
    """The description a handler carries."""
    found = getattr(handler, _MARK, None)
    return found if isinstance(found, Operation) else None


def document(app: web.Application, *, version: str) -> dict[str, Any]:
    """The document of every described route of the application."""
    routes = _routes(app)
    schemas = msgspec.json.schema_components(_types(routes), ref_template=_REF)[1]
    paths: dict[str, dict[str, Any]] = {}
    for path, method, operation in routes:
        paths.setdefault(path, {})[method] = _operation(path, method, operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Switchboard",
            "version": version,
            "description": "A chat bot that answers from a company's own documents.",
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _routes(app: web.Application) -> list[tuple[str, str, Operation]]:
    found = []
    for route in app.router.routes():
        operation = operation_of(route.handler)
        if operation is not None and route.resource is not None and route.method != "HEAD":
            found.append((route.resource.canonical, route.method.lower(), operation))
    return found


def _types(routes: list[tuple[str, str, Operation]]) -> list[Any]:
    kinds: dict[Any, None] = {Problem: None}
    for _, _, operation in routes:
        if operation.body is not None:
            kinds[operation.body] = None
        for said in operation.answers.values():
            kinds.update((kind, None) for kind in said.media.values() if kind is not None)
    return list(kinds)


def _operation(path: str, method: str, operation: Operation) -> dict[str, Any]:
    name = re.sub(r"[^a-z0-9]+", "_", f"{method}{path}").strip("_")
    made: dict[str, Any] = {
        "operationId": name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": _responses(operation),
    }
    if operation.description:
        made["description"] = operation.description
    parameters = [
        *_parameters(operation.path, "path"),
        *_parameters(operation.query, "query"),
        *_headers(operation.headers),
    ]
    if parameters:
        made["parameters"] = parameters
    if operation.body is not None:
        content = {operation.media: {"schema": _schema(operation.body)}}
        made["requestBody"] = {"required": True, "content": content}
    return made


def _responses(operation: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for status, said in operation.answers.items():
        made[str(status)] = {"description": said.says}
        if said.media:
            made[str(status)]["content"] = {
                media: {"schema": _schema(kind, media)} for media, kind in said.media.items()
            }
    problem = {JSON: {"schema": _schema(Problem)}}
    for status in operation.fails:
        made.setdefault(str(status), {"description": _FAILURES[status], "content": problem})
    return made


def _schema(kind: Any, media: str = JSON) -> dict[str, Any]:
    if kind is not None:
        return {"$ref": _REF.format(name=kind.__name__)}
    return {"type": "object" if media == JSON else "string"}


def _parameters(kind: type[msgspec.Struct] | None, place: str) -> list[dict[str, Any]]:
    if kind is None:
        return []
    schema = msgspec.json.schema_components([kind], ref_template=_REF)[1][kind.__name__]
    needed = schema.get("required", [])
    return [
        {
            "name": name,
            "in": place,
            "required": name in needed,
            "schema": _without_null(value),
        }
        for name, value in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is absent or has a value: in an address there is no null."""
    if "anyOf" not in schema:
        return schema
    kinds: list[dict[str, Any]] = [k for k in schema["anyOf"] if k.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _headers(said: Mapping[str, str]) -> list[dict[str, Any]]:
    text = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"}
    return [
        {"name": name, "in": "header", "required": False, "description": says, "schema": text}
        for name, says in said.items()
    ]
