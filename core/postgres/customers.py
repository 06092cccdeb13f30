"""What is kept about customers, as far as their tenant and they agree; and forgetting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from core.domain.customers import MOST_ATTRIBUTES, Profile
from core.domain.errors import ProfileRefused, TenantNotFound
from core.domain.ids import ConversationId, CustomerId, TenantId
from core.domain.memory import Fact, Kind
from core.domain.messages import Channel
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from core.wire.customers import decode_profile, encode_attributes, encode_profile

_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Somebody, as one tenant's channel knows them."""

    tenant: TenantId
    channel: Channel
    id: CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A fact that is kept about a customer."""

    fact: Fact
    conversation: ConversationId
    consent_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A customer's conversation, and how far it is remembered."""

    conversation: ConversationId
    seq: int
    """Of its last message."""
    resolved: int
    """Messages up to this `seq` belong to talks that are over."""
    active_at: datetime
    version: int
    """Of the latest memory; 0 without one."""
    upto: int
    """The last `seq` in it."""
    written_by: str


class PostgresCustomers:
    """Keeps facts, records consents, and forgets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def profile(self, customer: Customer) -> Profile:
        """Who they are; `NOBODY` where nothing is known."""
        async with self._database.as_tenant(customer.tenant) as connection:
            stored = await connection.fetchval(_SQL.profile, *_key(customer))
        return decode_profile(stored)

    async def tell(self, customer: Customer, profile: Profile) -> None:
        """Keep what their channel says of them; what it says again writes nothing.

        Raises:
            TenantNotFound: no such tenant.
        """
        try:
            async with self._database.as_tenant(customer.tenant) as connection:
                await connection.execute(_SQL.tell, *_key(customer), encode_profile(profile))
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown

    async def note(self, customer: Customer, attributes: Mapping[str, str]) -> Profile:
        """Note attributes of an operator's, which come before those of the channel.

        Args:
            customer: of whom; nobody need know them yet.
            attributes: by name; an empty value takes back what was noted under it.

        Returns:
            Who they are now.

        Raises:
            ProfileRefused: they would have too many.
            TenantNotFound: no such tenant.
        """
        gone = [name for name, value in attributes.items() if not value]
        new = {name: value for name, value in attributes.items() if value}
        try:
            async with (
                self._database.as_tenant(customer.tenant) as connection,
                connection.transaction(),
            ):
                values = (*_key(customer), encode_attributes(new), gone)
                found = decode_profile(await connection.fetchval(_SQL.note, *values))
                if len(found.attributes) > MOST_ATTRIBUTES:
                    raise ProfileRefused(f"A customer has at most {MOST_ATTRIBUTES} attributes.")
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown
        return found

    async def keep_days(self, tenant: TenantId, days: int | None) -> None:
        """Let the tenant keep facts about customers for so long; None keeps none, from now on.

        Raises:
            TenantNotFound: no such tenant.
        """
        async with self._database.as_service() as connection, connection.transaction():
            if await connection.fetchval(_SQL.keep_days, tenant, days) is None:
                raise TenantNotFound
            if days is None:
                await connection.execute(_SQL.forget_tenant, tenant)

    async def consent(self, customer: Customer) -> None:
        """Record that a customer agrees; the second time is a no-op.

        Raises:
            TenantNotFound: no such tenant.
        """
        try:
            async with self._database.as_tenant(customer.tenant) as connection:
                await connection.execute(_SQL.consent, *_key(customer))
        except asyncpg.ForeignKeyViolationError as unknown:
            raise TenantNotFound from unknown

    async def withdraw(self, customer: Customer) -> None:
        """Record that a customer does not agree any more; what was kept goes at once."""
        async with self._database.as_tenant(customer.tenant) as connection:
            await connection.execute(_SQL.withdraw, *_key(customer))

    async def keep(
        self, tenant: TenantId, conversation: ConversationId, facts: Sequence[Fact]
    ) -> None:
        """Keep these about the conversation's customer, where tenant and customer agree."""
        async with self._database.as_tenant(tenant) as connection:
            await connection.execute(_SQL.expire, tenant)
            try:
                await connection.execute(
                    _SQL.keep,
                    conversation,
                    [fact.text for fact in facts],
                    [fact.kind.value for fact in facts],
                    [fact.seq for fact in facts],
                )
            except asyncpg.ForeignKeyViolationError:
                return  # the consent was withdrawn, or the conversation erased, at this moment

    async def known(self, customer: Customer) -> tuple[Known, ...]:
        """What is kept about a customer."""
        async with self._database.as_tenant(customer.tenant) as connection:
            rows = await connection.fetch(_SQL.known, *_key(customer))
        return tuple(
            Known(
                fact=Fact(kind=Kind(row["kind"]), text=row["text"], seq=row["seq"]),
                conversation=ConversationId(row["conversation"]),
                consent_at=row["consent_at"],
                expires_at=row["expires_at"],
            )
            for row in rows
        )

    async def talks(self, customer: Customer) -> tuple[Talk, ...]:
        """A customer's conversations, the one of longest ago first."""
        async with self._database.as_tenant(customer.tenant) as connection:
            rows = await connection.fetch(_SQL.talks, *_key(customer))
        return tuple(
            Talk(
                conversation=ConversationId(row["conversation"]),
                seq=row["seq"],
                resolved=row["resolved"],
                active_at=row["active_at"],
                version=row["version"] or 0,
                upto=row["upto"] or 0,
                written_by=row["written_by"] or "",
            )
            for row in rows
        )

    async def forget(self, customer: Customer) -> int:
        """Forget a customer: facts, consent, profile, and what is remembered of their talks.

        The words themselves stay in the transcript, and no later turn reads them. What their
        channel says of them is known again when they write again.

        Returns:
            How many conversations they have.
        """
        async with (
            self._database.as_tenant(customer.tenant) as connection,
            connection.transaction(),
        ):
            found = await _ended(connection, customer)
            await connection.execute(_SQL.withdraw, *_key(customer))
            await connection.execute(_SQL.forget_profile, *_key(customer))
            await connection.execute(_SQL.forget, found)
        return len(found)

    async def forget_one(self, tenant: TenantId, conversation: ConversationId) -> bool:
        """The same of one conversation, and of the facts that come from it.

        Returns:
            Whether there is such a conversation.
        """
        async with self._database.as_tenant(tenant) as connection, connection.transaction():
            found = await connection.fetchval(_SQL.end_one, conversation) is not None
            await connection.execute(_SQL.forget, [conversation])
            await connection.execute(_SQL.forget_facts, [conversation])
        return found

    async def erase(self, customer: Customer) -> int:
        """Forget a customer and erase their conversations, with all that belongs to them.

        Returns:
            How many conversations there were.
        """
        async with (
            self._database.as_tenant(customer.tenant) as connection,
            connection.transaction(),
        ):
            found = await _ended(connection, customer)
            await connection.execute(_SQL.withdraw, *_key(customer))
            await connection.execute(_SQL.forget_profile, *_key(customer))
            await connection.execute(_SQL.erase, found)
        return len(found)


async def _ended(connection: Connection, customer: Customer) -> list[ConversationId]:
    """Their conversations, with the rows locked: nobody writes a summary meanwhile."""
    rows = await connection.fetch(_SQL.end_all, *_key(customer))
    return [row["id"] for row in rows]


def _key(customer: Customer) -> tuple[str, str, str]:
    return customer.tenant, customer.channel.value, customer.id
