"""What agents do in threads in Postgres, and their words on the way to the customer.

What only keeps words back is done in the transaction that hears of it: so an undo that was taken
in time is in time, however long the rest of it waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from core.domain.desk import Button, Deed, Noted, Pressed, Rewrote, TookBack, What, Wrote
from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId
from core.ports import Clock
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from handoff.postgres.handoffs import HANDOFFS
from handoff.surface.mark import is_note
from handoff.surface.thread import DONE, LATE, STAYS, Out, Reply, Thread

REPLY = "desk_reply"
"""The job that lets out what was held; its key is the reply."""
_SQL = beside(__file__)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A deed that is being heard."""

    connection: Connection
    handoff: HandoffId
    deed: Deed


class PostgresHeld:
    """Hears deeds, and keeps words until they may go out."""

    def __init__(
        self, database: Database, clock: Clock, ring: Callable[[str], None], *, note_mark: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._ring = ring
        self._mark = note_mark

    async def hear(self, deed: Deed) -> bool:
        """Store it, once, and keep back what it keeps back; False when the thread is none of ours.

        Raises:
            StoreUnavailable: it is not stored.
        """
        async with self._database.as_service() as connection:
            found = await connection.fetchrow(_SQL.thread, deed.thread.at, deed.thread.root)
        if found is None:
            return False
        tenant, handoff = TenantId(found["tenant"]), HandoffId(found["handoff"])
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            await connection.execute(_SQL.lock, handoff)
            n = await connection.fetchval(_SQL.keep, handoff, tenant, *_columns(deed))
            if n is not None:
                effect = await self._effect(_Heard(connection, handoff, deed))
                await connection.execute(_SQL.effect, n, effect)
        self._ring(HANDOFFS)
        return True

    async def replies(self, thread: Thread) -> Sequence[Reply]:
        """What is not yet seen in the thread as it is, in order."""
        async with self._database.as_tenant(thread.tenant) as connection:
            rows = await connection.fetch(_SQL.replies, thread.handoff)
        return [Reply(**row) for row in rows]

    async def own(self, thread: Thread, message: str, agent: AgentId) -> None:
        """Note who wrote a message."""
        await self._do(thread.tenant, _SQL.owned, thread.handoff, message, agent)

    async def refuse(self, thread: Thread, message: str, why: str) -> None:
        """Keep it back for good, if it is still here."""
        await self._do(thread.tenant, _SQL.refuse, thread.handoff, message, why)

    async def noticing(self, thread: Thread, reply: Reply) -> None:
        """Note that its notice is about to be posted."""
        await self._do(thread.tenant, _SQL.noticing, reply.id)

    async def noticed(self, thread: Thread, reply: Reply, notice: str, due_at: datetime) -> None:
        """Hold it until then, and make it due."""
        await self._do(thread.tenant, _SQL.noticed, reply.id, notice, due_at, REPLY)

    async def shown(self, thread: Thread, reply: Reply) -> None:
        """Note that its state is seen."""
        await self._do(thread.tenant, _SQL.shown, reply.id, reply.state)

    async def let_out(self, tenant: TenantId, key: str) -> Sequence[Out]:
        """What goes out of this reply's thread now, in order; nobody can undo it any more."""
        async with self._database.as_tenant(tenant) as connection:
            rows = await connection.fetch(_SQL.let_out, key, self._clock.now())
        return [_out(row) for row in sorted(rows, key=lambda row: int(row["n"]))]

    async def settle(self, tenant: TenantId, out: Out, state: str, why: str = "") -> None:
        """Note what became of it: sent, or refused."""
        await self._do(tenant, _SQL.settle, out.id, state, why)
        self._ring(HANDOFFS)

    async def _effect(self, heard: _Heard) -> str:
        what = heard.deed.what
        match what:
            case Wrote(text=text):
                await self._wrote(heard, text)
                return ""
            case Rewrote(text):
                return await self._rewrote(heard, text)
            case TookBack():
                effect = await self._kept_back(heard, "undone")
                return await self._changed(heard, "") if effect == LATE else effect
            case Pressed(button=Button.UNDO, about=about):
                found = await heard.connection.fetchval(_SQL.undo, heard.handoff, about)
                return LATE if found is None else DONE
            case Pressed() | Noted():
                return ""
            case never:
                assert_never(never)

    async def _wrote(self, heard: _Heard, text: str) -> None:
        deed, connection = heard.deed, heard.connection
        later = await connection.fetchrow(_SQL.later, heard.handoff, deed.message)
        if later is not None:  # told in another order than it was done
            text = later["text"] if later["kind"] == "rewrote" else ""
        if not text or is_note(text, self._mark):
            return
        fresh = self._clock.new_id()
        await connection.execute(_SQL.hold, heard.handoff, fresh, deed.message, deed.by, text)

    async def _rewrote(self, heard: _Heard, text: str) -> str:
        connection, message = heard.connection, heard.deed.message
        if is_note(text, self._mark):
            return await self._kept_back(heard, "noted")
        if await connection.fetchval(_SQL.reword, heard.handoff, message, text) is not None:
            return DONE
        if await self._changed(heard, text):
            return LATE
        known = await connection.fetchval(_SQL.is_known, heard.handoff, message)
        return STAYS if known else ""

    async def _changed(self, heard: _Heard, text: str) -> str:
        """Hold other words for what the customer has; empty ones withdraw it."""
        message, fresh = heard.deed.message, self._clock.new_id()
        change = f"{message}~{heard.deed.event}"
        values = (heard.handoff, fresh, message, change, text)
        found = await heard.connection.fetchval(_SQL.correct, *values)
        return "" if found is None else LATE

    async def _kept_back(self, heard: _Heard, state: str) -> str:
        connection, message = heard.connection, heard.deed.message
        out = await connection.fetchval(_SQL.is_out, heard.handoff, message)
        found = await connection.fetchval(_SQL.keep_back, heard.handoff, message, state)
        if out:
            return LATE
        return "" if found is None else DONE

    async def _do(self, tenant: TenantId, statement: str, *values: object) -> None:
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(statement, *values)


_KINDS: dict[type[What], str] = {
    Wrote: "wrote",
    Rewrote: "rewrote",
    TookBack: "took_back",
    Noted: "noted",
}


def _columns(deed: Deed) -> tuple[str, str, str, str, str, str, str, int]:
    what = deed.what
    kind = what.button.value if isinstance(what, Pressed) else _KINDS[type(what)]
    return (
        deed.event,
        deed.by,
        deed.message,
        kind,
        getattr(what, "text", ""),
        getattr(what, "about", ""),
        getattr(what, "trigger", ""),
        getattr(what, "files", 0),
    )


def _out(row: Any) -> Out:
    return Out(
        id=row["id"],
        message=row["message"],
        agent=AgentId(row["agent"]),
        epoch=row["epoch"],
        text=row["text"],
        conversation=ConversationId(row["conversation"]),
        language=row["language"],
    )
