"""What agents are shown and do in a chat of their own: one thread for each request for a person.

The chat's channel draws and reads it, the handoffs decide; these values are all that both know.
"""

from dataclasses import dataclass
from enum import StrEnum


class Button(StrEnum):
    """What can be pressed."""

    TAKE = "take"
    NOTE = "note"
    RETURN = "return"
    CLOSE = "close"
    TICKET = "ticket"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskThread:
    """Where one handoff is talked about."""

    at: str
    """The chat's place, as `acme/C0123`: the account's name first."""
    root: str
    """The chat's own id of the message that it hangs below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A message of ours to the agents; nothing in it is taken for markup."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    hint: str = ""
    buttons: tuple[Button, ...] = ()
    about: str = ""
    """Comes back with whatever button is pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """Somebody wrote in the thread."""

    text: str
    files: int = 0


@dataclass(frozen=True, slots=True)
class Rewrote:
    """Somebody put other words in the place of what they wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class TookBack:
    """Somebody deleted what they wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed a button."""

    button: Button
    about: str
    trigger: str
    """Good for some seconds: what may be opened for whoever pressed."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Somebody filled in a private note."""

    text: str


What = Wrote | Rewrote | TookBack | Pressed | Noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that somebody did in a thread."""

    thread: DeskThread
    by: str
    """Who, as the chat knows them: `TEAM:USER`."""
    event: str
    """The chat's own id of it; told again it is the same."""
    message: str
    """The chat's id of the message that it is about."""
    what: What
