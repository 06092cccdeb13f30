"""What is done when Slack was answered: names and reasons asked for, questions suggested.

None of it is owed: what Slack refuses, or is too busy for, is left undone.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from channels.accounts import Account
from channels.happenings import Greeted, Happening, PersonWanted, Rated, Said, TalkRated
from channels.pacing import Priority
from channels.places import SEPARATOR, Place, Places
from channels.ratings import Thumb
from channels.slack.blocks import Block, reasons, talk_reasons, word
from channels.slack.calls import Call, Calls
from channels.slack.names import Names
from channels.slack.payloads import Payload, identity, part, stamp, text
from core.domain.errors import DeliveryRefused, RetryableError
from core.domain.ids import TenantId
from core.domain.messages import Channel

MAX_PROMPTS = 4
_HOOKS = "https://hooks.slack.com"
_PATIENCE_S = 10.0
_MOST = 200
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question that a customer can ask by pressing it."""

    title: str
    message: str


Suggests = Callable[[TenantId, str], Sequence[Prompt]]
"""What is suggested to a tenant's customers, in a language."""


class Courtesies:
    """Done beside the requests; it is an `After` for `Taking`."""

    def __init__(
        self,
        calls: Calls,
        places: Places,
        session: aiohttp.ClientSession,
        suggests: Suggests = lambda tenant, language: (),
        names: Names | None = None,
    ) -> None:
        self._calls = calls
        self._places = places
        self._session = session
        self._suggests = suggests
        self._names = names
        self._running: set[asyncio.Task[None]] = set()

    def __call__(self, account: Account, payload: Payload, found: Sequence[Happening]) -> None:
        for happening in found:
            self._name(account, happening)
            match happening:
                case Rated() | TalkRated() as rated:
                    self._begin(self._rated(account, payload, rated))
                case Greeted() as greeted:
                    self._begin(self._greeted(account, greeted))
                case _:
                    pass
        if text(part(payload, "event"), "type") == "agent_session_stopped":
            self._begin(self._stopped(account, part(payload, "event")))

    def _name(self, account: Account, happening: Happening) -> None:
        if self._names is None or not isinstance(happening, Said | Greeted | PersonWanted):
            return
        if self._names.due(account, happening.customer):
            self._begin(self._names.learn(account, happening))

    async def close(self) -> None:
        """Return when all that was begun has ended."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        if len(self._running) >= _MOST:
            work.close()
            return
        task = asyncio.create_task(_quietly(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _rated(self, account: Account, payload: Payload, rated: Rated | TalkRated) -> None:
        """Ask why, where only who pressed it sees that; thank for the reason.

        Who judges a talk that is another's is told that they cannot.

        https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
        """
        address = text(payload, "response_url")
        if not _may_answer(account, address):
            return
        place = await self._places.at(account.tenant, Channel.SLACK, rated.address)
        body = _answer(rated, place)
        if body is None:
            return
        patience = aiohttp.ClientTimeout(total=_PATIENCE_S)
        async with self._session.post(
            address, json=body, timeout=patience, allow_redirects=False
        ) as answer:
            await answer.read()

    async def _greeted(self, account: Account, greeted: Greeted) -> None:
        """https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts."""
        offered = self._suggests(account.tenant, greeted.language)[:MAX_PROMPTS]
        if not offered:
            return
        channel, _, thread = greeted.address.partition(SEPARATOR)[2].partition(SEPARATOR)
        body: dict[str, Any] = {
            "channel_id": channel,
            "title": word("prompts", greeted.language),
            "prompts": [{"title": one.title, "message": one.message} for one in offered],
        }
        if thread:
            body["thread_ts"] = thread
        await self._call(account, "assistant.threads.setSuggestedPrompts", body)

    async def _stopped(self, account: Account, event: Payload) -> None:
        """The customer pressed stop; the stream itself refuses what comes behind that.

        https://docs.slack.dev/reference/events/agent_session_stopped
        """
        channel = identity(event, "channel_id") or identity(event, "channel")
        thread = stamp(event, "thread_ts")
        if channel and thread:
            body = {"channel_id": channel, "thread_ts": thread, "status": "active"}
            await self._call(account, "agents.sessions.setStatus", body)

    async def _call(self, account: Account, method: str, body: Mapping[str, Any]) -> None:
        call = Call(method=method, body=body, priority=Priority.DELTA)
        await self._calls.make(account, call)


def _answer(rated: Rated | TalkRated, place: Place | None) -> dict[str, Any] | None:
    """What who judged is shown; None for who likes it."""
    language = place.language if place else ""
    beside: dict[str, Any] = {
        "response_type": "ephemeral",
        "replace_original": False,
        "thread_ts": rated.address.rpartition(SEPARATOR)[2],
    }
    if isinstance(rated, TalkRated) and place and place.customer != rated.customer:
        return {"text": word("others", language), **beside}
    if rated.rating.thumb is not Thumb.DOWN:
        return None
    if rated.rating.reason is None:
        return {"text": word("why", language), "blocks": _reasons(rated, language), **beside}
    thanks = "talk_thanks" if isinstance(rated, TalkRated) else "thanks"
    return {"text": word(thanks, language), "replace_original": True}


def _reasons(rated: Rated | TalkRated, language: str) -> tuple[Block, ...]:
    if isinstance(rated, TalkRated):
        return talk_reasons(rated.rating.handoff, language)
    return reasons(rated.rating.turn, language)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except (RetryableError, DeliveryRefused, aiohttp.ClientError, OSError, ValueError) as failed:
        _log.info("courtesy left undone", why=type(failed).__name__)


def _may_answer(account: Account, address: str) -> bool:
    """Whether the address is Slack's: nothing is sent to others, whoever named them."""
    own = account.options.get("api_url") or AsyncWebClient.BASE_URL
    try:
        said = urlsplit(address)
        at = f"{said.scheme}://{said.netloc}"
        api = urlsplit(own)
    except ValueError:
        return False
    return at in (_HOOKS, f"{api.scheme}://{api.netloc}")
