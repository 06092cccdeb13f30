"""A turn in hand, and what its customer adds to it before anything was shown.

People write in bursts: a question, its second half, a correction. Whatever comes before the first
visible word ends the pass that is under way, and the next pass answers all of it.
"""

import asyncio
from dataclasses import dataclass
from types import TracebackType

from core.domain.conversation import Standing, TurnContext
from core.domain.ids import EventId
from core.domain.turns import Waste
from core.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """How far a turn lets itself be interrupted."""

    most: int = 5
    """Interruptions of one turn: who never stops writing still gets an answer to what was said
    so far, and pays for five unfinished ones at most."""
    within_s: float = 15
    """Since the turn was taken up. People end a burst within seconds; together with the longest
    answer this stays far below the time in which a lane gives a turn up."""


class Outdated(Exception):
    """The conversation has moved on before anything was stored: take the turn again."""


class Burst:
    """One turn in hand, from its first pass to the one that is stored."""

    def __init__(self, clock: Clock, limits: Joining) -> None:
        self._clock = clock
        self._most = limits.most
        self._until = clock.monotonic() + limits.within_s
        self._arrived: set[EventId] = set()
        self._context: TurnContext | None = None
        self._shown = False
        self._writing: _Writing | None = None
        self._interruptions = 0
        self._written = 0
        self._wasted = 0
        self._tried: int | None = None

    @property
    def waste(self) -> Waste:
        """What the passes before this one threw away."""
        return Waste(interruptions=self._interruptions, characters=self._wasted)

    @property
    def only_if_last(self) -> int | None:
        """The `seq` behind which nothing may have been said for this pass to be stored.

        None when more of the burst has to wait for its own turn.
        """
        if self._context is None or self._shown or not self._open:
            return None
        return self._context.conversation.seq

    def begin(self) -> None:
        """A pass begins; what arrived so far is among what it will read."""
        self._arrived.clear()
        self._context = None
        self._shown = False
        self._wasted += self._written
        self._written = 0

    def read(self, context: TurnContext) -> None:
        """The pass has read these."""
        self._context = context
        self._tried = context.waiting[-1].seq

    def tried(self, context: TurnContext) -> TurnContext:
        """What waits, as far as the turn has tried to answer it; all, where it came to nothing.

        Asked again, it is the same messages, whatever came meanwhile.
        """
        if self._tried is None:
            self._tried = context.waiting[-1].seq
        return context.until(self._tried)

    def arrived(self, event: EventId) -> None:
        """Another message of the conversation has its record here; it may have been read."""
        self._arrived.add(event)
        if self._writing is not None and self._joined:
            self._writing.cut()

    def wrote(self, text: str) -> None:
        """The pass has written this."""
        self._written += len(text)

    def writing(self) -> "_Writing":
        """A context that more of the burst ends, as long as nothing was shown.

        Raises:
            Outdated: more has come.
        """
        if self._joined:
            raise Outdated
        self._writing = _Writing()
        return self._writing

    def interrupted(self) -> None:
        """A pass ended as `Outdated`."""
        self._interruptions += 1

    def check(self, standing: Standing) -> None:
        """Hold a pass that is about to show something against the conversation as it is now.

        Raises:
            Outdated: it has a new owner; or more of the burst has come, and nothing was shown.
        """
        if self._context is None:
            return
        found = self._context.conversation
        if standing.epoch != found.epoch:
            raise Outdated
        if not self._shown and self._open and standing.seq != found.seq:
            raise Outdated

    def shown(self) -> None:
        """Something was seen of what the pass writes: nothing joins it any more."""
        self._shown = True
        self._writing = None

    @property
    def _open(self) -> bool:
        return self._interruptions < self._most and self._clock.monotonic() < self._until

    @property
    def _joined(self) -> bool:
        """Whether a message has come that the pass has not read, and may still be joined."""
        return (
            self._context is not None and self._open and not self._arrived <= self._context.events
        )


class _Writing:
    """Cancels what its task awaits, and turns that cancellation into `Outdated`."""

    def __init__(self) -> None:
        self._task: asyncio.Task[object] | None = None
        self._before = 0
        self._was_cut = False

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        if self._task is not None:
            self._before = self._task.cancelling()

    def cut(self) -> None:
        """End it; twice is a no-op."""
        if self._task is not None and not self._was_cut:
            self._was_cut = True
            self._task.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        if task is None or not self._was_cut:
            return
        if task.uncancel() > self._before:  # the turn's time is over, or its lane is gone
            raise asyncio.CancelledError
        raise Outdated from error
