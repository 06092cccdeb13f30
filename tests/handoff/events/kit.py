"""Endpoints and whoever tells them, over a real store."""

from prometheus_client import CollectorRegistry

from core.domain.ids import ConversationId, TenantId
from core.postgres.bell import Bell
from core.sealing import Seal, new_key
from handoff.connectors.calling import Caller
from handoff.events.endpoint import Endpoint
from handoff.events.metrics import EventMetrics
from handoff.events.telling import Pace, Telling, TellingParts
from handoff.life import Handoff
from handoff.moves import Claim, Close
from handoff.postgres.audit import Notary
from handoff.postgres.briefs import Brief, PostgresBriefs
from handoff.postgres.endpoints import PostgresEndpoints, Progress
from handoff.postgres.events import PostgresEvents
from handoff.postgres.inbox import PostgresInbox
from tests.builders import TENANT
from tests.fakes.other_desk import SECRET, FakeOtherDesk
from tests.handoff.cast import ANN
from tests.handoff.stage import Stage
from tests.handoff.tickets.kit import ANN as OPERATOR
from tests.handoff.tickets.kit import SEALING

PACE = Pace(poll_s=0.05, timeout_s=30, tries=3)


class Told:
    """One store, and another desk that hears of what happens there."""

    def __init__(self, stage: Stage, desk: FakeOtherDesk, caller: Caller, bell: Bell) -> None:
        self.stage = stage
        self.desk = desk
        self.caller = caller
        self.bell = bell
        self.events = PostgresEvents(stage.database, stage.clock)
        self.endpoints = endpoints_of(stage, Seal([new_key()]))
        self.telling = self.another_process()

    def another_process(self, pace: Pace = PACE) -> Telling:
        rows, briefs = PostgresInbox(self.stage.database), PostgresBriefs(self.stage.database, 0.3)

        async def brief(tenant: TenantId, conversation: ConversationId) -> Brief | None:
            found = await rows.rows(tenant, [conversation])
            return await briefs.of(tenant, found[0], self.stage.clock.now()) if found else None

        return Telling(
            TellingParts(
                events=self.events,
                endpoints=self.endpoints,
                brief=brief,
                caller=self.caller,
                clock=self.stage.clock,
                chance=lambda: 0.5,
                ear=self.bell.ear("handoffs"),
                metrics=EventMetrics(CollectorRegistry()),
                pace=pace,
            )
        )

    async def connect(
        self, name: str = "there", url: str = "", *, private: bool = True
    ) -> Endpoint:
        address = url or self.desk.url
        return await self.endpoints.keep(OPERATOR, name, address, SECRET, private=private)

    async def remove(self) -> None:
        await self.endpoints.remove(OPERATOR, "there")

    async def replay(self) -> int:
        return await self.endpoints.replay(OPERATOR, "there")

    async def tell(self, *, after_s: float = 0) -> None:
        """All that is due, at once or some seconds later."""
        self.stage.clock.passed_s += after_s
        while await self.telling.turn():
            pass

    async def closed(self, handoff: Handoff) -> Handoff:
        """Taken and closed by Ann."""
        taken = await self.stage.handoffs.apply(handoff, Claim(agent=ANN, name="Ann"))
        assert taken is not None
        after = await self.stage.handoffs.apply(taken, Close(agent=ANN, name="Ann"))
        assert after is not None
        return after

    async def progress(self, name: str = "there") -> Progress:
        (found,) = [p for p in await self.endpoints.everyone(TENANT) if p.endpoint.name == name]
        return found


def endpoints_of(stage: Stage, seal: Seal) -> PostgresEndpoints:
    notary = Notary(SEALING, stage.clock)
    return PostgresEndpoints(stage.database, stage.clock, seal=seal, notary=notary)
