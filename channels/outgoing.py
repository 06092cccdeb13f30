"""A stored message on its way out, with all that a channel needs to send it."""

from dataclasses import dataclass

from channels.accounts import Account, AccountNotFound, Accounts
from channels.places import Place, Places
from core.domain.errors import ConversationNotFound, DeliveryRefused
from core.domain.events import MessageSent
from core.domain.messages import Channel, Message
from core.ports import Transcript


class CustomerGone(DeliveryRefused):
    """The customer cannot be reached there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message, where it goes, and through whom."""

    message: Message
    place: Place
    account: Account


class Outgoings:
    """Finds what belongs to a record of the outbound topic."""

    def __init__(self, transcript: Transcript, places: Places, accounts: Accounts) -> None:
        self._transcript = transcript
        self._places = places
        self._accounts = accounts

    async def of(self, sent: MessageSent) -> Outgoing:
        """The message with its place and account.

        Raises:
            CustomerGone: nothing can be brought there.
            DeliveryRefused: message or account are gone.
        """
        try:
            found = await self._transcript.since(
                sent.tenant, sent.conversation, sent.seq - 1, limit=1
            )
            place = await self._places.of(sent.tenant, sent.conversation)
        except ConversationNotFound as gone:
            raise DeliveryRefused("the conversation is gone") from gone
        if not found or found[0].seq != sent.seq:
            raise DeliveryRefused("the message is gone")
        if not place.reachable:
            raise CustomerGone
        account = await self.account(place)
        return Outgoing(message=found[0], place=place, account=account)

    async def account(self, place: Place) -> Account:
        """Through whom the place is reached.

        Raises:
            DeliveryRefused: it was removed.
        """
        try:
            found = await self._accounts.named(Channel(place.channel), place.account)
        except AccountNotFound as gone:
            raise DeliveryRefused("its account was removed") from gone
        if found.tenant != place.tenant:
            raise DeliveryRefused("its account is another tenant's now")
        return found
