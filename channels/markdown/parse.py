"""Reads Markdown. Anything is Markdown: what means nothing is words, and none is lost.

Raw HTML is words, and an image is a link with its description: loading it would tell its server
who reads. Addresses are absolute, or there is no link.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from channels.markdown.inlines import joined, trimmed
from channels.markdown.letters import legible
from channels.markdown.tree import (
    PLAIN,
    PLAIN_ADDRESS,
    Align,
    Block,
    Break,
    Citation,
    Code,
    Document,
    Heading,
    Inline,
    Inlines,
    Item,
    Listing,
    Mark,
    Paragraph,
    Quote,
    Row,
    Rule,
    Table,
    Text,
)
from core.domain.messages import Author

MAX_ADDRESS = 2000
"""Characters of a link's address; a longer one is left out, for platforms refuse the message."""
_DEEPEST = 60
"""Levels that are read as structure; a text with more is words."""
_MOST_BRACKETS = 2_000
"""Brackets that are read as links; a text with more is words, for each one left open costs."""
_EMPTY_CELLS = 5_000
"""Cells that short rows may lack together; a text with more has no tables, for each costs."""
_ABSOLUTE = re.compile(r"(?:https?://|mailto:|tel:).", re.IGNORECASE)
_UNWRITTEN = re.compile(r"[\s\x00-\x1f<>\"\\^`{|}]")
"""What addresses have as percent and figures. https://datatracker.ietf.org/doc/html/rfc3986#section-2"""
_CITATION = re.compile(r"\[(\d{1,2})\]")
_DELIMITERS = re.compile(r"(?m)^[ \t|:>-]+$")
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}", re.ASCII)
_PARAGRAPHS = re.compile(r"\n[ \t]*\n[ \t\n]*")
_MARKS = {"strong": Mark.STRONG, "em": Mark.EMPHASIS, "s": Mark.STRIKE}


def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": False, "breaks": True, "maxNesting": _DEEPEST}
    parser = MarkdownIt("commonmark", options)
    # A reference definition would turn a citation such as [1] into a link somewhere else.
    return parser.enable(["table", "strikethrough"]).disable(["reference"])


_WITH_TABLES = _parser()
_WITHOUT_TABLES = _parser().disable(["table"])


def parse(text: str) -> Document:
    """The tree of a text in Markdown."""
    text = legible(text)
    if text.count("[") > _MOST_BRACKETS:
        return literal(text)
    parser = _WITHOUT_TABLES if _is_ragged(text) else _WITH_TABLES
    tokens = parser.parse(text)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        return literal(text)  # the parser leaves out what is deeper
    return _blocks(iter(tokens), "")


def read(author: Author, text: str) -> Document:
    """The tree of what somebody said: the bot and agents write Markdown, others words."""
    match author:
        case Author.BOT | Author.AGENT:
            return parse(text)
        case Author.CUSTOMER | Author.SYSTEM:
            return literal(text)


def literal(text: str) -> Document:
    """The tree of a text that means only what it says."""
    paragraphs = filter(None, _PARAGRAPHS.split(legible(text).strip()))
    return tuple(Paragraph(_lines(paragraph)) for paragraph in paragraphs)


def _lines(text: str) -> Inlines:
    inlines: list[Inline] = []
    for line in text.split("\n"):
        if inlines:
            inlines.append(Break())
        if line:
            inlines.append(Text(line))
    return tuple(inlines)


def _is_ragged(text: str) -> bool:
    """True when rows could lack so many cells that filling them up is work for seconds."""
    lacking = 0
    for part in _PARAGRAPHS.split(text):
        rows = (line.count("|") for line in _DELIMITERS.findall(part) if "-" in line)
        lacking += max(max(rows, default=0) * part.count("\n") - part.count("|"), 0)
    return lacking > _EMPTY_CELLS


def _blocks(tokens: Iterator[Token], end: str) -> Document:
    """The blocks up to the token that ends what contains them."""
    blocks: list[Block] = []
    for token in tokens:
        if token.type == end:
            break
        block = _block(token, tokens)
        if block is not None:
            blocks.append(block)
    return tuple(blocks)


def _block(token: Token, tokens: Iterator[Token]) -> Block | None:
    match token.type:
        case "paragraph_open" | "heading_open":
            inside = _inside(tokens)
            level = int(token.tag[1:] or 0)
            return _worded(inside, level) if inside else None
        case "blockquote_open":
            quoted = _blocks(tokens, "blockquote_close")
            return Quote(quoted) if quoted else None
        case "bullet_list_open":
            return _listing(tokens, None, "bullet_list_close")
        case "ordered_list_open":
            return _listing(tokens, int(token.attrs.get("start", 1)), "ordered_list_close")
        case "table_open":
            return _table(tokens)
        case _:
            return _leaf(token)


def _worded(inside: Inlines, level: int) -> Block:
    return Heading(inside, level) if level else Paragraph(inside)


def _leaf(token: Token) -> Block | None:
    match token.type:
        case "fence":
            return _fence(token)
        case "code_block":
            return Code(token.content.removesuffix("\n"))
        case "hr":
            return Rule()
        case _:
            return None


def _fence(token: Token) -> Code | None:
    """What stands behind the fence is a language's name, or words like any others."""
    info, text = token.info.strip(), token.content.removesuffix("\n")
    if _LANGUAGE.fullmatch(info) and text.strip():
        return Code(text, info)
    shown = "\n".join(filter(None, (info, text)))
    return Code(shown) if shown.strip() else None


def _listing(tokens: Iterator[Token], start: int | None, end: str) -> Listing | None:
    items: list[Item] = []
    for token in tokens:
        if token.type == end:
            break
        items.append(Item(_blocks(tokens, "list_item_close")))
    return Listing(tuple(items), start)


def _table(tokens: Iterator[Token]) -> Table:
    rows: list[Row] = []
    cells: list[Inlines] = []
    aligns: list[Align] = []
    for token in tokens:
        match token.type:
            case "table_close":
                break
            case "tr_open":
                cells = []
            case "tr_close":
                rows.append(tuple(cells))
            case "th_open":
                aligns.append(_align(token))
            case "inline":
                cells.append(_inlines(token.children or ()))
            case _:
                pass
    return Table(rows[0], tuple(rows[1:]), tuple(aligns))


def _align(cell: Token) -> Align:
    match cell.attrs.get("style"):
        case "text-align:left":
            return "left"
        case "text-align:center":
            return "center"
        case "text-align:right":
            return "right"
        case _:
            return ""


def _inside(tokens: Iterator[Token]) -> Inlines:
    """The words of the paragraph or heading that was just opened."""
    inline = next(tokens)
    next(tokens)
    return _inlines(inline.children or ())


def _inlines(tokens: Sequence[Token]) -> Inlines:
    return trimmed(joined(_runs(tokens, PLAIN_ADDRESS)))


def _runs(tokens: Sequence[Token], href: str) -> Iterator[Inline]:
    """Each token's words with the marks that are open there."""
    opened = Counter[Mark]()
    marks = PLAIN
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                yield Break()
            case "code_inline":
                yield Text(token.content.replace("\n", " "), marks | Mark.CODE, href)
            case "link_open":
                href = address(token.attrs.get("href"))
            case "link_close":
                href = PLAIN_ADDRESS
            case "image":
                yield from _image(token, marks, href)
            case _ if token.tag in _MARKS:
                mark = _MARKS[token.tag]
                opened[mark] += token.nesting
                marks = marks | mark if opened[mark] else marks & ~mark
            case _:
                yield from _cited(token.content, marks, href)


def _image(token: Token, marks: Mark, href: str) -> Iterator[Inline]:
    """Its description as a link to it; inside a link the link's own address stands."""
    to = href or address(token.attrs.get("src"))
    described = "".join(child.content or " " for child in token.children or ()).strip()
    yield Text(described or to, marks, to)


def _cited(words: str, marks: Mark, href: str) -> Iterator[Inline]:
    if href:
        yield Text(words, marks, href)
        return
    at = 0
    for found in _CITATION.finditer(words):
        if int(found[1]) and not found[1].startswith("0"):
            yield Text(words[at : found.start()], marks)
            yield Citation(int(found[1]))
            at = found.end()
    yield Text(words[at:], marks)


def address(href: str | float | None) -> str:
    """The address if it leads somewhere from everywhere, else none."""
    found = _UNWRITTEN.sub(lambda letter: quote(letter[0]), str(href or "").strip())
    if len(found) > MAX_ADDRESS or not _ABSOLUTE.match(found):
        return PLAIN_ADDRESS
    return found
