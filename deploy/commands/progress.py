"""How far long work is: a bar in a terminal, plain lines otherwise."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from deploy.reading import Watching

_EVERY = 20
"""Documents between two plain lines."""


@contextmanager
def shown(what: str) -> Iterator[Watching]:
    """Shows documents as they are found and stored."""
    if sys.stderr.isatty():
        with click.progressbar(length=0, label=what, file=sys.stderr, show_pos=True) as bar:
            yield Watching(found=lambda: _more(bar), done=lambda _uri: bar.update(1))
        return
    count = 0

    def line(_uri: str) -> None:
        nonlocal count
        count += 1
        if count % _EVERY == 0:
            click.echo(f"{what}: {count}", err=True)

    yield Watching(found=lambda: None, done=line)


def _more(bar: "click._termui_impl.ProgressBar[int]") -> None:
    bar.length = (bar.length or 0) + 1
