"""A team on a played Slack, customers on the web, and a service between them that may restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp

from channels.pacing import Pacer
from channels.slack.calls import Calls
from channels.slack.desk import SlackDesk
from core.domain.ids import ConversationId
from core.domain.messages import Author
from core.models.prompt import Prompt
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.signals import Signals
from core.tickets.draft import PROMPTS
from deploy.hearing import hearing
from deploy.surface import SurfaceGround, SurfaceParts, surface_parts
from handoff.due import Due
from handoff.life import Handoff, Wants
from handoff.people.account import Account, Actor, Link, NewAccount
from handoff.people.audit import Sealing
from handoff.people.roles import Permission, Role
from handoff.postgres.acts import Parts, PostgresActs
from handoff.postgres.audit import Notary
from handoff.postgres.handoffs import HANDOFFS
from handoff.postgres.people import PostgresPeople
from handoff.postgres.surfaces import PostgresSurfaces
from handoff.postgres.telling import Telling
from handoff.postgres.tickets import PostgresTickets
from handoff.settings import HandoffSettings
from handoff.tickets.opening import Opening
from tests.builders import TENANT
from tests.channels.slack.kit import Caller, Kit
from tests.channels.slack.payloads import an_account
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import Shown
from tests.handoff.stage import Stage

TEAM_CHANNEL = "C0DESK"
ANN, BO, EVE = "U0ANN", "U0BO", "U0EVE"
SETUP = Actor(tenant=TENANT, name="setup", may=frozenset(Permission))
HOLD_S = 5.0
PEOPLE = {ANN: "Ann", BO: "Bo"}
"""Whose accounts there are; Eve is in the channel and has none."""


@dataclass
class Team:
    """All of it; time is the clock's."""

    stage: Stage
    slack: FakeSlack
    caller: Caller
    session: aiohttp.ClientSession
    kit: Kit
    bell: Bell
    accounts: dict[str, Account] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.notary = Notary(Sealing([b"key"]), self.stage.clock)
        self.people = PostgresPeople(self.stage.database, self.stage.clock, self.notary)
        self.threads = PostgresSurfaces(self.stage.database)
        self.parts = self.restart()
        self.acts = PostgresActs(
            Parts(
                database=self.stage.database,
                clock=self.stage.clock,
                notary=self.notary,
                live=self.stage.live,
                ring=self.stage.rung.append,
            )
        )

    def restart(self) -> SurfaceParts:
        """Another process, which knows what is stored and nothing else."""
        stage, clock = self.stage, self.stage.clock
        ground = SurfaceGround(
            database=stage.database,
            clock=clock,
            ring=stage.rung.append,
            live=stage.live,
            notary=self.notary,
            people=self.people,
            practices=stage.practices,
            handoffs=stage.another_process(),
            opening=self._opening(),
            settings=HandoffSettings(desk_hold_s=HOLD_S),
        )
        calls = Calls(self.session, Pacer(clock, clock.sleep), patience_s=0.5)
        desk = SlackDesk(self.kit.accounts, calls)
        self.parts = surface_parts(ground, desk, self.bell.ear(HANDOFFS))
        self.due = Due(stage.jobs, self.parts.handlers)
        return self.parts

    def _opening(self) -> Opening:
        stage = self.stage
        telling = Telling(
            stage.clock,
            stage.rung.append,
            live=stage.live,
            practices=stage.practices,
            notary=self.notary,
        )
        tickets = PostgresTickets(stage.database, stage.clock, telling=telling)
        prompt = Prompt.load("ticket", PROMPTS)
        return Opening(tickets=tickets, transcript=stage.conversations, model=None, prompt=prompt)

    # --- the service ----------------------------------------------------------------------

    async def serve(self, rounds: int = 3) -> None:
        """Some rounds of the desk, a second between them."""
        for _ in range(rounds):
            await self.parts.serving.turn()
            self.stage.clock.passed_s += 0.25

    async def wait(self, seconds: float = HOLD_S) -> None:
        """The time passes, what is due is done, and seen."""
        self.stage.clock.passed_s += seconds
        await self.due.turn()
        await self.serve(2)

    async def tell(self, payload: dict[str, Any]) -> None:
        """Slack tells, and the desk does what follows."""
        await self.hears(payload)
        await self.serve()

    async def hears(self, payload: dict[str, Any]) -> None:
        """Slack tells, and nobody has looked at it yet."""
        send = self.caller.event if payload["type"] == "event_callback" else self.caller.action
        assert await send(payload) == 200

    # --- what people do -------------------------------------------------------------------

    async def asked(self, address: str = "1", **wants: Any) -> Handoff:
        """A customer asks for a person, and the thread is there."""
        opened = await self.stage.a_conversation(address=address)
        await self.stage.customer_says(opened.id, "My parcel is lost")
        wanted = Wants(**{"reason": "asked for a person"} | wants)
        handoff = await self.stage.handoffs.request(TENANT, opened.id, wanted)
        await self.serve()
        return handoff

    async def taken(self, user: str = ANN) -> Handoff:
        """Somebody has pressed Take."""
        handoff = await self.asked()
        await self.tell(self.slack.desk.presses(user, "take", self.card()))
        return await self.stage.handoffs.get(TENANT, handoff.id)

    async def writes(self, user: str, text: str, **more: Any) -> dict[str, Any]:
        """Somebody writes in the thread."""
        written = self.slack.desk.writes(user, text, self.card(), **more)
        await self.tell(written)
        return written

    # --- what is seen ---------------------------------------------------------------------

    def card(self, number: int = 0) -> Shown:
        return self.slack.desk.cards(TEAM_CHANNEL)[number]

    def thread(self, number: int = 0) -> list[Shown]:
        """What we said below the card."""
        bot = self.slack.state.bot
        shown = self.slack.state.in_thread(TEAM_CHANNEL, self.card(number).ts)
        return [one for one in shown if one.user == bot]

    def notices(self) -> list[Shown]:
        """What stands below agents' replies."""
        return [one for one in self.thread() if one.words.startswith("*")]

    async def customer_reads(self, conversation: ConversationId) -> list[str]:
        """Agents' words that are out."""
        said = await self.stage.transcript(conversation)
        return [one.text for one in said if one.author is Author.AGENT]

    async def revisions(self) -> list[tuple[str, bool]]:
        """What agents' messages read before, and whether they are withdrawn now."""
        rows = await self.stage.rows(
            "SELECT r.text, m.deleted_at IS NOT NULL AS gone FROM message_revisions AS r"
            " JOIN messages AS m USING (conversation, seq) ORDER BY r.n"
        )
        return [(row["text"], row["gone"]) for row in rows]

    async def notes(self, conversation: ConversationId) -> list[str]:
        rows = await self.stage.rows(
            "SELECT text FROM notes WHERE conversation = $1 ORDER BY n", conversation
        )
        return [row["text"] for row in rows]


@asynccontextmanager
async def a_team(database: Database) -> AsyncIterator[Team]:
    stage = Stage(database)
    await stage.prepare()
    signals = await Signals.open(database)
    bell = await Bell.open(signals)
    async with FakeSlack.start(stage.clock.monotonic) as slack, aiohttp.ClientSession() as session:
        kit = Kit(database)
        kit.desk = hearing(database, stage.clock, stage.rung.append, HandoffSettings())
        await kit.keep(an_account(api_url=slack.api_url))
        async with kit.serving() as caller:
            team = Team(stage, slack, caller, session, kit, bell)
            await _people(team)
            yield team
    await bell.close()
    await signals.close()


async def _people(team: Team) -> None:
    team.slack.state.channels[TEAM_CHANNEL] = []
    for user, name in PEOPLE.items():
        new = NewAccount(email=f"{name.lower()}@acme.example", name=name, role=Role.AGENT)
        link = Link(user * 8, timedelta(hours=1))
        team.accounts[user] = await team.people.add(SETUP, new, link)
        team.slack.desk.add(user, f"{name}@acme.example")
    team.slack.desk.add(EVE, "eve@acme.example")
    await team.threads.place(TENANT, "", f"acme/{TEAM_CHANNEL}")
