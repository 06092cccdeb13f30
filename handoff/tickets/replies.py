"""What a customer writes again about a ticket: opens one that was done, and may be a comment."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid5

from core.domain.conversation import Bot, TurnContext
from core.domain.messages import Author
from core.domain.understanding import Understanding
from core.ports import Clock, Requests
from handoff.people.account import Actor
from handoff.postgres.practices import PostgresPractices
from handoff.postgres.tickets import PostgresTickets
from handoff.practice import AfterTicket
from handoff.tickets.ticket import DONE, Comment, Concerned
from handoff.tickets.unsolved import belongs, is_about

CUSTOMER = "customer"
"""Who does it, in the audit log and as a comment's author."""


class TicketReplies(Requests):
    """Opens tickets again, in the transaction that makes the words their comments."""

    def __init__(
        self, tickets: PostgresTickets, practices: PostgresPractices, clock: Clock
    ) -> None:
        self._tickets = tickets
        self._practices = practices
        self._clock = clock

    async def heard(self, context: TurnContext, understanding: Understanding) -> bool:
        practice = (await self._practices.of(context.conversation.tenant)).tickets
        if not context.waiting or not (practice.reopen_s or practice.add_replies):
            return False
        found = await self._concerned(context, practice)
        if practice.reopen_s and await self._reopened(context, understanding, found):
            return True
        if practice.add_replies:
            await self._added(context, found)
        return False

    async def _concerned(self, context: TurnContext, practice: AfterTicket) -> Sequence[Concerned]:
        talk = context.conversation
        since = self._clock.now() - timedelta(seconds=practice.reopen_s or 0)
        return await self._tickets.concerned(talk.tenant, talk.id, since, _key(context))

    async def _reopened(
        self, context: TurnContext, understanding: Understanding, found: Sequence[Concerned]
    ) -> bool:
        if not isinstance(context.conversation.owner, Bot):
            return False
        words = context.question
        for one in sorted(found, key=lambda each: not is_about(words, each.ticket)):
            if one.again or (
                one.ticket.state in DONE
                and belongs(
                    words,
                    one.ticket,
                    asks=understanding.asks,
                    behind_notice=_is_behind(context, one.told_seq),
                )
            ):
                first, *rest = _comments(context)
                replies = [_as(_key(context), first), *rest]
                return await self._tickets.reopen(_actor(context), one.ticket.id, replies)
        return False

    async def _added(self, context: TurnContext, found: Sequence[Concerned]) -> None:
        """To the latest one that is not done."""
        ticket = next((one.ticket for one in found if one.ticket.state not in DONE), None)
        if ticket is not None:
            for comment in _comments(context):
                await self._tickets.comment(_actor(context), ticket.id, comment)


def _is_behind(context: TurnContext, told_seq: int | None) -> bool:
    """Whether the words follow the notice, but for thanks and the like and answers to these."""
    if told_seq is None:
        return False
    since = [message for message in context.history if message.seq > told_seq]
    reached = {message.seq for message in (*context.history, *context.waiting)}
    return min(reached) <= told_seq + 1 and all(
        message.author in {Author.CUSTOMER, Author.SYSTEM}
        or (message.author is Author.BOT and not message.sources)
        for message in since
    )


def _comments(context: TurnContext) -> list[Comment]:
    talk = context.conversation.id
    return [
        Comment(
            id=uuid5(talk, f"said:{message.seq}"),
            author=CUSTOMER,
            text=message.text,
            public=True,
            at=message.at + timedelta(microseconds=message.seq),  # channels that count seconds
        )
        for message in context.waiting
    ]


def _key(context: TurnContext) -> UUID:
    """Of the comment that opens a ticket again: by the first message, however the turn goes on."""
    return uuid5(context.conversation.id, f"again:{context.waiting[0].seq}")


def _as(key: UUID, comment: Comment) -> Comment:
    return Comment(id=key, author=comment.author, text=comment.text, public=True, at=comment.at)


def _actor(context: TurnContext) -> Actor:
    return Actor(tenant=context.conversation.tenant, name=CUSTOMER, may=frozenset())
