"""Keeps threads as their conversations are: round after round, one thread after the other.

A round compares what a thread shows with what there is, so nothing is lost with an event, a
process or a refusal of the chat; and before anything is said a second time, the chat is asked
whether it stands there already.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from core.domain.desk import Button
from core.domain.errors import RefusedError, RetryableError
from core.ports import Clock
from core.postgres.bell import Ear
from core.postgres.failures import BROKEN
from handoff.console.views import Card
from handoff.errors import HandoffNotFound
from handoff.life import Handoff
from handoff.postgres.handoffs import PostgresHandoffs
from handoff.postgres.held import PostgresHeld
from handoff.postgres.surfaces import PostgresSurfaces
from handoff.surface.cards import Custom, card, notice, words
from handoff.surface.deeds import Deeds
from handoff.surface.ports import Surface
from handoff.surface.thread import Reply, Thread

Brief = Callable[[Thread], Awaitable[Card | None]]
"""What is told of a conversation to whoever takes it."""
_AT_ONCE = 8
_LEASE_S = 60.0
_MESSAGES = 10
_MORE_S, _SOON_S, _LATER_S = 0.2, 3.0, 60.0
"""What a chat took without saying so may be seen a little later."""
_PRESENT_S = 20.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingParts:
    """What threads are served with."""

    threads: PostgresSurfaces
    held: PostgresHeld
    handoffs: PostgresHandoffs
    deeds: Deeds
    surface: Surface
    brief: Brief
    clock: Clock
    ear: Ear
    """Wakes it when a handoff moved or something was heard; it is closed at the end."""
    custom: Custom
    present_s: float = 1800
    """Who did something in a thread is taken to be there for so long."""
    poll_s: float = 1
    """It looks again after so long, whether it was woken or not."""


class Serving:
    """Run it in a task; it ends after `stop`. Any number of processes may do so at a time."""

    def __init__(self, parts: ServingParts) -> None:
        self._parts = parts
        self._threads = parts.threads
        self._held = parts.held
        self._surface = parts.surface
        self._clock = parts.clock
        self._looked_at = float("-inf")
        self._stopping = False

    async def run(self) -> None:
        """Serve all threads until `stop`."""
        try:
            while not self._stopping:
                self._parts.ear.clear()
                try:
                    await self.turn()
                except (RetryableError, *BROKEN) as away:
                    _log.warning("threads wait for their database", error=type(away).__name__)
                await self._parts.ear.wait(self._parts.poll_s)
        finally:
            self._parts.ear.close()

    def stop(self) -> None:
        """Begin to end. Twice is a no-op."""
        self._stopping = True
        self._parts.ear.wake()

    async def turn(self) -> int:
        """One round: how many threads were looked at."""
        await self._keep_present()
        now, lease = self._clock.now(), self._clock.new_id()
        until = now + timedelta(seconds=_LEASE_S)
        due = await self._threads.claim(now, until, lease, _AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            for tenant, handoff in due:
                thread = await self._threads.look(tenant, handoff, lease)
                if thread is not None:
                    tasks.create_task(self._serve(thread))
        return len(due)

    async def _keep_present(self) -> None:
        if self._clock.monotonic() - self._looked_at < _PRESENT_S:
            return
        self._looked_at = self._clock.monotonic()
        now = self._clock.now()
        await self._threads.keep_present(now, now - timedelta(seconds=self._parts.present_s))

    async def _serve(self, thread: Thread) -> None:
        """One thread; what fails is tried again later, whatever it was."""
        wait_s, quiet = 0.0, False
        try:
            async with asyncio.timeout(_LEASE_S / 2):
                quiet = await self._bring_up_to_date(thread)
                wait_s = 0.0 if quiet else _MORE_S
        except HandoffNotFound:  # erased with its conversation
            return
        except Exception as failed:  # noqa: BLE001 - one thread's fault must not stop the others
            _log.warning("thread is behind", handoff=thread.handoff, error=type(failed).__name__)
            wait_s = _LATER_S if isinstance(failed, RefusedError) else _SOON_S
            wait_s = getattr(failed, "retry_after_s", None) or wait_s
        at = self._clock.now() + timedelta(seconds=wait_s)
        await self._threads.release(thread, at, quiet=quiet)

    async def _bring_up_to_date(self, thread: Thread) -> bool:
        """All of it, in the order in which it is read; False when some of it is left."""
        handoff = await self._parts.handoffs.get(thread.tenant, thread.handoff)
        thread = await self._open(thread, handoff)
        quiet = await self._show(thread)
        quiet = await self._do(thread) and quiet
        for reply in await self._held.replies(thread):
            await self._notify(thread, reply)
        after = await self._parts.handoffs.get(thread.tenant, thread.handoff)
        if after.version != thread.shown:
            fresh = await self._threads.look(thread.tenant, thread.handoff, thread.lease)
            await self._recard(fresh or thread, after)
        return quiet

    async def _open(self, thread: Thread, handoff: Handoff) -> Thread:
        if thread.at.root:
            return thread
        await self._threads.opening(thread)
        root = await self._surface.post(
            thread.tenant,
            thread.at,
            card(handoff, thread, await self._parts.brief(thread), self._parts.custom),
            f"handoff:{thread.handoff}",
            perhaps=thread.opening,
        )
        # what stands there from before may be of another version
        version = -1 if thread.opening else handoff.version
        await self._threads.opened(thread, root, version)
        return replace(thread, at=replace(thread.at, root=root), shown=version)

    async def _recard(self, thread: Thread, handoff: Handoff) -> None:
        posting = card(handoff, thread, await self._parts.brief(thread), self._parts.custom)
        await self._surface.change(thread.tenant, thread.at, thread.at.root, posting)
        await self._threads.carded(thread, handoff.version)

    async def _show(self, thread: Thread) -> bool:
        """What was said and is not seen yet; whether that was all of it."""
        bound = int(thread.trying.partition("-")[2]) if thread.trying else thread.seq
        said = await self._threads.messages(thread, bound, _MESSAGES)
        if not said:
            return True
        last, posting = said[-1].seq, words(said)
        if posting is not None:
            which = f"{thread.upto}-{last}"
            await self._threads.trying(thread, which)
            mark = f"said:{thread.handoff}:{which}"
            perhaps = bool(thread.trying)
            await self._surface.post(thread.tenant, thread.at, posting, mark, perhaps=perhaps)
        await self._threads.upto(thread, last)
        return len(said) < _MESSAGES

    async def _do(self, thread: Thread) -> bool:
        """What agents did, in order; False when one waits for what is held."""
        for deed in await self._threads.deeds(thread):
            ends = deed.kind in {Button.CLOSE, Button.RETURN}
            if ends and any(_is_under_way(one) for one in await self._held.replies(thread)):
                return False
            fresh = await self._threads.look(thread.tenant, thread.handoff, thread.lease)
            if fresh is None:
                return False
            handoff = await self._parts.handoffs.get(thread.tenant, thread.handoff)
            await self._parts.deeds.do(fresh, handoff, deed)
            await self._threads.deed_done(thread, deed)
        return True

    async def _notify(self, thread: Thread, reply: Reply) -> None:
        tenant, at = thread.tenant, thread.at
        if reply.state == "new":
            if reply.agent is None:
                return
            await self._held.noticing(thread, reply)
            stands = await self._surface.post(
                tenant,
                at,
                notice(reply, self._parts.custom),
                f"reply:{reply.id}",
                perhaps=reply.trying,
            )
            due_at = self._clock.now() + timedelta(seconds=self._parts.custom.hold_s)
            await self._held.noticed(thread, reply, stands, due_at)
            return
        if reply.notice and reply.state != "held":
            await self._surface.change(tenant, at, reply.notice, notice(reply, self._parts.custom))
            if reply.state == "refused":
                await self._surface.whisper(tenant, at, reply.by, f"Not sent. {reply.why}")
        await self._held.shown(thread, reply)


def _is_under_way(reply: Reply) -> bool:
    return reply.agent is not None and reply.state in {"new", "held", "sending"}
