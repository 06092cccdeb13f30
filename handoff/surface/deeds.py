"""What agents do in a thread, done: each deed as the person who did it, and each slip said."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.domain.desk import Button
from core.domain.errors import RefusedError
from core.domain.ids import AgentId, TenantId
from core.ports import Clock
from handoff.errors import MoveRefused
from handoff.life import Active, Handoff, is_open, spoken
from handoff.people.account import Account, Actor
from handoff.people.ports import People
from handoff.people.roles import MAY
from handoff.postgres.acts import PostgresActs, Saying
from handoff.postgres.attendance import PostgresAttendance
from handoff.postgres.held import PostgresHeld
from handoff.postgres.surfaces import PostgresSurfaces
from handoff.surface.mark import is_note, without_mark
from handoff.surface.ports import Surface
from handoff.surface.thread import LATE, STAYS, Done, Thread

OpenTicket = Callable[[Actor, Handoff], Awaitable[int]]
"""Opens a ticket for a handoff, once: its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedParts:
    """What deeds are done with."""

    surface: Surface
    threads: PostgresSurfaces
    held: PostgresHeld
    acts: PostgresActs
    people: People
    attendance: PostgresAttendance
    clock: Clock
    note_mark: str
    ticket: OpenTicket


@dataclass(frozen=True, slots=True)
class _Doing:
    """A deed at work."""

    thread: Thread
    handoff: Handoff
    deed: Done
    account: Account

    @property
    def actor(self) -> Actor:
        return actor_of(self.account)


class Deeds:
    """Does what was done in threads; whoever may not is told so, and nothing happens."""

    def __init__(self, parts: DeedParts) -> None:
        self._parts = parts

    async def do(self, thread: Thread, handoff: Handoff, deed: Done) -> None:
        """Do it; perhaps for the second time.

        Raises:
            RetryableError: it is not done, and must be tried again.
        """
        account = await self._account(thread, deed.by)
        if account is None:
            await self._nobody(thread, deed)
            return
        await self._parts.attendance.enter(account)
        await self._parts.threads.present(thread, account.id, self._parts.clock.now())
        doing = _Doing(thread, handoff, deed, account)
        try:
            told = await self._done(doing)
        except MoveRefused as refused:
            told = str(refused)
        if told:
            await self._whisper(thread, deed.by, told)

    async def account(self, tenant: TenantId, agent: AgentId) -> Account | None:
        """An account that may still act; None of who may not."""
        everyone = await self._parts.people.everyone(tenant)
        return next((one for one in everyone if one.id == agent and not one.disabled), None)

    async def _done(self, doing: _Doing) -> str:
        """What whoever did it is told; empty is nothing."""
        match doing.deed.kind:
            case "wrote":
                return await self._wrote(doing)
            case "rewrote" | "took_back" | Button.UNDO:
                return _after(doing.deed)
            case Button.TAKE | Button.RETURN | Button.CLOSE:
                return await self._moved(doing)
            case _:
                return await self._beside(doing)

    async def _moved(self, doing: _Doing) -> str:
        acts, thread = self._parts.acts, doing.thread
        actor, account, talk = doing.actor, doing.account, thread.conversation
        if not is_open(doing.handoff):
            return f"This handoff is over: it is {spoken(doing.handoff.state)}."
        match doing.deed.kind:
            case Button.TAKE:
                await acts.take(actor, account, talk, thread.epoch)
            case Button.RETURN:
                await acts.give_back(actor, account, talk)
            case _:
                await acts.close(actor, account, talk, "")
        return ""

    async def _beside(self, doing: _Doing) -> str:
        deed, thread = doing.deed, doing.thread
        match deed.kind:
            case Button.NOTE:
                await self._parts.surface.ask_note(thread.tenant, thread.at, deed.trigger)
                return ""
            case Button.TICKET:
                return await self._ticket(doing)
            case _:
                event = f"desk:{deed.event}"
                await self._parts.acts.note(
                    doing.actor, thread.conversation, Saying(client_id=event, text=deed.text)
                )
                return "Your note is kept; only colleagues read it."

    async def _wrote(self, doing: _Doing) -> str:
        deed, thread, mark = doing.deed, doing.thread, self._parts.note_mark
        if is_note(deed.text, mark):
            words = without_mark(deed.text, mark)
            event = f"desk:{deed.message}"
            await self._parts.acts.note(
                doing.actor, thread.conversation, Saying(client_id=event, text=words)
            )
            return "A file is not kept with a note." if deed.files else ""
        why = not_yours(doing.handoff, thread, doing.account.id)
        if why:
            await self._parts.held.refuse(thread, deed.message, why)
            return f"Not sent. {why}"
        await self._parts.held.own(thread, deed.message, doing.account.id)
        return "Files are not sent from here; only your words go out." if deed.files else ""

    async def _ticket(self, doing: _Doing) -> str:
        number = await self._parts.ticket(doing.actor, doing.handoff)
        return f"Ticket #{number} is open."

    async def _account(self, thread: Thread, by: str) -> Account | None:
        """Who it is: as it was said here, else by the e-mail address in the chat."""
        person = await self._parts.threads.linked(thread.tenant, by)
        if person is not None:
            return await self.account(thread.tenant, person)
        try:
            email = await self._parts.surface.email(thread.tenant, thread.at.at, by)
        except RefusedError:
            email = None
        if not email:
            return None
        found = await self._parts.people.by_email(thread.tenant, email.strip().lower())
        return found[0] if found else None

    async def _nobody(self, thread: Thread, deed: Done) -> None:
        if deed.kind == Button.UNDO:  # keeping back is for everybody
            await self._whisper(thread, deed.by, _after(deed))
            return
        why = (
            "Nobody here has an account with your e-mail address. Ask a lead to add one, or to run"
            f" `switchboard desk link add {deed.by} EMAIL`."
        )
        await self._parts.held.refuse(thread, deed.message, "Its author has no account.")
        await self._whisper(thread, deed.by, f"Nothing was sent or changed. {why}")

    async def _whisper(self, thread: Thread, to: str, text: str) -> None:
        if text:
            await self._parts.surface.whisper(thread.tenant, thread.at, to, text)


def not_yours(handoff: Handoff, thread: Thread, agent: AgentId) -> str:
    """Why this agent's words do not go out; empty when they do."""
    match handoff.state:
        case Active(owner) if owner == agent:
            return ""
        case Active():
            return f"{thread.agent_name or 'Another agent'} has this conversation."
        case state if is_open(handoff):
            return f"Press Take first: it is {spoken(state)}."
        case state:
            return f"This handoff is over: it is {spoken(state)}."


def actor_of(account: Account) -> Actor:
    """Somebody in a chat, for the audit log."""
    return Actor(
        tenant=account.tenant,
        name=f"person:{account.id}",
        may=MAY[account.role],
        account=account,
    )


def _after(deed: Done) -> str:
    if deed.effect == STAYS:
        return (
            "Nothing was sent: a note stays one, and what was kept back stays here. Write it anew."
        )
    if deed.effect != LATE:
        return ""
    if deed.kind == "rewrote":
        return (
            "The customer has the earlier words already. The new ones take their place there,"
            " which you can undo; words behind the note mark stay here."
        )
    if deed.kind == "took_back":
        return "The customer has it already. It is withdrawn there, which you can undo."
    return "It was too late: the customer has it already. Edit or delete your message instead."
