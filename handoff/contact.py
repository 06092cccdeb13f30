"""Where a customer wants the answer to a request that nobody could take."""

import re
from contextlib import suppress
from typing import Protocol

from core.domain.conversation import Bot, TurnContext
from core.domain.ids import ConversationId, HandoffId, TenantId
from core.ports import Contacts
from handoff.errors import MoveRefused

_ADDRESS = re.compile(r"[\w.+%-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}\b")


_NUMBER = re.compile(r"(?<![\w+])\+?\(?\d(?:[\s()./-]{0,2}\d){6,14}(?![\w@])")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_CALL = re.compile(
    r"phone|\bcall\b|\btel\b|mobile|\bcell\b|whatsapp|\breach\b|电话|手机|致电|打给|联系"
    r"|telefon|\bruf|anrufen|appel|llam|móvil",
    re.IGNORECASE,
)
_MOBILE_ZH = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_FEWEST, _MOST = 8, 15  # https://www.itu.int/rec/T-REC-E.164: at most 15 digits


def contact_in(text: str) -> str | None:
    """The e-mail address in what somebody wrote, or the telephone number.

    None when there is none, or more than one. A number without a `+`, a leading 0 or the form of a
    Chinese mobile counts only beside a word such as *call*: others are orders and the like.
    """
    if "@" in text:
        return address_in(text)
    found = {" ".join(one.split()) for one in _NUMBER.findall(text) if _is_number(one, text)}
    return found.pop() if len(found) == 1 else None


def _is_number(one: str, text: str) -> bool:
    digits = re.sub(r"\D", "", one)
    if not _FEWEST <= len(digits) <= _MOST or _DATE.fullmatch(one.strip()):
        return False
    if one.startswith(("+", "0", "(0")) or _MOBILE_ZH.fullmatch(digits):
        return True
    return _CALL.search(text) is not None


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
    """Takes an address or a number, said after a request that nobody took, for where to answer."""

    def __init__(self, requests: Untaken) -> None:
        self._requests = requests

    async def noted(self, context: TurnContext) -> bool:
        talk, address = context.conversation, contact_in(context.question)
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
