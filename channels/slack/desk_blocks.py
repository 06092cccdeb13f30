"""What agents read in a thread of Slack: their customers' words stay words, never markup.

Source of the limits: https://docs.slack.dev/reference/block-kit/blocks
"""

import html
from collections.abc import Iterable, Mapping
from typing import Any

from core.domain.desk import Button, DeskThread, Posting

ACTION, FORM, INPUT = "desk", "desk_note", "note"
"""Ids of our buttons, of the form for a note, and of its only field."""
MAX_SECTION, MAX_BLOCKS = 3_000, 50
_MAX_FALLBACK = 300
_MAX_NOTE = 3_000
_LABELS: Mapping[Button, str] = {
    Button.TAKE: "Take",
    Button.NOTE: "Note",
    Button.RETURN: "Return to bot",
    Button.CLOSE: "Close",
    Button.TICKET: "Ticket",
    Button.UNDO: "Undo",
}
Block = Mapping[str, Any]


def body(posting: Posting) -> dict[str, Any]:
    """A message's text, for notices, and its blocks."""
    blocks: list[Block] = []
    if posting.heading:
        bold = f"*{html.escape(posting.heading, quote=False)}*"
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": bold}})
    behind = [*_hint(posting), *_actions(posting)]
    room = MAX_BLOCKS - len(blocks) - len(behind)
    blocks += [_section(piece) for piece in _pieces(posting.paragraphs)][:room]
    first = posting.heading or " ".join(posting.paragraphs)
    return {
        "text": html.escape(first[:_MAX_FALLBACK], quote=False) or " ",
        "blocks": [*blocks, *behind],
    }


def form(thread: DeskThread) -> Block:
    """A window with one field.

    https://docs.slack.dev/reference/views/modal-views
    """
    field = {
        "type": "plain_text_input",
        "action_id": INPUT,
        "multiline": True,
        "max_length": _MAX_NOTE,
    }
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": f"{thread.at} {thread.root}",
        "title": _plain("Private note"),
        "submit": _plain("Keep"),
        "close": _plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": INPUT,
                "label": _plain("Only colleagues read it"),
                "element": field,
            }
        ],
    }


def _pieces(paragraphs: Iterable[str]) -> Iterable[str]:
    for paragraph in paragraphs:
        for start in range(0, len(paragraph), MAX_SECTION):
            yield paragraph[start : start + MAX_SECTION]


def _section(text: str) -> Block:
    """Plain text: nobody is mentioned by it, and nothing is linked."""
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _hint(posting: Posting) -> list[Block]:
    return [{"type": "context", "elements": [_plain(posting.hint)]}] if posting.hint else []


def _actions(posting: Posting) -> list[Block]:
    pressed = [
        {
            "type": "button",
            "action_id": f"{ACTION}:{button.value}",
            "text": _plain(_LABELS[button]),
            "value": posting.about,
        }
        for button in posting.buttons
    ]
    return [{"type": "actions", "elements": pressed}] if pressed else []


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
