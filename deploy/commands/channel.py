"""`switchboard channel`: the Slack workspaces and Telegram bots through which customers write."""

import asyncio
import json
import sys
from pathlib import Path

import click

from deploy.commands import options
from deploy.commands.listing import show

_name = click.argument("name")


@click.group()
def command() -> None:
    """Add, list, check and remove accounts: Slack workspaces and Telegram bots."""


@command.group()
def add() -> None:
    """Add an account; the token is asked for, or read from standard input."""


@add.command()
@_name
@options.tenant
@click.option(
    "--polling",
    is_flag=True,
    help="Ask Telegram for updates, where it cannot reach channels.public_url.",
)
@click.option("--api-url", default="", help="A Bot API server of your own.")
@options.place
def telegram(  # noqa: PLR0913 - one for each option
    name: str,
    tenant: str,
    api_url: str,
    config: Path | None,
    data_dir: str | None,
    *,
    polling: bool,
) -> None:
    """Add the Telegram bot of a token from @BotFather as NAME; again, with a new token."""
    said = {"mode": "polling" if polling else "webhook"}
    _add(
        "telegram",
        name,
        tenant,
        said | ({"api_url": api_url} if api_url else {}),
        config,
        data_dir,
    )


@add.command()
@_name
@options.tenant
@click.option(
    "--strangers",
    type=click.Choice(["answer", "ignore"]),
    default="answer",
    show_default=True,
    help="People of other workspaces in shared channels.",
)
@options.place
def slack(
    name: str, tenant: str, strangers: str, config: Path | None, data_dir: str | None
) -> None:
    """Add the Slack workspace of a bot token (xoxb-...) as NAME; again, with a new token."""
    _add("slack", name, tenant, {"strangers": strangers}, config, data_dir)


@command.command("list")
@options.place
@options.as_json
def list_(config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """List all accounts."""
    from deploy.accounts import everyone
    from deploy.settings import load

    rows = asyncio.run(everyone(load(config, deploy={"data_dir": data_dir})))
    show(rows, as_json=as_json, empty="there are no accounts")


@command.command()
@click.argument("name", required=False)
@options.place
@options.as_json
def check(name: str | None, config: Path | None, data_dir: str | None, *, as_json: bool) -> None:
    """Ask the platforms whether the accounts work: tokens, scopes, webhook, clock."""
    from deploy.accounts import check as look
    from deploy.settings import load

    found = asyncio.run(look(load(config, deploy={"data_dir": data_dir}), name))
    rows = [
        {
            "account": f"{account.channel.value} {account.name}",
            "check": finding.check,
            "state": finding.state.value,
            "what": finding.text,
        }
        for account, findings in found
        for finding in findings
    ]
    show(rows, as_json=as_json, empty="")
    wrong = sorted({str(row["account"]) for row in rows if row["state"] == "wrong"})
    if wrong:
        raise click.ClickException(f"{', '.join(wrong)}: see above")


@command.command()
@click.argument("channel", type=click.Choice(["slack", "telegram"]))
@_name
@options.place
def remove(channel: str, name: str, config: Path | None, data_dir: str | None) -> None:
    """Forget an account and its token; conversations stay."""
    from core.domain.messages import Channel
    from deploy.accounts import remove as forget
    from deploy.settings import load

    asyncio.run(forget(load(config, deploy={"data_dir": data_dir}), Channel(channel), name))
    click.echo(f"{channel} {name} is forgotten")


@command.command()
@options.config
def manifest(config: Path | None) -> None:
    """Print the manifest of the Slack app: paste it where Slack creates an app."""
    from channels.slack.manifest import manifest as filled
    from core.clock import SystemClock
    from core.domain.ids import TenantId
    from deploy.doors import prompts
    from deploy.settings import load

    channels = load(config).channels
    suggested = prompts(channels, SystemClock())(TenantId(channels.default_tenant), "en")
    made = filled(channels.brand, public_url=channels.public_url, prompts=suggested)
    click.echo(json.dumps(made, ensure_ascii=False, indent=2))


@command.command()
@options.tenant
@click.option("--name", default="", help="Of the account.  [default: the workspace's own]")
@options.config
def invite(tenant: str, name: str, config: Path | None) -> None:
    """Print a link through which a Slack workspace installs the app; it is good for a week."""
    from channels.slack.invitations import link
    from core.clock import SystemClock
    from core.domain.errors import SetupError
    from core.domain.ids import TenantId
    from deploy.doors import slack_app
    from deploy.settings import load

    channels = load(config).channels
    app = slack_app(channels)
    if not (app.client_id and app.client_secret and channels.public_url):
        raise SetupError(
            "channels.slack_client_id, slack_client_secret and public_url are needed for that"
        )
    click.echo(link(app, channels.public_url, TenantId(tenant), name, SystemClock().now()))


def _add(  # noqa: PLR0913, PLR0917 - one for each option
    channel: str,
    name: str,
    tenant: str,
    said: dict[str, str],
    config: Path | None,
    data_dir: str | None,
) -> None:
    from core.domain.ids import TenantId
    from core.domain.messages import Channel
    from deploy.accounts import Wish
    from deploy.accounts import add as keep
    from deploy.settings import load

    settings = load(config, deploy={"data_dir": data_dir})
    wish = Wish(
        channel=Channel(channel),
        name=name,
        tenant=TenantId(tenant),
        token=_token(),
        options=said,
    )
    account = asyncio.run(keep(settings, wish))
    who = account.options.get("username") or account.native
    click.echo(f"{channel} {name} is there: {who}")


def _token() -> str:
    """Never an argument: those can be read by every process of the machine."""
    if sys.stdin.isatty():
        found: str = click.prompt("Token", hide_input=True)
    else:
        found = sys.stdin.readline()
    if not found.strip():
        raise click.UsageError("a token is needed, on standard input or where it is asked for")
    return found.strip()
