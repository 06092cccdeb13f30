"""`switchboard customer`: what is remembered of customers, and forgetting it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import click

from deploy.commands import options
from deploy.commands.listing import show as show_rows

if TYPE_CHECKING:
    from core.domain.customers import Profile
    from core.postgres.customers import Customer, Known, Talk
    from deploy.memory import Stored

_T = TypeVar("_T")
_CHANNELS = ("web", "slack", "telegram", "api")
_customer = click.argument("customer", metavar="CHANNEL:ID")


@click.group()
def command() -> None:
    """Show, keep and forget what is known of customers.

    A customer is named by channel and id, as web:person-42 or slack:U012AB3CD.
    """


@command.command()
@_customer
@options.tenant
@options.place
@options.as_json
def show(
    customer: str, tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool
) -> None:
    """Show who a customer is, their conversations, and the facts that are kept about them."""
    who = _who(tenant, customer)

    async def read(stored: "Stored") -> dict[str, list[dict[str, object]]]:
        return {
            "known": _profile(await stored.customers.profile(who)),
            "conversations": [_talk(one) for one in await stored.customers.talks(who)],
            "facts": [_fact(one) for one in await stored.customers.known(who)],
        }

    found = _run(config, data_dir, tenant, read)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    show_rows(found["known"], as_json=False, empty="nobody knows who they are")
    show_rows(found["conversations"], as_json=False, empty="there is no conversation of theirs")
    show_rows(found["facts"], as_json=False, empty="no facts are kept about them")


@command.command()
@click.argument("conversation", type=click.UUID)
@options.tenant
@options.place
@options.as_json
def recall(
    conversation: UUID, tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool
) -> None:
    """Show what is remembered of a CONVERSATION, of talks that are over first."""
    from core.domain.ids import ConversationId, TenantId
    from core.memory.told import told

    which = ConversationId(conversation)

    async def read(stored: "Stored") -> list[dict[str, object]]:
        over = await stored.memories.recall(TenantId(tenant), which)
        now = await stored.memories.material(TenantId(tenant), which, 0)
        return [
            {"version": memory.version, "upto": memory.upto, "memory": told(memory)}
            for memory in (*over, *((now.memory,) if now else ()))
            if memory.text or memory.facts
        ]

    rows = _run(config, data_dir, tenant, read)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("nothing is remembered of it")
    for row in rows:
        click.echo(f"messages up to {row['upto']}, version {row['version']}:\n\n{row['memory']}\n")


@command.command()
@click.argument("which", metavar="CHANNEL:ID|CONVERSATION")
@click.option("--erase", is_flag=True, help="Erase their conversations, too, with every message.")
@options.tenant
@options.place
def forget(
    which: str, tenant: str, config: Path | None, data_dir: str | None, *, erase: bool
) -> None:
    """Forget a customer: name, attributes, facts, consent, what is remembered of their talks.

    Or what is remembered of one conversation. The messages stay in the transcript, and no later
    answer reads them; --erase removes them with all that belongs to them.
    """
    from core.domain.ids import ConversationId, TenantId

    conversation = _uuid(which)
    if conversation is not None and erase:
        raise click.UsageError("--erase is for all conversations of a customer: CHANNEL:ID")
    who = None if conversation else _who(tenant, which)

    async def run(stored: "Stored") -> str:
        if who is None:
            known = ConversationId(UUID(which))
            found = await stored.customers.forget_one(TenantId(tenant), known)
            return "it is forgotten" if found else "there is no such conversation"
        if erase:
            return f"{await stored.customers.erase(who)} conversations are erased"
        return f"{await stored.customers.forget(who)} conversations are forgotten"

    click.echo(_run(config, data_dir, tenant, run))


@command.command()
@_customer
@click.option("--withdraw", is_flag=True, help="They do not agree any more: what is kept goes.")
@options.tenant
@options.place
def consent(
    customer: str, tenant: str, config: Path | None, data_dir: str | None, *, withdraw: bool
) -> None:
    """Record that a customer agrees that facts about them are kept."""
    who = _who(tenant, customer)

    async def run(stored: "Stored") -> None:
        await (stored.customers.withdraw(who) if withdraw else stored.customers.consent(who))

    _run(config, data_dir, tenant, run)
    click.echo("the consent is withdrawn" if withdraw else "the consent is recorded")


@command.command()
@click.argument("days", type=click.IntRange(0, 3650))
@options.tenant
@options.place
def keep(days: int, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Keep facts about customers who agree, for DAYS; with 0 none, and forget those that are."""
    from core.domain.ids import TenantId

    async def run(stored: "Stored") -> None:
        await stored.customers.keep_days(TenantId(tenant), days or None)

    _run(config, data_dir, tenant, run)
    click.echo(f"facts are kept for {days} days" if days else "no facts are kept")


@command.command("set")
@_customer
@click.argument("attributes", nargs=-1, required=True, metavar="NAME=VALUE...")
@options.tenant
@options.place
def set_(
    customer: str,
    attributes: tuple[str, ...],
    tenant: str,
    config: Path | None,
    data_dir: str | None,
) -> None:
    """Note attributes of a customer for the policy's rules, as plan=gold; plan= takes it back.

    They come before attributes of the same name that the customer's site or program tells.
    """
    from core.domain.customers import attributes_of
    from core.domain.errors import ProfileRefused

    who = _who(tenant, customer)

    async def run(stored: "Stored") -> int:
        return len((await stored.customers.note(who, noted)).attributes)

    try:
        noted = attributes_of(dict(map(options.pair, attributes)))
        known = _run(config, data_dir, tenant, run)
    except ProfileRefused as refused:
        raise click.UsageError(str(refused)) from None
    click.echo("1 attribute is known" if known == 1 else f"{known} attributes are known")


def _profile(profile: "Profile") -> list[dict[str, object]]:
    """A line of each thing that is known."""
    known = {"name": profile.name, "username": profile.username, "email": profile.email}
    attributes = {f"attributes.{name}": value for name, value in profile.attributes.items()}
    return [
        {"what": name, "value": value} for name, value in {**known, **attributes}.items() if value
    ]


def _talk(talk: "Talk") -> dict[str, object]:
    return {
        "conversation": talk.conversation,
        "messages": talk.seq,
        "over": talk.resolved,
        "remembered": talk.upto,
        "version": talk.version,
        "written_by": talk.written_by or None,
        "active": talk.active_at.isoformat(timespec="seconds"),
    }


def _fact(known: "Known") -> dict[str, object]:
    return {
        "fact": known.fact.text,
        "kind": known.fact.kind.value,
        "conversation": known.conversation,
        "message": known.fact.seq,
        "consent": known.consent_at.isoformat(timespec="seconds"),
        "until": known.expires_at.isoformat(timespec="seconds"),
    }


def _who(tenant: str, customer: str) -> "Customer":
    from core.domain.ids import CustomerId, TenantId
    from core.domain.messages import Channel
    from core.postgres.customers import Customer

    channel, _, known = customer.partition(":")
    if channel not in _CHANNELS or not known:
        raise click.UsageError(f"a customer is CHANNEL:ID, with one of {', '.join(_CHANNELS)}")
    return Customer(tenant=TenantId(tenant), channel=Channel(channel), id=CustomerId(known))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _run(
    config: Path | None,
    data_dir: str | None,
    tenant: str,
    call: Callable[["Stored"], Awaitable[_T]],
) -> _T:
    from deploy.memory import stored
    from deploy.settings import load

    async def run() -> _T:
        async with stored(load(config, deploy={"data_dir": data_dir}), tenant) as found:
            return await call(found)

    return asyncio.run(run())
