"""Fetches what customers send in Slack: where a file lies is asked, and it is read with our token.

https://docs.slack.dev/reference/objects/file-object
"""

from urllib.parse import urlsplit

import aiohttp

from channels.accounts import Account
from channels.fetching import Fetch
from channels.happenings import File
from channels.slack.calls import Call, Calls
from channels.slack.payloads import number, part, text
from core.domain.errors import DeliveryDelayed, DeliveryRefused
from core.domain.files import MAX_FILE, FileRefused

_PATIENCE = aiohttp.ClientTimeout(total=60, connect=5)
_AGAIN_S = 5.0
_SLACK = ".slack.com"
_MISSING = 404


class SlackFetch(Fetch):
    """Over the session of the process; our token goes to Slack's own hosts alone."""

    def __init__(self, calls: Calls, session: aiohttp.ClientSession) -> None:
        self._calls = calls
        self._session = session

    async def __call__(self, account: Account, file: File) -> bytes:
        try:
            answer = await self._calls.make(
                account, Call(method="files.info", body={"file": file.native})
            )
        except DeliveryRefused:
            raise FileRefused from None
        about = part(answer, "file")
        address = text(about, "url_private_download") or text(about, "url_private")
        if (number(about, "size") or 0) > MAX_FILE or not _is_slacks(account, address):
            raise FileRefused
        return await self._read(account, address)

    async def _read(self, account: Account, address: str) -> bytes:
        token = account.secrets.get("bot_token", "")
        try:
            async with self._session.get(
                address,
                headers={"Authorization": f"Bearer {token}"},
                timeout=_PATIENCE,
                allow_redirects=False,
            ) as answer:
                if answer.status == _MISSING or answer.content_type == "text/html":
                    raise FileRefused  # a page to sign in on: the file is not for us
                answer.raise_for_status()
                data = await answer.content.read(MAX_FILE + 1)
                while len(data) <= MAX_FILE and not answer.content.at_eof():
                    data += await answer.content.read(MAX_FILE + 1 - len(data))
        except (aiohttp.ClientError, OSError, TimeoutError) as away:
            raise DeliveryDelayed(_AGAIN_S) from away
        if len(data) > MAX_FILE:
            raise FileRefused
        return data


def _is_slacks(account: Account, address: str) -> bool:
    own = urlsplit(account.options.get("api_url", ""))
    there = urlsplit(address)
    if own.netloc and own.netloc == there.netloc:
        return True
    return there.scheme == "https" and f".{there.hostname}".endswith(_SLACK)
