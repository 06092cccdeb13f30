"""Takes one update, from whichever of the two ways in: a webhook, or a poll."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from channels.accounts import Account
from channels.answers import Answers
from channels.happenings import BotWanted, Happening, TalkRated
from channels.places import Places
from channels.receiving import Receive
from channels.telegram.acknowledge import Press
from channels.telegram.parse import happenings
from channels.telegram.reactions import placed, reacted
from channels.telegram.updates import read
from core.ports import Clock

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What is done with an update before Telegram is told that it was taken."""

    receive: Receive
    answers: Answers
    places: Places
    clock: Clock

    async def __call__(self, account: Account, body: bytes) -> Press | None:
        """Store all that happened by it.

        What is no update, or one in a form of which nothing is known, is left out: Telegram would
        send it again for a day, and hold back everything else of the chat meanwhile.

        Returns:
            The press of a button that waits for a sign, if it was one.

        Raises:
            RetryableError: not all of it is stored; it must come again.
        """
        update = read(body)
        if update is None:
            _log.error("telegram update left out", account=account.name, bytes=len(body))
            return None
        parsed = happenings(update, account, self.clock.now())
        found = await placed(parsed, update, account, self.answers)
        rated = await reacted(update, account, self.answers)
        if rated is not None:
            found = (*found, rated)
        if found:
            await self.receive(account, found)
        pressed = update.callback_query
        if pressed is None:
            return None
        return Press(callback=pressed, is_others=await self._is_others(account, found))

    async def _is_others(self, account: Account, found: Sequence[Happening]) -> bool:
        """Whether somebody pressed what is for another, the customer of a talk, alone."""
        for one in found:
            if isinstance(one, TalkRated | BotWanted):
                at = await self.places.at(account.tenant, account.channel, one.address)
                return at is not None and at.customer != one.customer
        return False
