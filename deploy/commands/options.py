"""Options that several commands share, and what they turn into."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])

config = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="TOML file of settings.  [default: ./switchboard.toml if it is there]",
)
data_dir = click.option(
    "--data-dir",
    type=click.Path(file_okay=False),
    help="Folder of the embedded Postgres and all other files.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
tenant = click.option("--tenant", default="default", show_default=True, help="Whose.")


def pair(text: str) -> tuple[str, str]:
    """A name and a value as they are written in one word.

    Raises:
        click.BadParameter: it is not NAME=VALUE.
    """
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise click.BadParameter("an attribute is NAME=VALUE", param_hint="--attribute")
    return name.strip(), value.strip()


def place(command: _Command) -> _Command:
    """`--config` and `--data-dir`: which service is meant."""
    return config(data_dir(command))
