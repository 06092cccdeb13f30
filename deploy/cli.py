"""The command line. Commands are imported when they are called, so that `--help` is instant."""

from importlib import import_module
from typing import Any

import click

from core.domain.errors import SwitchboardError

COMMANDS = {
    "up": "Run everything in one process, on an embedded Postgres.",
    "run": "Run some roles of a larger deployment.",
    "chat": "Talk to the bot in the terminal.",
    "knowledge": "Add, list, remove, search and evaluate documents.",
    "answers": "Fix what is answered to certain questions.",
    "intents": "Import, list, train and measure what customers want.",
    "customer": "Show, keep and forget what is known of customers.",
    "tenant": "Add and list tenants: the brands served here.",
    "agent": "Add, list and change people: agents, leads, admins.",
    "desk": "Say how people take over from the bot; list who waits for them.",
    "handoff-events": "Add, list, check and remove other desks that hear of handoffs.",
    "audit": "Check and export the log of what people and programs did.",
    "channel": "Add, list, check and remove accounts: Slack workspaces, Telegram bots.",
    "connector": "Add, list, check and remove trackers that tickets are told to.",
    "ticket": "List and show tickets.",
    "policy": "Explain what the rules say of a message; check a file of rules.",
    "prompts": "List, show and check what language models are told.",
    "tools": "List, check and try the actions that the bot may take over HTTP.",
    "dead-letters": "Look at records that could not be used; replay or discard them.",
    "db": "Migrate, back up and restore the database.",
    "config": "Check the configuration.",
    "doctor": "Look for whatever would keep the service from working.",
}
"""Every command and its sentence; `dead-letters` lives in deploy/commands/dead_letters.py."""


class Commands(click.Group):
    """Imports a command when it is named, and ends every failure with one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"deploy.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for `--help`, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as failure:
            if ctx.params.get("debug"):
                raise
            raise click.ClickException(sentence(failure)) from failure


def sentence(failure: BaseException) -> str:
    """What an operator is told: our errors speak for themselves, others are named only."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    if isinstance(failure, SwitchboardError):
        return str(failure)
    kind = type(failure).__name__
    return f"unexpected {kind}{_place(failure)}; --debug before the command shows all of it"


def _place(failure: BaseException) -> str:
    trace = failure.__traceback__
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f" at {trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"switchboard {version('switchboard')}")
        ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the whole traceback of an unexpected error.")
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version,
    help="Show the version.",
)  # fmt: skip
def main(**_: object) -> None:
    """Switchboard: a self-hosted chat-bot service for messaging channels.

    `switchboard up` starts everything; talk to it with `switchboard chat`.
    """


if __name__ == "__main__":
    main()
