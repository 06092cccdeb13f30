"""`switchboard connector`: trackers of others that tickets are told to."""

import asyncio
import sys
from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show


@click.group()
def command() -> None:
    """Add, list, check and remove trackers: Jira, Zendesk, GitHub, Zammad, signed webhooks."""


@command.command()
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.tenant
@options.place
def add(name: str, file: Path, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Add the tracker that FILE describes as NAME; again, with a new file and secrets.

    The token, and the secret that its calls to us are signed with, are asked for, or read as two
    lines from standard input. An empty second one makes a secret and prints it.
    """
    from core.clock import new_secret
    from core.domain.ids import TenantId
    from deploy.settings import load
    from deploy.tickets import Wish
    from deploy.tickets import add as keep
    from handoff.connectors.parts import Secrets

    settings = load(config, deploy={"data_dir": data_dir})
    token, hook = _secrets()
    made = "" if hook else new_secret()
    secrets = Secrets(token=token, hook=hook or made)
    wish = Wish(name=name, tenant=TenantId(tenant), file=file, secrets=secrets)
    configured = asyncio.run(keep(settings, wish))
    click.echo(
        f"{name} is there; its calls go to\n{settings.channels.public_url}{configured.hook_path}"
    )
    if made:
        click.echo(f"and are signed with\n{made}")


@command.command("list")
@options.tenant
@options.place
@options.as_json
def list_(tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List trackers, with what waits for them and why."""
    from core.domain.ids import TenantId
    from deploy.settings import load
    from deploy.tickets import everyone

    rows = asyncio.run(everyone(load(config, deploy={"data_dir": data_dir}), TenantId(tenant)))
    show(rows, as_json=as_json, empty="there are no connectors")


@command.command()
@click.argument("name", required=False)
@options.tenant
@options.place
@options.as_json
def check(
    name: str | None, tenant: str, config: Path | None, data_dir: str | None, *, as_json: bool
) -> None:
    """Ask each tracker who we are there, and whether all exists that its file names."""
    from core.domain.ids import TenantId
    from deploy.settings import load
    from deploy.tickets import check as look

    settings = load(config, deploy={"data_dir": data_dir})
    found = asyncio.run(look(settings, TenantId(tenant), name))
    rows = [
        {
            "connector": name,
            "check": one.what,
            "state": "good" if one.good else "wrong",
            "what": one.says,
        }
        for name, findings in found.items()
        for one in findings
    ]
    show(rows, as_json=as_json, empty="")
    wrong = sorted({str(row["connector"]) for row in rows if row["state"] == "wrong"})
    if wrong:
        raise click.ClickException(f"{', '.join(wrong)}: see above")


@command.command()
@click.argument("name")
@options.tenant
@options.place
def remove(name: str, tenant: str, config: Path | None, data_dir: str | None) -> None:
    """Forget a tracker and its secrets; what it was told stays there."""
    from core.domain.ids import TenantId
    from deploy.settings import load
    from deploy.tickets import remove as forget

    asyncio.run(forget(load(config, deploy={"data_dir": data_dir}), TenantId(tenant), name))
    click.echo(f"{name} is forgotten")


def _secrets() -> tuple[str, str]:
    """Never arguments: those can be read by every process of the machine."""
    if sys.stdin.isatty():
        token = str(click.prompt("Token", hide_input=True))
        hook = str(click.prompt("Secret of its calls", hide_input=True, default=""))
    else:
        token, hook = sys.stdin.readline(), sys.stdin.readline()
    if not token.strip():
        raise click.UsageError("a token is needed, on standard input or where it is asked for")
    return token.strip(), hook.strip()
