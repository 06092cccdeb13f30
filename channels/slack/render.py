"""A stored message as what Slack takes: its own Markdown, the sources below the last part.

Where a workspace has no `markdown` blocks, `render_sections` says the same in sections.
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from channels.markdown.clusters import shortened
from channels.markdown.commonmark import to_commonmark
from channels.markdown.letters import is_blank
from channels.markdown.mrkdwn import to_mrkdwn
from channels.markdown.parse import read
from channels.markdown.plain import to_plain
from channels.markdown.slack import MarkdownRuler, SectionRuler, markdown_tree, mrkdwn_tree
from channels.markdown.sources import references
from channels.markdown.split import split
from channels.markdown.tree import Document, Paragraph
from core.domain.messages import Message

Block = Mapping[str, Any]
MAX_SECTIONS = 40
"""Of the 50 blocks of a message; the others are for sources and buttons."""
MAX_SOURCES = 50
_ELEMENTS = 10  # of a context: https://docs.slack.dev/reference/block-kit/blocks/context-block
_NOTICE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSegment:
    """One message of Slack."""

    body: tuple[Block, ...]
    """What is said."""
    sources: tuple[Block, ...]
    """What it rests on; empty but for the last segment."""
    markdown: str
    """What is said, for `markdown_text`, which excludes blocks; empty where there are sections."""
    text: str
    """Its beginning, for notifications and screen readers; escaped."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """For `chat.postMessage` and `chat.update`; buttons go behind them."""
        return self.body + self.sources


def render(message: Message) -> tuple[SlackSegment, ...]:
    """The message in order, in `markdown` blocks; none when nothing of it can be seen."""
    document = read(message.author, message.text)
    segments: list[SlackSegment] = []
    for part in _seen(split(markdown_tree(document), MarkdownRuler())):
        markdown = to_commonmark(part)
        segments.append(_segment(part, ({"type": "markdown", "text": markdown},), markdown))
    return _with_sources(segments, source_blocks(message))


def render_sections(message: Message) -> tuple[SlackSegment, ...]:
    """The message in order, in sections of mrkdwn; none when nothing of it can be seen."""
    document = read(message.author, message.text)
    parts = _seen(split(mrkdwn_tree(document), SectionRuler()))
    segments: list[SlackSegment] = []
    for start in range(0, len(parts), MAX_SECTIONS):
        some = parts[start : start + MAX_SECTIONS]
        segments.append(_segment(some[0], tuple(map(_section, some)), ""))
    return _with_sources(segments, source_blocks(message))


def source_blocks(message: Message) -> tuple[Block, ...]:
    """What the message rests on, to stand below it; a stream that stops shows them."""
    document = read(message.author, message.text)
    lines = [
        {"type": "mrkdwn", "text": to_mrkdwn((Paragraph(reference.line),))}
        for reference in references(message.sources, document)[:MAX_SOURCES]
    ]
    return tuple(
        {"type": "context", "elements": lines[start : start + _ELEMENTS]}
        for start in range(0, len(lines), _ELEMENTS)
    )


def _seen(parts: Sequence[Document]) -> list[Document]:
    return [part for part in parts if not is_blank(to_plain(part))]


def _section(part: Document) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": to_mrkdwn(part)}}


def _segment(part: Document, body: tuple[Block, ...], markdown: str) -> SlackSegment:
    notice = " ".join(shortened(to_plain(part), _NOTICE).split())
    return SlackSegment(
        body=body, sources=(), markdown=markdown, text=html.escape(notice, quote=False)
    )


def _with_sources(
    segments: Sequence[SlackSegment], sources: tuple[Block, ...]
) -> tuple[SlackSegment, ...]:
    if not segments:
        return ()
    return (*segments[:-1], replace(segments[-1], sources=sources))
