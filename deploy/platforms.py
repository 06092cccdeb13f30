"""What there is of each platform: its accounts, the requests it sends, the messages it is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import structlog

from channels.accounts import Accounts
from channels.desk import Hears
from channels.fetching import Fetching, FetchingParts
from channels.metrics import PlatformMetrics
from channels.outgoing import Outgoings
from channels.pacing import Pacer
from channels.places import Places
from channels.ports import Deliveries
from channels.postgres.accounts import PostgresAccounts
from channels.postgres.answers import PostgresAnswers
from channels.postgres.files import PostgresFiles
from channels.postgres.leases import PostgresLeases
from channels.postgres.places import PostgresPlaces
from channels.postgres.streams import PostgresStreams
from channels.postgres.wanted import PostgresWantedFiles
from channels.settings import ChannelsSettings
from channels.showing import Streams
from channels.slack.calls import Calls
from channels.slack.courtesies import Courtesies
from channels.slack.desk import SlackDesk
from channels.slack.fetch import SlackFetch
from channels.slack.names import Names, Tells
from channels.slack.send import SlackChannel
from channels.streaming import Streaming, StreamingParts
from channels.telegram.acknowledge import Acknowledge
from channels.telegram.fetch import TelegramFetch
from channels.telegram.send import TelegramChannel
from channels.telegram.show import Parts as TelegramParts
from channels.telegram.wire import Bots
from core.domain.customers import Profile
from core.domain.errors import SwitchboardError
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.messages import Channel
from core.event_log import Partition
from core.partitioning import partition_of
from core.ports import Clock, Live, Transcript
from core.postgres.customers import Customer, PostgresCustomers
from core.postgres.database import Database
from core.worker import Worker
from deploy.doors import Doors, prompts, slack_app
from deploy.keys import seal_of
from deploy.processes import Part
from deploy.settings import Settings

_LOOK_S = 2.0
"""Between two looks whether there is an account by now."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """The platforms of one process; nobody is asked anything before there is an account."""

    accounts: Accounts
    places: Places
    slack: SlackChannel
    telegram: TelegramChannel
    agents_chat: SlackDesk
    doors: Doors
    fetching: Fetching

    @property
    def pushed(self) -> Mapping[str, SlackChannel | TelegramChannel]:
        """Those that are sent to, by their channel."""
        return {Channel.SLACK: self.slack, Channel.TELEGRAM: self.telegram}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What all platforms stand on."""

    settings: ChannelsSettings
    database: Database
    clock: Clock
    metrics: PlatformMetrics
    session: aiohttp.ClientSession
    accounts: Accounts
    places: Places
    streams: Streams
    outgoings: Outgoings
    pacer: Pacer
    desk: Hears | None


@asynccontextmanager
async def platforms(  # noqa: PLR0913 - what all platforms stand on
    settings: Settings,
    database: Database,
    transcript: Transcript,
    clock: Clock,
    metrics: PlatformMetrics,
    *,
    desk: Hears | None = None,
) -> AsyncIterator[Platforms]:
    """Those of one process, until the end; the desk hears of agents at work on them.

    Raises:
        SetupError: a key is no key.
    """
    accounts = PostgresAccounts(database, seal_of(settings))
    places = PostgresPlaces(database)
    async with aiohttp.ClientSession() as session, AsyncExitStack() as closing:
        ground = _Ground(
            settings=settings.channels,
            database=database,
            clock=clock,
            metrics=metrics,
            session=session,
            accounts=accounts,
            places=places,
            streams=PostgresStreams(database),
            outgoings=Outgoings(transcript, places, accounts, PostgresFiles(database, clock)),
            pacer=Pacer(clock, waits=metrics.waited),
            desk=desk,
        )
        yield _built(ground, closing)


def _built(ground: _Ground, closing: AsyncExitStack) -> Platforms:
    bots, calls = Bots(), Calls(ground.session, ground.pacer)
    suggests = prompts(ground.settings, ground.clock)
    acknowledge = Acknowledge(bots, ground.pacer)
    names = Names(calls, ground.places, ground.clock, _tells(ground.database))
    courtesies = Courtesies(calls, ground.places, ground.session, suggests, names)
    for part in (bots, acknowledge, courtesies):
        closing.push_async_callback(part.close)
    return Platforms(
        accounts=ground.accounts,
        places=ground.places,
        slack=SlackChannel(ground.outgoings, ground.streams, calls, ground.clock),
        telegram=_telegram(ground, bots),
        agents_chat=SlackDesk(ground.accounts, calls),
        doors=_doors(ground, acknowledge, courtesies),
        fetching=_fetching(ground, bots, calls),
    )


def _tells(database: Database) -> Tells:
    customers = PostgresCustomers(database)

    async def tells(tenant: TenantId, customer: CustomerId, profile: Profile) -> None:
        await customers.tell(Customer(tenant=tenant, channel=Channel.SLACK, id=customer), profile)

    return tells


def _telegram(ground: _Ground, bots: Bots) -> TelegramChannel:
    return TelegramChannel(
        TelegramParts(
            outgoings=ground.outgoings,
            places=ground.places,
            streams=ground.streams,
            bots=bots,
            pacer=ground.pacer,
            clock=ground.clock,
        )
    )


def _fetching(ground: _Ground, bots: Bots, calls: Calls) -> Fetching:
    return Fetching(
        FetchingParts(
            wanted=PostgresWantedFiles(ground.database),
            files=PostgresFiles(ground.database, ground.clock),
            accounts=ground.accounts,
            fetch={
                Channel.SLACK: SlackFetch(calls, ground.session),
                Channel.TELEGRAM: TelegramFetch(bots),
            },
            count=ground.metrics.fetched,
        )
    )


def _doors(ground: _Ground, acknowledge: Acknowledge, courtesies: Courtesies) -> Doors:
    return Doors(
        app=slack_app(ground.settings),
        settings=ground.settings,
        accounts=ground.accounts,
        places=ground.places,
        clock=ground.clock,
        session=ground.session,
        leases=PostgresLeases(ground.database),
        answers=PostgresAnswers(ground.database),
        acknowledge=acknowledge,
        courtesies=courtesies,
        count=ground.metrics.slack_taken,
        desk=ground.desk,
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
            clock=platforms.doors.clock,
            channels=platforms.pushed,
            has=has,
        )
    )


def has_records(worker: Worker, conversation: ConversationId, partitions: int) -> bool:
    """Whether the conversation's outbound records come to this worker."""
    number = partition_of(str(conversation).encode(), partitions)
    return worker.has(Partition("outbound", number))
