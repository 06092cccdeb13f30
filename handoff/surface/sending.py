"""Lets out what was held: once, in order, and only while it is still its author's to say."""

from core.domain.errors import ConversationNotFound
from core.domain.ids import TenantId
from handoff.errors import MoveRefused
from handoff.postgres.acts import PostgresActs, Saying
from handoff.postgres.held import PostgresHeld
from handoff.postgres.jobs import Job
from handoff.surface.cards import client_id, correction
from handoff.surface.deeds import Deeds, actor_of
from handoff.surface.thread import Out


class Sending:
    """Does jobs of the kind REPLY."""

    def __init__(self, held: PostgresHeld, acts: PostgresActs, deeds: Deeds) -> None:
        self._held = held
        self._acts = acts
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
        text = correction(out.text, out.language) if "~" in out.message else out.text
        said = Saying(client_id=client_id(out.message), text=text)
        try:
            await self._acts.reply(actor_of(account), account, out.conversation, said, out.epoch)
        except MoveRefused as refused:
            return str(refused)
        except ConversationNotFound:
            return "The conversation is gone."
        return ""
