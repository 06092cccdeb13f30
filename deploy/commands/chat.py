"""`switchboard chat`: talk in the terminal."""

import sys

import click


@click.command()
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="The service.")
@click.option("--tenant", help="Whose bot.  [default: the service's own default]")
def command(url: str, tenant: str | None) -> None:
    """Talk to the bot in the terminal.

    Answers are streamed, with their sources. After an answer the keys + and - rate it. When the
    service restarts, the conversation goes on where it was. Ctrl-D ends it.
    """
    from deploy.terminal.conversing import Conversing
    from deploy.terminal.screen import Screen

    screen = Screen()
    if sys.stdin.isatty():
        screen.note(f"{url}: ask away; + or - rates an answer, Ctrl-D ends")
    try:
        Conversing(url, tenant, screen).run()
    except KeyboardInterrupt:
        screen.note("bye")
