"""Markdown: headings, paragraphs, lists, tables and code, without their marks."""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.parsers import html
from knowledge.parsers.bullets import Bullets
from knowledge.parsers.limits import Limits, Unreadable
from knowledge.parsers.outline import Outline, Parsed

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"(?m)^(title|lang|language)[ \t]*:[ \t]*(.+?)[ \t]*\r?$", re.IGNORECASE)
_DEEPEST = 40
_MOST_LINES = 250_000
_LONGEST_FRONT = 10_000
# Inline marks take quadratic time; a block beyond these keeps its marks.
_LONGEST_INLINE = 10_000
_MOST_BRACKETS = 50
_ANCHOR = re.compile(r"\s*\{#[^}\s]*\}\s*$")
_TAG = re.compile(r"<[^<>]*>")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(text: str, limits: Limits) -> Parsed:
    """The title and language are the front matter's; else the title is the first `#` heading.

    Raises:
        Unreadable: more lines than any document for people has.
    """
    if text.count("\n") > _MOST_LINES:
        raise Unreadable(f"it has more than {_MOST_LINES:,} lines")
    front, body = _front_matter(text)
    outline = Outline(limits)
    # Inline marks are resolved per block, so that no single one can take long.
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    tokens = parser.disable("inline").parse(body)
    walk = _Walk(parser, outline)
    for token in tokens:
        walk.take(token)
    walk.end()
    return Parsed(
        title=front.get("title") or walk.title,
        language=front.get("lang") or front.get("language") or "",
        sections=outline.sections(),
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Its plain fields, and what follows it."""
    found = _FRONT.match(text[:_LONGEST_FRONT])
    if not found:
        return {}, text
    fields = {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(found[1])}
    return fields, text[found.end() :]


class _Walk:
    """Writes the tokens of markdown-it into an outline, one after the other."""

    def __init__(self, parser: MarkdownIt, outline: Outline) -> None:
        self._parser = parser
        self._outline = outline
        self._heading = 0
        self._list = Bullets()
        self._rows: list[list[str]] = []
        self._in_cell = False
        self.title = ""

    def take(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._heading = int(token.tag[1:])
            case "inline":
                self._text(self._plain(token.content))
            case "fence" | "code_block":
                self._text(token.content.rstrip("\n"))
            case "html_block":
                self._html(token.content)
            case _ if "list" in token.type:
                self._lists(token)
            case _:
                self._cells(token)

    def end(self) -> None:
        """Hand over the list that was being gathered."""
        self._outline.prose(self._list.take())

    def _lists(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._list.open(0)
            case "ordered_list_open":
                self._list.open(int(token.attrs.get("start", 1)))
            case "list_item_open":
                self._list.begin_item()
            case "bullet_list_close" | "ordered_list_close":
                self._list.close()
                if not self._list.depth:
                    self.end()
            case _:
                pass

    def _cells(self, token: Token) -> None:
        match token.type:
            case "tr_open":
                self._rows.append([])
            case "th_open" | "td_open":
                self._in_cell = True
                self._rows[-1].append("")
            case "th_close" | "td_close":
                self._in_cell = False
            case "table_close":
                self.end()
                self._outline.table(self._rows)
                self._rows = []
            case _:
                pass

    def _text(self, text: str) -> None:
        if self._in_cell:
            self._rows[-1][-1] = text
        elif self._heading:
            self._head(_ANCHOR.sub("", text))
        elif self._list.depth:
            self._list.add(text)
        else:
            self._outline.prose(text)

    def _head(self, text: str) -> None:
        self.end()
        if self._heading == 1 and not self.title:
            self.title = text
        self._outline.head(self._heading, text)
        self._heading = 0

    def _html(self, content: str) -> None:
        if self._list.depth:
            self._list.add(_TAG.sub("", content))
        else:
            html.add(self._outline, content)

    def _plain(self, content: str) -> str:
        """Inline Markdown as a reader sees it; the targets of links are left out."""
        if len(content) > _LONGEST_INLINE or content.count("[") > _MOST_BRACKETS:
            return content
        marks: list[Token] = []
        self._parser.inline.parse(content, self._parser, {}, marks)
        return _words(marks)


def _words(tokens: Sequence[Token]) -> str:
    out: list[str] = []
    for token in tokens:
        match token.type:
            case "text" | "text_special" | "code_inline" | "image":
                out.append(token.content)
            case "softbreak":
                out.append(" ")
            case "hardbreak":
                out.append("\n")
            case "html_inline" if _BREAK_TAG.match(token.content):
                out.append("\n")
            case _:
                pass
    return "".join(out)
