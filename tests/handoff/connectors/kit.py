"""A connector of each kind, over a real store and a fake of its tracker."""

from collections.abc import Callable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry

from core.domain.ids import ConversationId
from core.http.json import errors
from core.sealing import Seal, new_key
from handoff.connectors.calling import Caller
from handoff.connectors.hooks import Allowance, HookRoutes
from handoff.connectors.kinds import Configured
from handoff.connectors.metrics import TrackerMetrics
from handoff.connectors.parts import Secrets
from handoff.connectors.work import Pace, Work
from handoff.postgres.audit import Notary
from handoff.postgres.connectors import PostgresConnectors
from handoff.postgres.links import Place, PostgresLinks
from handoff.tickets.ticket import Ticket
from tests.builders import TENANT
from tests.fakes.github import FakeGitHub
from tests.fakes.jira import FakeJira
from tests.fakes.trackers import HOOK, TOKEN, FakeTracker
from tests.fakes.webhook_receiver import FakeReceiver
from tests.fakes.zammad import FakeZammad
from tests.fakes.zendesk import FakeZendesk
from tests.handoff.stage import Stage
from tests.handoff.tickets.kit import ANN, SEALING, a_ticket, tickets_of

TRACKERS: Mapping[str, Callable[[], FakeTracker]] = {
    "jira-cloud": FakeJira,
    "jira-server": lambda: FakeJira("server"),
    "zendesk": FakeZendesk,
    "github": FakeGitHub,
    "zammad": FakeZammad,
    "webhook": FakeReceiver,
}
PACE = Pace(poll_s=0.05, settle_s=20)


class Desk:
    """Tickets, one connector, and its tracker."""

    def __init__(self, stage: Stage, tracker: FakeTracker, caller: Caller) -> None:
        self.stage = stage
        self.tracker = tracker
        self.caller = caller
        self.tickets = tickets_of(stage)
        self.links = PostgresLinks(stage.database, stage.clock)
        self.connectors = self.connectors_with(Seal([new_key()]))
        self.work = self.another_process()

    def connectors_with(self, seal: Seal) -> PostgresConnectors:
        clock = self.stage.clock
        notary = Notary(SEALING, clock)
        return PostgresConnectors(self.stage.database, clock, seal=seal, notary=notary)

    def another_process(self) -> Work:
        return Work(
            tickets=self.tickets,
            links=self.links,
            connectors=self.connectors,
            caller=self.caller,
            clock=self.stage.clock,
            metrics=TrackerMetrics(CollectorRegistry()),
            pace=PACE,
        )

    async def connect(self, mapping: str = "", token: str = TOKEN) -> Configured:
        source = mapping or self.tracker.mapping()
        return await self.connectors.keep(ANN, "there", source, Secrets(token=token, hook=HOOK))

    async def opened(self, conversation: ConversationId | None = None) -> Ticket:
        return await self.tickets.open(ANN, a_ticket(conversation, told=True))

    async def opened_as(self, origin: str) -> Ticket:
        return await self.tickets.open(ANN, a_ticket(origin=origin))

    async def place(self, ticket: Ticket) -> Place:
        (found,) = await self.links.places(TENANT, ticket.id)
        return found

    async def do(self, *, after_s: float = 0) -> None:
        """All that is due, at once or some seconds later."""
        self.stage.clock.passed_s += after_s
        while await self.work.turn():
            pass

    async def heard(self, conversation: ConversationId) -> list[str]:
        return [one.text for one in await self.stage.transcript(conversation)]

    def app(
        self, from_address: Allowance = lambda _who: 0, for_connector: Allowance = lambda _who: 0
    ) -> web.Application:
        made = web.Application(middlewares=[errors])
        HookRoutes(
            connectors=self.connectors,
            links=self.links,
            tickets=self.tickets,
            clock=self.stage.clock,
            ring=lambda _topic: self.work.wake(),
            from_address=from_address,
            for_connector=for_connector,
        ).add_to(made.router)
        return made
