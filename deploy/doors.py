"""The ways in: what platforms bring, and what they are asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiohttp

from channels.accounts import Accounts
from channels.desk import Hears
from channels.leases import Leases
from channels.parts import Routes
from channels.places import Places
from channels.postgres.answers import PostgresAnswers
from channels.receiving import Receive
from channels.settings import ChannelsSettings
from channels.slack.app import SlackApp
from channels.slack.courtesies import Courtesies, Prompt, Suggests
from channels.slack.oauth import OAuthParts, OAuthRoutes
from channels.slack.rotation import Rotation
from channels.slack.routes import SlackRoutes
from channels.slack.socket_mode import SocketMode
from channels.slack.taking import Taking
from channels.telegram.acknowledge import Acknowledge
from channels.telegram.poll import PollParts, TelegramPoller
from channels.telegram.routes import TelegramRoutes
from channels.telegram.take import Take
from channels.web.sites import Sites
from core.domain.ids import TenantId
from core.domain.messages import Channel
from core.ports import Clock
from deploy.pollers import Pollers
from deploy.processes import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Of all platforms, for whoever takes what they tell."""

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
    desk: Hears | None = None
    """What hears of agents at work in threads."""

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
        return Taking(
            self.accounts, self.places, receive, self.courtesies, self.count, desk=self.desk
        )

    def _take(self, receive: Receive) -> Take:
        return Take(receive=receive, answers=self.answers, places=self.places, clock=self.clock)


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
