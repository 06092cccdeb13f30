"""Signatures of calls, checked in constant time."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from handoff.connectors.contract import HookRefused


def check_digest(secret: str, signed: bytes, given: str, prefix: str) -> None:
    """Hold a hexadecimal HMAC against the bytes, as WebSub writes it: `sha256=...`.

    Raises:
        HookRefused: it is not theirs; an empty secret lets nothing in.
    """
    name = prefix.rstrip("=").replace("v1", "sha256")
    wanted = prefix + hmac.new(secret.encode(), signed, getattr(hashlib, name)).hexdigest()
    check_same(secret, wanted, given)


def check_same(secret: str, wanted: str, given: str) -> None:
    """Hold one signature against another; raises what `check_digest` does."""
    if not secret or not hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace")):
        raise HookRefused("the call is not signed with this connector's secret")


def body_of(body: bytes) -> Mapping[str, Any]:
    """The JSON object of a body.

    Raises:
        HookRefused: it is none.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as broken:
        raise HookRefused("the call's body cannot be read") from broken
    if not isinstance(found, dict):
        raise HookRefused("the call's body is no JSON object")
    return found


def inner(found: Mapping[str, Any], *path: str) -> str:
    """The number or text at a path of keys; empty where there is none."""
    value: Any = found
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return str(value) if isinstance(value, str | int) else ""
