"""What there is of each platform: its accounts, the requests it sends, the messages it is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import structlog

from channels.accounts import Accounts
from channels.outgoing import Outgoings
from channels.pacing import Pacer
from channels.parts import Routes
from channels.places import Places
from channels.ports import Deliveries
from channels.postgres.accounts import PostgresAccounts
from channels.postgres.answers import PostgresAnswers
from channels.postgres.places import PostgresPlaces
from channels.postgres.streams import PostgresStreams
from channels.receiving import Receive
from channels.settings import ChannelsSettings
from channels.slack.app import SlackApp
from channels.slack.calls import Calls
from channels.slack.routes import SlackRoutes
from channels.slack.send import SlackChannel
from channels.slack.taking import Taking
from channels.streaming import Streaming, StreamingParts
from channels.telegram.acknowledge import Acknowledge
from channels.telegram.routes import TelegramRoutes
from channels.telegram.send import TelegramChannel
from channels.telegram.show import Parts as TelegramParts
from channels.telegram.take import Take
from channels.telegram.wire import Bots
from core.domain.errors import SwitchboardError
from core.domain.ids import ConversationId
from core.domain.messages import Channel
from core.event_log import Partition
from core.partitioning import partition_of
from core.ports import Clock, Live, Transcript
from core.postgres.database import Database
from core.worker import Worker
from deploy.keys import seal_of
from deploy.metrics import PlatformMetrics
from deploy.processes import Part
from deploy.settings import Settings

_LOOK_S = 15.0
"""Between two looks whether there is an account by now."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """The platforms of one process; nothing is connected before there is an account."""

    accounts: Accounts
    places: Places
    take: "TakingParts"
    slack: SlackChannel
    telegram: TelegramChannel

    @property
    def pushed(self) -> Mapping[str, SlackChannel | TelegramChannel]:
        """Those that are sent to, by their channel."""
        return {Channel.SLACK: self.slack, Channel.TELEGRAM: self.telegram}

    def routes(self, receive: Receive) -> Sequence[Routes]:
        """The addresses that they tell what happened."""
        take = self.take
        return (
            SlackRoutes(
                slack_app(take.settings),
                Taking(self.accounts, self.places, receive, count=take.metrics.slack_taken),
                take.clock,
                take.metrics.slack_taken,
            ),
            TelegramRoutes(
                self.accounts,
                Take(receive=receive, answers=PostgresAnswers(take.database), clock=take.clock),
                take.acknowledge,
                take.clock,
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingParts:
    """What taking in needs beside the accounts."""

    settings: ChannelsSettings
    database: Database
    clock: Clock
    acknowledge: Acknowledge
    metrics: PlatformMetrics


def slack_app(settings: ChannelsSettings) -> SlackApp:
    """The credentials of the configured app."""
    return SlackApp(
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
    )


@asynccontextmanager
async def platforms(
    settings: Settings,
    database: Database,
    transcript: Transcript,
    clock: Clock,
    metrics: PlatformMetrics,
) -> AsyncIterator[Platforms]:
    """Those of one process, until the end.

    Raises:
        SetupError: a key is no key.
    """
    async with AsyncExitStack() as closing:
        session = await closing.enter_async_context(aiohttp.ClientSession())
        accounts = PostgresAccounts(database, seal_of(settings))
        places, streams = PostgresPlaces(database), PostgresStreams(database)
        outgoings = Outgoings(transcript, places, accounts)
        pacer = Pacer(clock, waits=metrics.waited)
        bots = Bots()
        closing.push_async_callback(bots.close)
        acknowledge = Acknowledge(bots, pacer)
        closing.push_async_callback(acknowledge.close)
        telegram = TelegramParts(
            outgoings=outgoings,
            places=places,
            streams=streams,
            bots=bots,
            pacer=pacer,
            clock=clock,
        )
        yield Platforms(
            accounts=accounts,
            places=places,
            take=TakingParts(
                settings=settings.channels,
                database=database,
                clock=clock,
                acknowledge=acknowledge,
                metrics=metrics,
            ),
            slack=SlackChannel(outgoings, streams, Calls(session, pacer), clock),
            telegram=TelegramChannel(telegram),
        )


class Showing(Part):
    """Shows answers while they grow, from the first account on."""

    def __init__(self, streaming: Streaming, accounts: Accounts) -> None:
        self._streaming = streaming
        self._accounts = accounts
        self._stop = asyncio.Event()

    async def run(self) -> None:
        while not self._stop.is_set():
            if await self._is_wanted():
                await self._streaming.run()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._stop.wait()

    def stop(self) -> None:
        self._stop.set()
        self._streaming.stop()

    async def _is_wanted(self) -> bool:
        try:
            return bool(await self._accounts.all())
        except SwitchboardError as failed:
            _log.warning("accounts cannot be read", error=type(failed).__name__)
            return False


def streaming(
    platforms: Platforms, live: Live, ledger: Deliveries, has: Callable[[ConversationId], bool]
) -> Streaming:
    """What shows answers of the conversations that this process has."""
    return Streaming(
        StreamingParts(
            live=live,
            places=platforms.places,
            ledger=ledger,
            clock=platforms.take.clock,
            channels=platforms.pushed,
            has=has,
        )
    )


def has_records(worker: Worker, conversation: ConversationId, partitions: int) -> bool:
    """Whether the conversation's outbound records come to this worker."""
    number = partition_of(str(conversation).encode(), partitions)
    return worker.has(Partition("outbound", number))
