"""Takes what Slack told, whichever way it came: who it is for, what happened, and stored."""

from collections.abc import Callable, Mapping, Sequence

from channels.accounts import Account, AccountNotFound, Accounts
from channels.desk import Hears
from channels.happenings import Happening, Said
from channels.places import Places
from channels.receiving import Receive
from channels.slack.desk_parse import deed
from channels.slack.parse import happenings, heard, overheard
from channels.slack.payloads import Payload, identity, is_set, part, parts, text
from core.domain.messages import Channel

After = Callable[[Account, Payload, Sequence[Happening]], None]
"""Begins what may be done when Slack was answered; it returns at once and raises nothing."""
Count = Callable[[str], None]
"""Told what became of a payload: taken, nothing, no_account, rate_limited, unread, forged."""


class Taking:
    """Stores what happened; a payload for a workspace without an account is only counted."""

    def __init__(  # noqa: PLR0913 - its parts
        self,
        accounts: Accounts,
        places: Places,
        receive: Receive,
        after: After = lambda account, payload, found: None,
        count: Count = lambda outcome: None,
        *,
        desk: Hears | None = None,
    ) -> None:
        """Join its parts; what agents do in their threads is for the `desk`, and nobody else."""
        self._accounts = accounts
        self._places = places
        self._receive = receive
        self._after = after
        self._count = count
        self._desk = desk

    async def take(self, payload: Payload, traceparent: str = "") -> None:
        """Store what happened by it; when this returns Slack may be told that it was taken.

        Raises:
            RetryableError: it is not stored; Slack must tell again.
        """
        if text(payload, "type") == "app_rate_limited":
            self._count("rate_limited")
            return
        account = await self._account(payload)
        if account is None:
            self._count("no_account")
            return
        if await self._is_desks(payload, account):
            self._count("taken")
            return
        told = happenings(payload, account)
        found = [heard(one) for one in told if not await self._is_others(one, account)]
        if found:
            await self._receive(account, found, traceparent)
        self._count("taken" if found else "nothing")
        self._after(account, payload, found)

    async def _is_desks(self, payload: Payload, account: Account) -> bool:
        """Whether it was done in a thread in which agents work, and is stored."""
        done = None if self._desk is None else deed(payload, account)
        return self._desk is not None and done is not None and await self._desk.hear(done)

    async def _is_others(self, happening: Happening, account: Account) -> bool:
        """Whether people talk among themselves, in a thread that has no conversation."""
        if not isinstance(happening, Said) or not overheard(happening):
            return False
        at = await self._places.at(account.tenant, Channel.SLACK, happening.address)
        return at is None

    async def _account(self, payload: Payload) -> Account | None:
        for native in _natives(payload):
            try:
                return await self._accounts.at(Channel.SLACK, native)
            except AccountNotFound:
                continue
        return None


def _natives(payload: Payload) -> Sequence[str]:
    """Through which installation it was told, the most certain first, each once.

    In a channel that two workspaces share, `team_id` may be the other one.
    """
    found: list[Mapping[str, object]] = [*parts(payload, "authorizations")[:1], payload]
    ids = [identity(one, "team_id") for one in found]
    ids.insert(1, identity(payload, "context_team_id"))
    ids.append(identity(part(payload, "team"), "id"))
    org = [identity(one, "enterprise_id") for one in found]
    org.append(identity(part(payload, "enterprise"), "id"))
    is_org = any(is_set(one, "is_enterprise_install") for one in found)
    return [*dict.fromkeys(one for one in ((org + ids) if is_org else (ids + org)) if one)]
