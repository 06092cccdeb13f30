"""Messages as HTML that is safe to put into a page.

What the bot and agents write is Markdown: rendered without raw HTML and images (an image would
report to its server who reads), then cleaned. Everybody else's words are text.
"""

import html
import re

import nh3
from markdown_it import MarkdownIt

from core.domain.messages import Author

_TAGS = {
    "p", "br", "strong", "em", "del", "code", "pre", "blockquote", "hr", "a",
    "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title", "target"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_ABSOLUTE = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
# What Markdown could read as more than words; a text without it is paragraphs, made at a
# hundredth of the cost.
_INLINE = re.compile(r"[*_`#<>\[\]|~\\\t]")
_BLOCK = re.compile(r"\n(?: {4}| *(?:[-+=]|\d+[.)]))")
_CITATION = re.compile(r"\[\d{1,2}\]")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n+")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
    # A reference definition would turn a citation such as [1] into a link somewhere else.
    return parser.enable(["table", "strikethrough"]).disable(["image", "reference"])


_MARKDOWN = _parser()


def to_html(author: Author, text: str) -> str:
    """The message as HTML, safe to insert."""
    match author:
        case Author.BOT | Author.AGENT:
            return _rendered(text)
        case Author.CUSTOMER | Author.SYSTEM:
            return _plain(text)


def _rendered(text: str) -> str:
    words = "\n" + _CITATION.sub("", text)
    if not _INLINE.search(words) and not _BLOCK.search(words):
        return _plain(text)
    return nh3.clean(
        _MARKDOWN.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        attribute_filter=_leading_away,
        link_rel="noopener nofollow noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _leading_away(tag: str, attribute: str, value: str) -> str | None:
    """Drops addresses relative to a page that the writer of the message does not know."""
    if tag == "a" and attribute == "href" and not _ABSOLUTE.match(value):
        return None
    return value


def _plain(text: str) -> str:
    paragraphs = _PARAGRAPHS.split(html.escape(text.strip(), quote=False))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)
