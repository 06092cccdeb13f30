"""Where on Telegram a conversation is, and how its messages are named there."""

from dataclasses import dataclass, replace

from channels.places import SEPARATOR, Place

DIRECT = "-"
"""In the place of a business connection where the bot speaks for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """One thread of one chat, as one account reaches it.

    An address reads `account/connection/chat/thread`: what happens to a chat, or to a business
    connection, happens to all addresses that begin so.
    """

    account: str
    chat: int
    thread: int = 0
    """Of a forum; 0 outside of its topics."""
    connection: str = ""
    """Of a business account for which the bot speaks; empty where it speaks for itself."""

    @property
    def address(self) -> str:
        return f"{self.beginning}{self.thread}"

    @property
    def beginning(self) -> str:
        """What every address of this chat begins with."""
        return f"{beginning_of(self.account, self.connection)}{self.chat}{SEPARATOR}"

    @property
    def is_private(self) -> bool:
        """Whether one person is there alone with the bot, or with a business."""
        return self.chat > 0

    def moved(self, chat: int) -> "Where":
        """The same after the chat got another id."""
        return replace(self, chat=chat)


def beginning_of(account: str, connection: str) -> str:
    """What every address of a business connection, or of none, begins with."""
    return f"{account}{SEPARATOR}{connection or DIRECT}{SEPARATOR}"


def where(place: Place) -> Where:
    """Read an address of ours.

    Raises:
        ValueError: it is not one.
    """
    *connection, chat, thread = place.parts
    named = SEPARATOR.join(connection)
    return Where(
        account=place.account,
        chat=int(chat),
        thread=int(thread),
        connection="" if named == DIRECT else named,
    )


def native_id(chat: int, message: int) -> str:
    """A message's name in the ledger: numbers of messages mean something within a chat only."""
    return f"{chat}:{message}"


def message_of(native: str) -> tuple[int, int]:
    """Chat and number of a name of ours.

    Raises:
        ValueError: it is not one.
    """
    chat, _, message = native.partition(":")
    return int(chat), int(message)
