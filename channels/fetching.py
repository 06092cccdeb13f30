"""Fetches files that lie on platforms: after their message is stored, and until they are, too.

Nobody waits for it: the customer's words have their turn meanwhile.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from channels.accounts import Account, AccountNotFound, Accounts
from channels.files import Files
from channels.happenings import File
from core.domain.errors import ConversationNotFound, RefusedError, RetryableError
from core.domain.files import MAX_FILE, MAX_FILES, FileRefused, NewFile, NoRoom, received
from core.domain.ids import ConversationId, EventId, TenantId
from core.domain.messages import Channel

_EVERY_S = 1.0
_AT_ONCE = 4
_TRIES = 8
_log = structlog.get_logger(__name__)
Count = Callable[[str, str], None]
"""Told the channel and what became of a message's files: kept, left or put_off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The files of one message, which lie on a platform."""

    tenant: TenantId
    conversation: ConversationId
    event: EventId
    channel: Channel
    account: str
    files: tuple[File, ...]
    tries: int = 0
    """How often they were fetched in vain."""


class Fetch(Protocol):
    """Brings one file from a platform."""

    async def __call__(self, account: Account, file: File) -> bytes:
        """Its bytes, at most `MAX_FILE`.

        Raises:
            FileRefused: it is too large, or not there any more.
            RetryableError: it cannot be fetched now.
        """
        ...


class WantedFiles(Protocol):
    """What is still to be fetched."""

    async def want(self, wanted: Wanted) -> None:
        """Note it; the files of one message are noted once."""
        ...

    async def due(self, most: int) -> Sequence[Wanted]:
        """Some that nobody else fetches; they come again after a while that grows, unless done."""
        ...

    async def done(self, wanted: Wanted) -> None:
        """They are stored, or never will be."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchingParts:
    """Ports of a fetching."""

    wanted: WantedFiles
    files: Files
    accounts: Accounts
    fetch: Mapping[str, Fetch]
    """How each channel's files are fetched."""
    count: Count = lambda channel, outcome: None


class Fetching:
    """Run it in a task; it ends after `stop`."""

    def __init__(self, parts: FetchingParts) -> None:
        self._parts = parts
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Begin to end; what is in hand comes again. Twice is a no-op."""
        self._stop.set()

    async def run(self) -> None:
        """Fetch until `stop`."""
        while not self._stop.is_set():
            found: Sequence[Wanted] = ()
            with suppress(RetryableError):
                found = await self._parts.wanted.due(_AT_ONCE)
                await asyncio.gather(*map(self.take, found))
            if not found:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_EVERY_S):
                        await self._stop.wait()

    async def take(self, wanted: Wanted) -> None:
        """Fetch and store one message's files; those of no kind that is taken are left out."""
        outcome = "kept"
        try:
            files = await self._fetched(wanted)
            if files:
                await self._parts.files.keep(
                    wanted.tenant, wanted.conversation, wanted.event, files
                )
            else:
                outcome = "left"
        except RetryableError as away:
            outcome = "put_off" if wanted.tries + 1 < _TRIES else "left"
            self._tell(wanted, outcome, away)
        except (NoRoom, ConversationNotFound, AccountNotFound, RefusedError) as refused:
            outcome = "left"
            self._tell(wanted, outcome, refused)
        self._parts.count(wanted.channel.value, outcome)
        if outcome != "put_off":
            with suppress(RetryableError):
                await self._parts.wanted.done(wanted)

    async def _fetched(self, wanted: Wanted) -> list[NewFile]:
        account = await self._parts.accounts.named(wanted.channel, wanted.account)
        fetch = self._parts.fetch[wanted.channel]
        found: list[NewFile] = []
        for file in wanted.files[:MAX_FILES]:  # what is more is left where it lies
            try:
                found.append(received(file.name, await _fitting(fetch, account, file)))
            except FileRefused as refused:
                self._tell(wanted, "left", refused)
        return found

    def _tell(self, wanted: Wanted, outcome: str, error: Exception) -> None:
        _log.info(
            "file not fetched",
            channel=wanted.channel.value,
            conversation=wanted.conversation,
            outcome=outcome,
            error=type(error).__name__,
        )


async def _fitting(fetch: Fetch, account: Account, file: File) -> bytes:
    """Its bytes; a file that says itself that it is too large is not asked for."""
    if file.size is not None and file.size > MAX_FILE:
        raise FileRefused
    return await fetch(account, file)
