"""One conversation on one page's screen: its messages by a cursor, notes, and who looks at it."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from core.domain.errors import StoreUnavailable
from core.domain.events import Delta, LiveEvent, Stored, Typing
from core.domain.ids import AgentId, ConversationId, TenantId
from core.domain.messages import Author
from core.ports import Clock, Live
from handoff.console.frames import Marked, MessageCame, NoteCame, TypingThere, Viewers, packed
from handoff.console.peer import Peer
from handoff.console.views import Mark, Viewer
from handoff.postgres.inbox import PostgresInbox
from handoff.postgres.marks import PostgresMarks
from handoff.postgres.talks import PostgresTalks

_PAGE = 100
_POLL_S = 5.0
_VIEW_S = 20.0
"""A socket that says nothing for so long shows nothing."""
_TYPES_S = 6.0
_BOT_TYPES_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchParts:
    """What watching is done with."""

    live: Live
    clock: Clock
    talks: PostgresTalks
    inbox: PostgresInbox
    marks: PostgresMarks


class Watcher:
    """Writes one socket's view of one conversation."""

    def __init__(
        self,
        peer: Peer,
        parts: WatchParts,
        tenant: TenantId,
        conversation: ConversationId,
        who: tuple[UUID, AgentId],
    ) -> None:
        """Join its parts; `who` is the socket and its agent."""
        self._peer = peer
        self._parts = parts
        self._tenant = tenant
        self.conversation = conversation
        self._who = who
        self._cursor = 0
        self._noted = 0
        self._viewers: list[Viewer] | None = None
        self._marks: dict[int, Mark] = {}
        self._bot_types_until = float("-inf")

    async def follow(self, since: int) -> None:
        """Send what is behind a message, then whatever comes; never returns.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
            PeerGone: nobody is there.
        """
        self._cursor = since
        async with self._parts.live.listen(self.conversation) as listening:
            await self.view(types_s=0)
            self._nudge()
            await self._catch_up()
            await self._catch_up_notes(since)
            await self._catch_up_marks()
            while True:
                event = await listening.next(_POLL_S)
                if event is None:
                    await self.view(types_s=0)
                await self._take(event)

    async def view(self, types_s: float = _TYPES_S) -> None:
        """This conversation is on the screen, and somebody types in it for so long."""
        seconds = (_VIEW_S, types_s)
        await self._parts.talks.view(self._tenant, self.conversation, self._who, seconds)

    async def types(self) -> None:
        """The agent writes: colleagues see it, and the customer if the conversation is theirs."""
        await self.view()
        self._nudge()
        (row,) = await self._parts.inbox.rows(self._tenant, [self.conversation])
        if row.owner.agent == self._who[1]:
            told = Typing(conversation=self.conversation, author=Author.AGENT)
            self._parts.live.tell(told)

    async def leave(self) -> None:
        """It is not on this screen any more; nothing follows it by now."""
        with suppress(StoreUnavailable):  # it is over by itself in some seconds
            await self._parts.talks.leave(self._tenant, self.conversation, self._who[0])
        self._nudge()

    async def _take(self, event: LiveEvent | None) -> None:
        match event:
            case Typing(author=Author.CUSTOMER):
                await self._typing(Author.CUSTOMER)
            case Typing(author=Author.BOT) | Delta():
                await self._bot_types()
            case Typing():
                pass
            case Stored(seq=seq) if seq <= self._cursor:
                await self._catch_up_notes()
                await self._catch_up_marks()
            case _:
                await self._catch_up()
                await self._catch_up_notes()
                await self._catch_up_marks()

    async def _catch_up(self) -> None:
        while True:
            page = await self._parts.talks.after(
                self._tenant, self.conversation, self._cursor, _PAGE
            )
            if page:
                frames = [
                    packed(MessageCame(conversation=self.conversation, message=one))
                    for one in page
                ]
                await self._peer.send(*frames)
                self._cursor = page[-1].seq
            if len(page) < _PAGE:
                return

    async def _catch_up_notes(self, seq: int = 0) -> None:
        """Notes that were not sent, and who looks at it now."""
        talks, conversation = self._parts.talks, self.conversation
        for n, note in await talks.notes(self._tenant, conversation, self._noted, seq):
            await self._peer.send(packed(NoteCame(conversation=conversation, note=note)))
            self._noted = n
        there = await talks.viewers(self._tenant, conversation)
        if there != self._viewers:
            self._viewers = there
            await self._peer.send(packed(Viewers(conversation=conversation, viewers=there)))

    async def _catch_up_marks(self) -> None:
        """What has become of messages that the page has, where that was not told yet."""
        conversation = self.conversation
        found = await self._parts.marks.upto(self._tenant, conversation, self._cursor)
        fresh = [mark for mark in found if self._marks.get(mark.seq) != mark]
        if fresh:
            await self._peer.send(packed(Marked(conversation=conversation, marks=fresh)))
            self._marks = {mark.seq: mark for mark in found}

    async def _bot_types(self) -> None:
        now = self._parts.clock.monotonic()
        if now >= self._bot_types_until:
            self._bot_types_until = now + _BOT_TYPES_S
            await self._typing(Author.BOT)

    async def _typing(self, author: Author) -> None:
        told = TypingThere(conversation=self.conversation, author=author.value)
        await self._peer.send(packed(told))

    def _nudge(self) -> None:
        """Others look again: there is no new message, but there is something."""
        self._parts.live.tell(Stored(conversation=self.conversation, seq=0))
