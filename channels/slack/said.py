"""A customer's words as Slack sends them, as they were meant.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import html
import re

_SPECIAL = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def words(text: str, bot: str) -> str:
    """The text without the mention of the bot, with links and names in plain words.

    Args:
        text: as the event holds it: escaped, with `<...>` around what is not a word.
        bot: the bot's own user id; empty when it is not known.
    """

    def plain(found: re.Match[str]) -> str:
        return _plain(found[1], found[2] or "", bot)

    return html.unescape(_SPECIAL.sub(plain, text)).strip()


def mentions(text: str, bot: str) -> bool:
    """Whether the bot is spoken to by name."""
    return bool(bot) and any(found[1] == f"@{bot}" for found in _SPECIAL.finditer(text))


def _plain(target: str, label: str, bot: str) -> str:
    if target == f"@{bot}":
        return ""
    sign, name = target[0], target[1:]
    match sign:
        case "@" | "#":
            return f"{sign}{label or name}"
        case "!":
            return label or "@" + name.partition("^")[0]
        case _:
            return _link(target, label)


def _link(address: str, label: str) -> str:
    shown = address.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (address, shown) or address.endswith("//" + label):
        return shown
    return f"{label} ({shown})"
