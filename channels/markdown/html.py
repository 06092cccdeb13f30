"""What is said as HTML that is safe to put into a page.

What the bot and agents write is Markdown; everybody else's words are text. The tree holds nothing
that runs or loads, and nh3 has the last word on what leaves here.
"""

import html
import re

import nh3

from channels.markdown.letters import legible
from channels.markdown.parse import parse
from channels.markdown.spans import leaves, spans
from channels.markdown.tree import (
    Block,
    Code,
    Document,
    Heading,
    Inlines,
    Item,
    Listing,
    Mark,
    Paragraph,
    Quote,
    Row,
    Rule,
    Table,
)
from core.domain.messages import Author

_TAGS = {
    "p", "br", "strong", "em", "del", "code", "pre", "blockquote", "hr", "a",
    "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "target"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_NAMES = {Mark.STRONG: "strong", Mark.EMPHASIS: "em", Mark.STRIKE: "del"}
# What Markdown could read as more than words; a text without it is paragraphs, made at a
# hundredth of the cost.
_INLINE = re.compile(r"[*_`#<>\[\]|~\\\t&]")
_BLOCK = re.compile(r"\n(?: {4}| *(?:[-+=]|\d+[.)]))")
_CITATION = re.compile(r"\[\d{1,2}\]")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")


def to_html(author: Author, text: str) -> str:
    """The message as HTML, safe to insert."""
    match author:
        case Author.BOT | Author.AGENT:
            return _markdown(text)
        case Author.CUSTOMER | Author.SYSTEM:
            return _plain(text)


def render(document: Document) -> str:
    """The tree as HTML, safe to insert."""
    return nh3.clean(
        _blocks(document),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener nofollow noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _markdown(text: str) -> str:
    words = "\n" + _CITATION.sub("", text)
    if not _INLINE.search(words) and not _BLOCK.search(words):
        return _plain(text)
    return render(parse(text))


def _plain(text: str) -> str:
    paragraphs = _PARAGRAPHS.split(_escaped(legible(text).strip()))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)


def _blocks(blocks: Document) -> str:
    return "\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Paragraph(inside):
            return f"<p>{_inlines(inside)}</p>"
        case Heading(inside, level):
            return f"<h{level}>{_inlines(inside)}</h{level}>"
        case Code(text):
            return f"<pre><code>{_escaped(text)}\n</code></pre>"
        case Rule():
            return "<hr>"
        case Quote() | Listing() | Table():
            return _container(block)


def _container(block: Quote | Listing | Table) -> str:
    match block:
        case Quote(blocks):
            return f"<blockquote>\n{_blocks(blocks)}\n</blockquote>"
        case Listing(items, start):
            opening, name = _list_tag(start)
            return f"{opening}\n" + "\n".join(map(_item, items)) + f"\n</{name}>"
        case Table(head, rows):
            body = "".join(_row(row, "td") for row in rows)
            return f"<table>\n<thead>{_row(head, 'th')}</thead>\n<tbody>{body}</tbody>\n</table>"


def _list_tag(start: int | None) -> tuple[str, str]:
    if start is None:
        return "<ul>", "ul"
    return ("<ol>" if start == 1 else f'<ol start="{start}">'), "ol"


def _item(item: Item) -> str:
    """An item with one paragraph at most needs no gaps around it."""
    paragraphs = sum(isinstance(block, Paragraph) for block in item.blocks)
    if paragraphs > 1:
        return f"<li>\n{_blocks(item.blocks)}\n</li>"
    parts = (
        _inlines(block.inside) if isinstance(block, Paragraph) else _block(block)
        for block in item.blocks
    )
    return "<li>" + "\n".join(parts) + "</li>"


def _row(row: Row, cell: str) -> str:
    return "<tr>" + "".join(f"<{cell}>{_inlines(inside)}</{cell}>" for inside in row) + "</tr>"


def _inlines(inlines: Inlines) -> str:
    return spans(inlines, _LEAF, _wrapped)


def _wrapped(look: Mark | str, inside: str) -> str:
    if isinstance(look, str):
        return f'<a href="{html.escape(look)}">{inside}</a>'
    return f"<{_NAMES[look]}>{inside}</{_NAMES[look]}>"


def _escaped(words: str) -> str:
    return html.escape(words, quote=False)


_LEAF = leaves(_escaped, "<code>{}</code>", "<br>\n")
