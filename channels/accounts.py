"""Accounts: the workspaces and bots through which tenants are on a platform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.domain.errors import RefusedError
from core.domain.ids import TenantId
from core.domain.messages import Channel


class AccountNotFound(RefusedError):
    """There is no such account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One bot in one place of a platform: a Slack workspace, a Telegram bot."""

    tenant: TenantId
    channel: Channel
    name: str
    """Of lower-case letters, digits and hyphens; part of addresses, unique within a channel."""
    native: str
    """The platform's own id: a Slack team (or enterprise), a Telegram bot."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Tokens and the like, by the channel's own names for them."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What else the channel keeps about it, and what the operator chose."""


class Accounts(Protocol):
    """Where accounts are kept; their secrets are encrypted there."""

    async def named(self, channel: Channel, name: str) -> Account:
        """The account of this name.

        Raises:
            AccountNotFound: there is none.
        """
        ...

    async def at(self, channel: Channel, native: str) -> Account:
        """The account with this id of the platform's.

        Raises:
            AccountNotFound: there is none.
        """
        ...

    async def all(self, channel: Channel | None = None) -> Sequence[Account]:
        """Those of a channel, or every one, by name."""
        ...

    async def keep(self, account: Account) -> None:
        """Add it, or put it in the place of the one of the same name.

        Raises:
            TenantNotFound: no such tenant.
            SetupError: the same native account stands here under another name.
        """
        ...

    async def remove(self, channel: Channel, name: str) -> None:
        """Forget it and its secrets; conversations stay.

        Raises:
            AccountNotFound: there is none.
        """
        ...
