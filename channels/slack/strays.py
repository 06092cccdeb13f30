"""Finds what nobody noted: messages that Slack took, and whose ids we never heard of."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from channels.contract import Receipt
from channels.slack.failures import SOON_S
from channels.slack.threads import ANSWER, Json, Thread, answer_mark
from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.domain.messages import Message

_BEFORE_S = 900.0
"""An answer may have begun so long before it was stored."""
_WAITS_S = (0.0, 1.5, 3.0)
"""Before each look: a platform may show late what it took."""
Sleep = Callable[[float], Awaitable[None]]


async def strays(thread: Thread, known: Collection[str]) -> Sequence[str]:
    """Our own messages at the end of the thread that are no stored ones and not known either."""
    bot = thread.account.options.get("bot_user", "")
    try:
        shown = await thread.replies(thread.root)
    except DeliveryUnknown as broken:
        raise DeliveryDelayed(SOON_S) from broken
    except DeliveryRefused:  # it never tells: then nobody knows, and a new one is begun
        return ()
    found: list[str] = []
    for message in reversed(shown):
        ts = message.get("ts")
        if not bot or message.get("user") != bot or _kind(message) == ANSWER or ts == thread.root:
            break
        if isinstance(ts, str) and ts not in known:
            found.insert(0, ts)
    return found


async def segments_of(
    thread: Thread, message: Message, before: Receipt, sleep: Sleep = asyncio.sleep
) -> Receipt | None:
    """As `Reconcile`: which segments of the message stand in the thread."""
    since = f"{message.at.timestamp() - _BEFORE_S:.6f}"
    for wait in _WAITS_S:
        if wait:
            await sleep(wait)
        try:
            shown = await thread.replies(since)
        except DeliveryUnknown as broken:
            raise DeliveryDelayed(SOON_S) from broken
        found = _segments(shown, message)
        if len(found) > len(before.native_ids):
            return Receipt(native_ids=found)
    return None


def _segments(shown: Sequence[Json], message: Message) -> tuple[str, ...]:
    marked = {str(_mark(one)): str(one.get("ts")) for one in reversed(shown)}
    found: list[str] = []
    while True:
        mark = answer_mark(message.conversation, message.seq, len(found))
        ts = marked.get(str(mark["event_payload"]["message"]))
        if ts is None:
            return tuple(found)
        found.append(ts)


def _kind(message: Json) -> object:
    metadata = message.get("metadata")
    return metadata.get("event_type") if isinstance(metadata, dict) else None


def _mark(message: Json) -> object:
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    is_ours = _kind(message) == ANSWER and isinstance(payload, dict)
    return payload.get("message") if is_ours and isinstance(payload, dict) else None
