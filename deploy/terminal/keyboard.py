"""Reads what a person types: whole lines, and single keys for a rating."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

THUMBS = {"+": "up", "-": "down"}
_PROMPT = "you  "


def lines(*, may_rate: bool) -> str:
    """The next line, or `+` or `-` alone as soon as the key is pressed. Blocks.

    Args:
        may_rate: whether there is an answer to rate, so that the first key may be one.

    Raises:
        EOFError: there is no more.
    """
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")
    if not may_rate:
        return input(_PROMPT)
    first = _first_keys()
    if first in THUMBS:
        return first
    if first.endswith(("\n", "\r")):
        return first.strip()
    with _begun_with(first if first >= " " else ""):
        return input(_PROMPT)


def _first_keys() -> str:
    """The first key, or all of a pasted text, without waiting for Enter."""
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSADRAIN)  # the default would drop what is typed already
        sys.stdout.write(_PROMPT)
        sys.stdout.flush()
        typed = os.read(terminal, 4096)
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    if typed in (b"", b"\x04"):
        raise EOFError
    sys.stdout.write("\r")
    sys.stdout.flush()
    return "" if typed.startswith(b"\x1b") else typed.decode(errors="ignore")


@contextmanager
def _begun_with(text: str) -> Iterator[None]:
    """`input()` starts with this text already typed."""
    import readline

    readline.set_startup_hook(lambda: readline.insert_text(text))
    try:
        yield
    finally:
        readline.set_startup_hook(None)
