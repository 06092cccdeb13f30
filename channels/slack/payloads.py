"""What Slack sends, read field by field: nothing of it is taken for what it should be."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from channels.places import SEPARATOR

Payload = Mapping[str, Any]
_NOTHING: Payload = {}
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_STAMP = re.compile(r"[0-9]{1,11}\.[0-9]{1,9}", re.ASCII)
_HUGE = 1 << 53
_FORM = b"payload="


def read(body: bytes) -> Payload:
    """The JSON of an event, or that in the form of a click; empty when it is neither."""
    try:
        if body.startswith(_FORM):
            # max_num_fields: a body of a thousand ampersands is nobody's click
            fields = dict(parse_qsl(body.decode(), max_num_fields=20))
            body = fields.get("payload", "").encode()
        found = json.loads(body)  # takes halves of characters, which msgspec refuses
    except (ValueError, RecursionError):
        return _NOTHING
    return found if isinstance(found, dict) else _NOTHING


def part(payload: Payload, *names: str) -> Payload:
    """The object at this path; empty when there is none."""
    found: Any = payload
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else _NOTHING


def parts(payload: Payload, name: str) -> tuple[Payload, ...]:
    """The objects of a list; what is no object is left out."""
    found = payload.get(name)
    if not isinstance(found, list):
        return ()
    return tuple(one for one in found if isinstance(one, Mapping))


def text(payload: Payload, name: str) -> str:
    """The text of this name; empty when there is none."""
    found = payload.get(name)
    return _stored(found) if isinstance(found, str) else ""


def number(payload: Payload, name: str) -> int | None:
    """The number of bytes, or the like, of this name."""
    found = payload.get(name)
    is_size = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < _HUGE
    return found if is_size else None


def is_set(payload: Payload, name: str) -> bool:
    """Whether it says true."""
    return payload.get(name) is True


def identity(payload: Payload, name: str) -> str:
    """The id of this name; empty when it could not be one."""
    found = text(payload, name)
    return found if _ID.fullmatch(found) else ""


def stamp(payload: Payload, name: str) -> str:
    """The `ts` of this name, by which Slack knows a message; empty when it could not be one."""
    found = text(payload, name)
    return found if _STAMP.fullmatch(found) else ""


def moment(at: str) -> datetime:
    """The time that a `ts` says."""
    return datetime.fromtimestamp(int(at.partition(".")[0]), tz=UTC)


def address(account: str, channel: str, thread: str = "") -> str:
    """Where a thread is; without one, where a channel is."""
    return SEPARATOR.join((account, channel, thread) if thread else (account, channel))


def _stored(text: str) -> str:
    """Without halves of characters, which no store takes."""
    return text.encode("utf-8", "replace").decode()
