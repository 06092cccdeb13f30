"""Lets out what was held: once, in order, and only while it is still its author's to say."""

from core.domain.errors import ConversationNotFound
from core.domain.ids import TenantId
from handoff.errors import MoveRefused
from handoff.postgres.acts import PostgresActs, Saying
from handoff.postgres.held import PostgresHeld
from handoff.postgres.jobs import Job
from handoff.postgres.revising import Revising, Revision
from handoff.surface.cards import client_id
from handoff.surface.deeds import Deeds, actor_of
from handoff.surface.thread import Out


class Sending:
    """Does jobs of the kind REPLY."""

    def __init__(
        self, held: PostgresHeld, acts: PostgresActs, revising: Revising, deeds: Deeds
    ) -> None:
        self._held = held
        self._acts = acts
        self._revising = revising
        self._deeds = deeds

    async def __call__(self, job: Job) -> None:
        """Bring out all of a thread whose time is over, the first first."""
        for out in await self._held.let_out(job.tenant, job.key):
            why = await self._send(job.tenant, out)
            await self._held.settle(job.tenant, out, "refused" if why else "sent", why)

    async def _send(self, tenant: TenantId, out: Out) -> str:
        """Why it was not sent; empty when it was."""
        account = await self._deeds.account(tenant, out.agent)
        if account is None:
            return "Its author has no account any more."
        actor, talk = actor_of(account), out.conversation
        original, changes, _ = out.message.partition("~")
        try:
            if changes:
                revision = Revision(
                    client_id=client_id(original), text=out.text or None, epoch=out.epoch
                )
                await self._revising.revise(actor, account, talk, revision)
            else:
                said = Saying(client_id=client_id(original), text=out.text)
                await self._acts.reply(actor, account, talk, said, out.epoch)
        except MoveRefused as refused:
            return str(refused)
        except ConversationNotFound:
            return "The conversation is gone."
        return ""
