"""Where a customer wants the answer to a request that nobody could take."""

import re
from contextlib import suppress
from typing import Protocol

from core.domain.conversation import Bot, TurnContext
from core.domain.ids import ConversationId, HandoffId, TenantId
from core.ports import Contacts
from handoff.errors import MoveRefused

_ADDRESS = re.compile(r"[\w.+%-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}\b")


def address_in(text: str) -> str | None:
    """The e-mail address in what somebody wrote; None when there is none, or more than one.

    Nothing is sent to it before somebody looked at it, so a form that looks like one is enough.
    """
    found = set(_ADDRESS.findall(text))
    return found.pop() if len(found) == 1 else None


class Untaken(Protocol):
    """Requests that nobody took."""

    async def untaken(
        self, tenant: TenantId, conversation: ConversationId
    ) -> tuple[HandoffId, str | None] | None:
        """The latest request, if nobody took it, with where its answer should go."""
        ...

    async def choose(self, tenant: TenantId, handoff: HandoffId, address: str) -> None:
        """Note where the customer wants the answer, and say so.

        Raises:
            MoveRefused: it was noted before, or somebody takes care of it here.
        """
        ...


class MailContacts(Contacts):
    """Takes an e-mail address, written after a request that nobody took, for where to write to."""

    def __init__(self, requests: Untaken) -> None:
        self._requests = requests

    async def noted(self, context: TurnContext) -> bool:
        talk, address = context.conversation, address_in(context.question)
        if address is None or not isinstance(talk.owner, Bot):
            return False
        found = await self._requests.untaken(talk.tenant, talk.id)
        if found is None:
            return False
        handoff, known = found
        if known is None:
            with suppress(MoveRefused):  # another pass of this turn was first
                await self._requests.choose(talk.tenant, handoff, address)
            return True
        return known == address
