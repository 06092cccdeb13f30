"""A stored message on its way out, with all that a channel needs to send it."""

from dataclasses import dataclass, replace

from channels.accounts import Account, AccountNotFound, Accounts
from channels.files import Files
from channels.places import Place, Places
from core.domain.errors import ConversationNotFound, DeliveryRefused
from core.domain.events import MessageSent
from core.domain.files import KeptFile, may_carry, without
from core.domain.messages import Author, Channel, Message
from core.ports import Transcript


class CustomerGone(DeliveryRefused):
    """The customer cannot be reached there any more."""


class MessageWithdrawn(CustomerGone):
    """It is not to be sent any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message, where it goes, and through whom."""

    message: Message
    place: Place
    account: Account
    files: tuple[KeptFile, ...] = ()
    """Those that an agent sent with it; its words name them."""

    @property
    def beside_files(self) -> Message:
        """The message where its files are seen themselves: it names them no more."""
        names = [file.name for file in self.files]
        return replace(self.message, text=without(names, self.message.text))


class Outgoings:
    """Finds what belongs to a record of the outbound topic."""

    def __init__(
        self, transcript: Transcript, places: Places, accounts: Accounts, files: Files
    ) -> None:
        self._transcript = transcript
        self._places = places
        self._accounts = accounts
        self._files = files

    async def of(self, sent: MessageSent) -> Outgoing:
        """The message with its place and account.

        Raises:
            CustomerGone: nothing can be brought there.
            MessageWithdrawn: it was taken back before it was brought there.
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
        if not found[0].text and not sent.revision and found[0].author is Author.AGENT:
            raise MessageWithdrawn
        if not place.reachable:
            raise CustomerGone
        account = await self.account(place)
        message = found[0]
        files = await self._files_of(sent, message)
        return Outgoing(message=message, place=place, account=account, files=files)

    async def data_of(self, outgoing: Outgoing, file: KeptFile) -> bytes:
        """A file's bytes.

        Raises:
            DeliveryRefused: it was erased.
        """
        found = await self._files.read(outgoing.place.tenant, file.id)
        if found is None:
            raise DeliveryRefused("the file is gone")
        return found[1]

    async def _files_of(self, sent: MessageSent, message: Message) -> tuple[KeptFile, ...]:
        if message.author is not Author.AGENT or not may_carry(message.text):
            return ()
        return await self._files.with_message(sent.tenant, sent.conversation, sent.seq)

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
