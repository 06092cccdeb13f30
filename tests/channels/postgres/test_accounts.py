import dataclasses

import pytest

from channels.accounts import Account, AccountNotFound
from channels.postgres.accounts import PostgresAccounts
from core.domain.errors import SetupError, TenantNotFound
from core.domain.ids import TenantId
from core.domain.messages import Channel
from core.postgres.database import Database
from core.sealing import Seal, new_key
from tests.builders import TENANT

SHOP = Account(
    tenant=TENANT,
    channel=Channel.TELEGRAM,
    name="shop",
    native="4242",
    secrets={"token": "4242:very-secret"},
    options={"mode": "webhook"},
)


async def test_an_account_is_found_by_its_name_and_by_the_platforms_id(database: Database) -> None:
    accounts = PostgresAccounts(database, Seal([new_key()]))
    await accounts.keep(SHOP)

    assert await accounts.named(Channel.TELEGRAM, "shop") == SHOP
    assert await accounts.at(Channel.TELEGRAM, "4242") == SHOP
    assert await accounts.all() == [SHOP]
    assert await accounts.all(Channel.SLACK) == []
    with pytest.raises(AccountNotFound):
        await accounts.named(Channel.SLACK, "shop")


async def test_a_second_time_changes_it_and_the_change_holds_at_once(database: Database) -> None:
    accounts = PostgresAccounts(database, Seal([new_key()]))
    await accounts.keep(SHOP)
    await accounts.named(Channel.TELEGRAM, "shop")
    changed = dataclasses.replace(SHOP, secrets={"token": "4242:other"})

    await accounts.keep(changed)

    assert await accounts.named(Channel.TELEGRAM, "shop") == changed


async def test_another_process_hears_of_a_change_after_some_seconds(database: Database) -> None:
    key, now = new_key(), [0.0]
    here = PostgresAccounts(database, Seal([key]), lambda: now[0])
    there = PostgresAccounts(database, Seal([key]))
    await there.keep(SHOP)
    await here.named(Channel.TELEGRAM, "shop")
    await there.remove(Channel.TELEGRAM, "shop")

    assert await here.named(Channel.TELEGRAM, "shop") == SHOP
    now[0] = 60
    with pytest.raises(AccountNotFound):
        await here.named(Channel.TELEGRAM, "shop")


async def test_secrets_lie_in_the_database_encrypted(database: Database) -> None:
    await PostgresAccounts(database, Seal([new_key()])).keep(SHOP)

    async with database.as_service() as connection:
        row = await connection.fetchval("SELECT channel_accounts::text FROM channel_accounts")
        sealed = await connection.fetchval("SELECT sealed FROM channel_accounts")
    assert "very-secret" not in row
    assert b"very-secret" not in sealed
    assert "very-secret" not in repr(SHOP)


async def test_a_new_key_comes_before_the_old_one_goes(database: Database) -> None:
    old, new = new_key(), new_key()
    await PostgresAccounts(database, Seal([old])).keep(SHOP)
    both = PostgresAccounts(database, Seal([new, old]))
    await both.keep(await both.named(Channel.TELEGRAM, "shop"))

    assert await PostgresAccounts(database, Seal([new])).all() == [SHOP]
    with pytest.raises(SetupError, match="cannot be read"):
        await PostgresAccounts(database, Seal([old])).all()


async def test_secrets_that_were_put_into_another_row_are_not_read(database: Database) -> None:
    accounts = PostgresAccounts(database, Seal([new_key()]))
    await accounts.keep(SHOP)
    await accounts.keep(dataclasses.replace(SHOP, name="other", native="1"))
    async with database.as_service() as connection:
        await connection.execute(
            "UPDATE channel_accounts SET sealed ="
            " (SELECT sealed FROM channel_accounts WHERE name = 'shop') WHERE name = 'other'"
        )

    with pytest.raises(SetupError, match="another account's"):
        await accounts.named(Channel.TELEGRAM, "other")


@pytest.mark.parametrize(
    ("wrong", "error", "why"),
    [
        ({"tenant": TenantId("nobody")}, TenantNotFound, "tenant"),
        ({"name": "No Name"}, SetupError, "lower-case letters"),
        ({"name": "second"}, SetupError, "under another name"),
    ],
)
async def test_what_cannot_be_an_account_gets_one_sentence(
    database: Database, wrong: dict, error: type[Exception], why: str
) -> None:
    accounts = PostgresAccounts(database, Seal([new_key()]))
    await accounts.keep(SHOP)

    with pytest.raises(error, match=why):
        await accounts.keep(dataclasses.replace(SHOP, **wrong))


async def test_without_a_key_nothing_is_kept(database: Database) -> None:
    with pytest.raises(SetupError, match=r"secret_keys is empty"):
        await PostgresAccounts(database, Seal([])).keep(SHOP)
    with pytest.raises(SetupError, match="32 random bytes"):
        Seal(["short"])


async def test_no_tenant_reads_accounts(database: Database) -> None:
    await PostgresAccounts(database, Seal([new_key()])).keep(SHOP)

    async with database.as_tenant(TENANT) as connection:
        with pytest.raises(Exception, match="permission denied"):
            await connection.fetch("SELECT FROM channel_accounts")
