"""What there is of each platform: its accounts, the requests it sends, the messages it is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import aiohttp
import structlog

from channels.accounts import Accounts
from channels.leases import Leases
from channels.outgoing import Outgoings
from channels.pacing import Pacer
from channels.parts import Routes
from channels.places import Places
from channels.ports import Deliveries
from channels.postgres.accounts import PostgresAccounts
from channels.postgres.answers import PostgresAnswers
from channels.postgres.leases import PostgresLeases
from channels.postgres.places import PostgresPlaces
from channels.postgres.streams import PostgresStreams
from channels.receiving import Receive
from channels.settings import ChannelsSettings
from channels.slack.app import SlackApp
from channels.slack.calls import Calls
from channels.slack.courtesies import Courtesies, Prompt, Suggests
from channels.slack.oauth import OAuthParts, OAuthRoutes
from channels.slack.rotation import Rotation
from channels.slack.routes import SlackRoutes
from channels.slack.send import SlackChannel
from channels.slack.socket_mode import SocketMode
from channels.slack.taking import Taking
from channels.streaming import Streaming, StreamingParts
from channels.telegram.acknowledge import Acknowledge
from channels.telegram.poll import PollParts, TelegramPoller
from channels.telegram.routes import TelegramRoutes
from channels.telegram.send import TelegramChannel
from channels.telegram.show import Parts as TelegramParts
from channels.telegram.take import Take
from channels.telegram.wire import Bots
from channels.web.sites import Sites
from core.domain.errors import SwitchboardError
from core.domain.ids import ConversationId, TenantId
from core.domain.messages import Channel
from core.event_log import Partition
from core.partitioning import partition_of
from core.ports import Clock, Live, Transcript
from core.postgres.database import Database
from core.worker import Worker
from deploy.keys import seal_of
from deploy.metrics import PlatformMetrics
from deploy.pollers import Pollers
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
    doors: "Doors"

    @property
    def pushed(self) -> Mapping[str, SlackChannel | TelegramChannel]:
        """Those that are sent to, by their channel."""
        return {Channel.SLACK: self.slack, Channel.TELEGRAM: self.telegram}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The ways in: what platforms bring, and what they are asked for."""

    app: SlackApp
    settings: ChannelsSettings
    accounts: Accounts
    places: Places
    clock: Clock
    session: aiohttp.ClientSession
    leases: Leases
    answers: PostgresAnswers
    acknowledge: Acknowledge
    courtesies: Courtesies
    count: Callable[[str], None]

    def routes(self, receive: Receive) -> Sequence[Routes]:
        """The addresses that platforms tell what happened."""
        found: list[Routes] = [
            SlackRoutes(self.app, self._taking(receive), self.clock, self.count),
            TelegramRoutes(self.accounts, self._take(receive), self.acknowledge, self.clock),
        ]
        if self.app.client_id and self.settings.public_url:
            parts = OAuthParts(
                app=self.app,
                public_url=self.settings.public_url,
                accounts=self.accounts,
                receive=receive,
                clock=self.clock,
                session=self.session,
            )
            found.append(OAuthRoutes(parts))
        return found

    def parts(self, receive: Receive) -> list[Part]:
        """Those who ask platforms that cannot reach us, and keep tokens valid."""
        polling = PollParts(
            take=self._take(receive), acknowledge=self.acknowledge, leases=self.leases
        )
        found: list[Part] = [
            Pollers(
                Channel.TELEGRAM, self.accounts, lambda account: TelegramPoller(account, polling)
            )
        ]
        if self.app.app_token:
            taking = self._taking(receive)
            found.append(SocketMode(self.app, taking, self.clock, self.session))
        if self.app.client_id:
            lock = self.leases.hold
            found.append(Rotation(self.app, self.accounts, self.clock, self.session, lock))
        return found

    def _taking(self, receive: Receive) -> Taking:
        return Taking(self.accounts, self.places, receive, self.courtesies, self.count)

    def _take(self, receive: Receive) -> Take:
        return Take(receive=receive, answers=self.answers, clock=self.clock)


def slack_app(settings: ChannelsSettings) -> SlackApp:
    """The credentials of the configured app."""
    return SlackApp(
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        client_id=settings.slack_client_id,
        client_secret=settings.slack_client_secret.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value(),
        **({"api_url": settings.slack_api_url} if settings.slack_api_url else {}),
    )


def prompts(settings: ChannelsSettings, clock: Clock) -> Suggests:
    """The questions that are offered to a tenant's customers."""
    sites = Sites(settings, clock)

    def suggested(tenant: TenantId, language: str) -> Sequence[Prompt]:
        offered = sites.front(tenant).suggestions
        spoken = offered.get(language.lower().partition("-")[0]) or offered.get("en", ())
        return [Prompt(title=question, message=question) for question in spoken]

    return suggested


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
        bots, calls = Bots(), Calls(session, pacer)
        closing.push_async_callback(bots.close)
        acknowledge = Acknowledge(bots, pacer)
        closing.push_async_callback(acknowledge.close)
        courtesies = Courtesies(calls, places, session, prompts(settings.channels, clock))
        closing.push_async_callback(courtesies.close)
        telegram = TelegramParts(
            outgoings=outgoings,
            places=places,
            streams=streams,
            bots=bots,
            pacer=pacer,
            clock=clock,
        )
        doors = Doors(
            app=slack_app(settings.channels),
            settings=settings.channels,
            accounts=accounts,
            places=places,
            clock=clock,
            session=session,
            leases=PostgresLeases(database),
            answers=PostgresAnswers(database),
            acknowledge=acknowledge,
            courtesies=courtesies,
            count=metrics.slack_taken,
        )
        yield Platforms(
            accounts=accounts,
            places=places,
            slack=SlackChannel(outgoings, streams, calls, clock),
            telegram=TelegramChannel(telegram),
            doors=doors,
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
