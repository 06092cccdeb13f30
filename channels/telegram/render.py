"""A stored message as what Telegram takes: HTML within its limits, the sources at the end."""

from dataclasses import dataclass

from channels.markdown.letters import is_blank
from channels.markdown.parse import read
from channels.markdown.sources import references
from channels.markdown.split import split
from channels.markdown.telegram import TelegramRuler, telegram_tree, to_telegram, visible
from channels.markdown.tree import Break, Document, Inline, Paragraph
from core.domain.messages import Message

_RULER = TelegramRuler()


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSegment:
    """One message of Telegram."""

    html: str
    """For `parse_mode=HTML`."""
    text: str
    """The same without marks and links, should Telegram not read the other."""


def render(message: Message, ruler: TelegramRuler = _RULER) -> tuple[TelegramSegment, ...]:
    """The message in order; none when nothing of it can be seen."""
    document = read(message.author, message.text)
    tree = telegram_tree((*document, *_sources(message, document)))
    written = map(to_telegram, split(tree, ruler))
    segments = (TelegramSegment(html=html, text=visible(html)) for html in written)
    return tuple(segment for segment in segments if not is_blank(segment.text))


def _sources(message: Message, document: Document) -> Document:
    lines: list[Inline] = []
    for reference in references(message.sources, document):
        lines.extend((Break(), *reference.line) if lines else reference.line)
    return (Paragraph(tuple(lines)),) if lines else ()
