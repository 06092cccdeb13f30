"""What a visitor sees: the transcript from their cursor on, and live signs in between."""

from collections.abc import Sequence
from typing import Literal

from channels.parts import GatewayParts
from channels.web.changes import changed_frame
from channels.web.peer import Peer
from channels.web.protocol import (
    DeltaFrame,
    StateFrame,
    TypingFrame,
    Welcome,
    message_frame,
)
from channels.web.states import state_frame
from channels.web.visits import Visit
from core.domain.conversation import Owner, Queue
from core.domain.events import Delta, LiveEvent, OwnerChanged, Stored, Typing
from core.domain.files import KeptFile, may_carry
from core.domain.ids import TurnId
from core.domain.messages import Author, Message
from core.ports import Listening

_PAGE = 100
_SLOWEST = 10
"""An idle conversation is looked at this many times less often than a busy one."""
_TYPING_S = 3.0


class Deltas:
    """Which pieces of an answer a reader may see: those that follow what they have seen of it.

    Who comes in the middle of an answer, or has missed a piece, is shown no more of it; its
    message brings the whole. Pieces that arrive behind their message are late.
    """

    __slots__ = ("_over", "_seen", "_turn", "_withheld")

    def __init__(self, withheld: bool = False) -> None:
        """Begin; `withheld` says that the next turn is not for this reader."""
        self._withheld = withheld
        self._turn: TurnId | None = None
        self._over: TurnId | None = None
        self._seen: int | None = 0
        """Characters of the turn; None when a piece of it is missing."""

    def passes(self, delta: Delta) -> bool:
        """Whether this piece may be shown."""
        if delta.turn == self._over:
            return False
        if delta.turn != self._turn:
            self._turn, self._seen = delta.turn, None if self._withheld else 0
            self._withheld = False
        if delta.at != self._seen:
            self._seen = None
            return False
        self._seen += len(delta.text)
        return True

    def finished(self, turn: TurnId) -> None:
        """The turn's message has been shown."""
        self._withheld = False
        self._over = turn


class Follower:
    """Writes one socket's view of its conversation."""

    __slots__ = (
        "_clock", "_conversation", "_cursor", "_deltas", "_files", "_live", "_owner", "_peer",
        "_people", "_poll_s", "_revised", "_state", "_tenant", "_transcript", "_typing_until",
        "_visit",
    )  # fmt: skip

    def __init__(self, peer: Peer, visit: Visit, parts: GatewayParts) -> None:
        self._peer = peer
        self._visit = visit
        self._tenant = visit.tenant
        self._conversation = visit.conversation.id
        self._transcript = parts.transcript
        self._people = parts.people
        self._clock = parts.clock
        self._live = parts.live
        self._files = parts.files
        self._poll_s = parts.settings.poll_s
        self._cursor = 0
        self._revised = 0
        self._owner: Owner = visit.conversation.owner
        self._state: StateFrame | None = None
        self._deltas = Deltas()
        self._typing_until = float("-inf")

    async def follow(self) -> None:
        """Welcome the visitor, show what they missed, then whatever comes; never returns.

        Raises:
            PeerGone: nobody is there.
            PeerStalled: the visitor has stopped reading.
        """
        async with self._live.listen(self._conversation) as listening:
            await self._begin()
            quiet = 1
            await self._catch_up()
            while True:
                if await self._watch(listening, self._poll_s * quiet):
                    quiet = 1
                    await self._catch_up()
                else:
                    # who waits for a person sees how their place moves
                    waits = isinstance(self._owner, Queue)
                    quiet = 1 if waits else min(quiet * 2, _SLOWEST)
                    await self._look()

    async def _begin(self) -> None:
        # Read after listening has begun: what is not in here will be heard.
        found = await self._transcript.conversation(self._tenant, self._conversation)
        since = self._visit.since
        self._cursor = found.seq if since is None else min(since, found.seq)
        await self._peer.send(
            Welcome(
                conversation=found.id,
                token=self._visit.token,
                seq=found.seq,
                brand=self._visit.front.brand,
                suggestions=self._visit.front.suggestions,
            )
        )
        await self._tell_owner(found.owner)

    async def _look(self) -> None:
        """What a lost sign would have told."""
        found = await self._transcript.conversation(self._tenant, self._conversation)
        if found.seq > self._cursor:
            await self._catch_up()
        else:
            await self._change()
        was_later = self._state is not None and self._state.back_at is not None
        if found.owner != self._owner or isinstance(found.owner, Queue) or was_later:
            await self._tell_owner(found.owner)

    async def _tell_owner(self, owner: Owner) -> None:
        """Tell who owns it and who takes care, unless it was told just so."""
        self._owner = owner
        state = state_frame(owner, await self._people.care(self._tenant, self._conversation))
        if state != self._state:
            self._state = state
            await self._peer.send(state)

    async def _catch_up(self) -> None:
        """Send all messages behind the cursor."""
        while True:
            page = await self._transcript.since(
                self._tenant, self._conversation, self._cursor, _PAGE
            )
            for message in page:
                await self._show(message)
            if len(page) < _PAGE:
                break
        await self._change()

    async def _change(self) -> None:
        """Show how messages read that were changed since, all of them to who comes anew."""
        while True:
            page = await self._transcript.revised(
                self._tenant, self._conversation, self._revised, _PAGE
            )
            for revised in page:
                async with self._peer.order:
                    await self._peer.send(changed_frame(revised))
                self._revised = revised.number
            if len(page) < _PAGE:
                return

    async def _show(self, message: Message) -> None:
        files: Sequence[KeptFile] = ()
        if may_carry(message.text):
            files = await self._files.with_message(self._tenant, self._conversation, message.seq)
        async with self._peer.order:
            await self._peer.send(message_frame(message, files))
        self._cursor = message.seq
        if message.turn is not None:
            self._deltas.finished(message.turn)

    async def _watch(self, listening: Listening, timeout_s: float) -> bool:
        """Pass live signs on until the transcript has news or is due for a look.

        Returns:
            True when there are messages, False when nothing was heard for so long.
        """
        while True:
            event = await listening.next(timeout_s)
            if event is None:
                return False
            if isinstance(event, Stored):
                await self._show_next(event.messages)
                if event.seq > self._cursor:
                    return True
                if event.seq == 0:
                    await self._change()
                continue
            await self._pass_on(event)

    async def _show_next(self, messages: Sequence[Message]) -> None:
        """Show those that follow the cursor without a gap; they need not be read again."""
        for message in messages:
            if message.seq == self._cursor + 1:
                await self._show(message)

    async def _pass_on(self, event: LiveEvent) -> None:
        match event:
            case Delta(turn=turn, text=text):
                if self._deltas.passes(event):
                    await self._peer.send(DeltaFrame(turn=turn, text=text))
                else:
                    await self._typing(Author.BOT)
            case Typing(author=author):
                await self._typing(author)
            case OwnerChanged(owner=owner):
                await self._tell_owner(owner)
            case Stored():
                pass

    async def _typing(self, author: Author) -> None:
        now = self._clock.monotonic()
        if author in (Author.CUSTOMER, Author.SYSTEM) or now < self._typing_until:
            return
        self._typing_until = now + _TYPING_S
        who: Literal["bot", "agent"] = "agent" if author is Author.AGENT else "bot"
        await self._peer.send(TypingFrame(author=who))
