"""A tree in Slack's own mrkdwn, for sections and contexts."""

import html

from channels.markdown.inlines import strong
from channels.markdown.layout import lay_out
from channels.markdown.spans import leaves, spans
from channels.markdown.tree import (
    Code,
    Document,
    Inlines,
    Mark,
)

_SIGNS = {Mark.STRONG: "*", Mark.EMPHASIS: "_", Mark.STRIKE: "~"}
_FENCE_APART = "``\u200b`"
_ADDRESS = str.maketrans({"|": "%7C", "<": "%3C", ">": "%3E"})


def to_mrkdwn(document: Document) -> str:
    """The tree, a `mrkdwn_tree` before, for a text object of the type `mrkdwn`."""
    return lay_out(document, _Mrkdwn())


class _Mrkdwn:
    """Signs around words."""

    def words(self, inlines: Inlines) -> str:
        return spans(inlines, _LEAF, _wrapped)

    def heading(self, inlines: Inlines) -> str:
        return self.words(strong(inlines))

    def code(self, code: Code) -> str:
        return f"```\n{_escaped(code.text.replace('```', _FENCE_APART))}\n```"

    def quote(self, text: str) -> str:
        return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _wrapped(look: Mark | str, inside: str) -> str:
    if isinstance(look, str):
        label = inside.replace("\n", " ")
        return f"<{_escaped(look.translate(_ADDRESS))}|{label}>"
    return f"{_SIGNS[look]}{inside}{_SIGNS[look]}"


def _escaped(words: str) -> str:
    """Slack's own tokens, which call people, all begin with a `<`.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return html.escape(words, quote=False)


_LEAF = leaves(_escaped, "`{}`")
