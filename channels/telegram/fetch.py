"""Fetches what customers send on Telegram.

Source: https://core.telegram.org/bots/api#getfile
"""

from telegram.error import BadRequest, TelegramError

from channels.accounts import Account
from channels.fetching import Fetch
from channels.happenings import File
from channels.telegram.wire import Bots
from core.domain.errors import DeliveryDelayed
from core.domain.files import MAX_FILE, FileRefused

_AGAIN_S = 5.0


class TelegramFetch(Fetch):
    """By the account's own client."""

    def __init__(self, bots: Bots) -> None:
        self._bots = bots

    async def __call__(self, account: Account, file: File) -> bytes:
        try:
            found = await self._bots.of(account).get_file(file.native)
            if (found.file_size or 0) > MAX_FILE:
                raise FileRefused
            data = await found.download_as_bytearray()
        except BadRequest:  # too big for a bot, or gone
            raise FileRefused from None
        except TelegramError:  # its text may quote an address with the token
            raise DeliveryDelayed(_AGAIN_S) from None
        if len(data) > MAX_FILE:
            raise FileRefused
        return bytes(data)
