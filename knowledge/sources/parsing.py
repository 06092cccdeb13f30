"""Runs a parser beside the event loop, for a bounded time."""

import asyncio

from core.domain.errors import DocumentRefused
from knowledge.documents import Document
from knowledge.parsers.choose import Told, parse
from knowledge.parsers.limits import Limits, abandonable


async def parsed(
    name: str, raw: bytes, uri: str, limits: Limits, told: Told | None = None
) -> Document | DocumentRefused:
    """The document, or the refusal to hand on in its place.

    A parser that is still busy at the end of its time, or when this is cancelled, stops by
    itself in its thread as soon as it asks whether it is wanted.
    """
    try:
        async with asyncio.timeout(limits.parse_s):
            with abandonable():
                return await asyncio.to_thread(parse, name, raw, uri, told, limits)
    except DocumentRefused as refused:
        return refused
    except TimeoutError:
        return DocumentRefused(name, f"it takes longer than {limits.parse_s:.0f} s to read")
