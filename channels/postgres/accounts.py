"""Accounts in Postgres; their secrets lie there encrypted."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg
import msgspec

from channels.accounts import Account, AccountNotFound, Accounts
from core.domain.errors import SetupError, TenantNotFound
from core.domain.ids import TenantId
from core.domain.messages import Channel
from core.postgres.database import Database
from core.postgres.queries import beside
from core.sealing import Seal

_SQL = beside(__file__)
_KNOWN_S = 10.0
"""How long an account is taken for what it was: each request and each sending asks for one."""
_MOST = 1_000
_words = msgspec.json.Decoder(dict[str, str])


class PostgresAccounts(Accounts):
    """One row per account, read again when it was last looked at some seconds ago."""

    def __init__(
        self, database: Database, seal: Seal, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._seal = seal
        self._monotonic = monotonic
        self._known: dict[tuple[str, Channel, str], tuple[float, Account]] = {}

    async def named(self, channel: Channel, name: str) -> Account:
        return await self._found("named", channel, name)

    async def at(self, channel: Channel, native: str) -> Account:
        return await self._found("at", channel, native)

    async def all(self, channel: Channel | None = None) -> Sequence[Account]:
        async with self._database.as_service() as connection:
            rows = await connection.fetch(_SQL.every, channel.value if channel else None)
        return [self._account(row) for row in rows]

    async def keep(self, account: Account) -> None:
        secrets = msgspec.json.encode(dict(account.secrets))
        try:
            async with self._database.as_service() as connection:
                await connection.execute(
                    _SQL.keep,
                    account.channel.value,
                    account.name,
                    account.tenant,
                    account.native,
                    self._seal.close(secrets, _owner(account.channel, account.name)),
                    msgspec.json.encode(dict(account.options)).decode(),
                )
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
        except asyncpg.CheckViolationError as refused:
            raise SetupError(
                "an account's name is 1 to 63 lower-case letters, digits and hyphens, and neither"
                " begins nor ends with a hyphen"
            ) from refused
        except asyncpg.UniqueViolationError as there:
            raise SetupError(
                f"{account.channel}: {account.native} is here already, under another name"
            ) from there
        self._known.clear()

    async def remove(self, channel: Channel, name: str) -> None:
        async with self._database.as_service() as connection:
            removed = await connection.fetchval(_SQL.remove, channel.value, name)
        self._known.clear()
        if removed is None:
            raise AccountNotFound(f"there is no account {name} on {channel}")

    async def _found(self, by: str, channel: Channel, value: str) -> Account:
        now = self._monotonic()
        until, known = self._known.get((by, channel, value), (float("-inf"), None))
        if known is not None and now < until:
            return known
        async with self._database.as_service() as connection:
            row = await connection.fetchrow(getattr(_SQL, by), channel.value, value)
        if row is None:
            raise AccountNotFound(f"there is no such account on {channel}")
        if len(self._known) >= _MOST:
            self._known.clear()
        account = self._account(row)
        self._known[by, channel, value] = now + _KNOWN_S, account
        return account

    def _account(self, row: Mapping[str, Any]) -> Account:
        channel = Channel(row["channel"])
        secrets = self._seal.open(row["sealed"], _owner(channel, row["name"]))
        return Account(
            tenant=TenantId(row["tenant"]),
            channel=channel,
            name=row["name"],
            native=row["native"],
            secrets=_words.decode(secrets),
            options=_words.decode(row["options"]),
        )


def _owner(channel: Channel, name: str) -> str:
    return f"{channel.value}/{name}"
