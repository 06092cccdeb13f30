"""A tree as Markdown again, for Slack's `markdown` blocks: as it was, and nothing that acts.

Signs are written so that they are read as such, and Slack's own tokens, which call people or hide
where a link leads, are taken apart.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from channels.markdown.spans import spans
from channels.markdown.tree import (
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

_LAST_NUMBER = 999_999_999
_SIGNS_OF_LISTS = (("-", "."), ("*", ")"))
"""Of bullets and behind numbers; with others a list is another list."""
_SPACE = Text(" ")
_SIGNS = {Mark.STRONG: "**", Mark.EMPHASIS: "*", Mark.STRIKE: "~~"}
_DELIMITERS: dict[Align, str] = {"": "---", "left": ":--", "center": ":-:", "right": "--:"}
_APART = "\u2060"
_MEANT = "\0"
"""Before a sign that is not to be escaped; no text has it."""
# Slack's tokens, in code: nowhere is said whether it reads them there.
# https://docs.slack.dev/messaging/formatting-message-text#advanced
_TOKEN = re.compile(r"<(?=[@#]|!(?:here|channel|everyone|subteam|date)|https?:|mailto:|tel:)")
# What is more than a character where it stands; `snake_case` and `2 * 3` are not.
_SPECIAL = re.compile(
    r"[\\`<>]|~(?=~)|(?<=~)~|^~|~$|(?<!\s)\*|\*(?!\s)|_(?![^\W_])|(?<![^\W_])_"
    r"|\](?=\()|&(?=#?\w+;)"
)
_SPECIAL_IN_LINKS = re.compile(rf"[\[\]]|{_SPECIAL.pattern}")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
# At the beginning of a line: headings, rules, lists, underlines, rows of tables, definitions.
_OPENING = re.compile(
    r"^(?:#{1,6}(?=\s|$)|[-+=](?=[\s=:|-]|$)|[|]|:(?=-)|\[(?=(?:[^\]\\]|\\.){1,999}\]:)"
    r"|\d{1,9}(?=[.)](?:\s|$)))"
)
_UNSAFE = re.compile(r"[()<>;]")
_CLOSING = re.compile(r"(?<=\s)(#+)$|^(#+)$")
_TICKS = re.compile(r"`+")


def to_commonmark(document: Document) -> str:
    """The tree as Markdown; two lists that follow one another stay two."""
    return "\n\n".join(written for _, written in _written(document))


def _written(document: Document) -> Iterator[tuple[Block, str]]:
    above: Block | None = None
    signs = _SIGNS_OF_LISTS[0]
    for block in document:
        follows = isinstance(above, Listing) and signs == _SIGNS_OF_LISTS[0]
        signs = _SIGNS_OF_LISTS[follows]
        yield block, _block(block, signs)
        above = block


def _block(block: Block, signs: tuple[str, str]) -> str:
    match block:
        case Paragraph(inside):
            return _lines(inside)
        case Heading(inside, level):
            line = _lines(tuple(_SPACE if isinstance(one, Break) else one for one in inside))
            return f"{'#' * level} {_CLOSING.sub(_escaped, line)}"
        case Code(text, language):
            fence = _fence(text, 3)
            return f"{fence}{language}\n{_TOKEN.sub(f'<{_APART}', text)}\n{fence}"
        case Rule():
            return "---"
        case Quote() | Listing() | Table():
            return _container(block, signs)


def _container(block: Quote | Listing | Table, signs: tuple[str, str]) -> str:
    match block:
        case Quote(blocks):
            lines = to_commonmark(blocks).split("\n")
            return "\n".join(f"> {line}" if line else ">" for line in lines)
        case Listing(items, None):
            return "\n".join(_item(item, signs[0]) for item in items)
        case Listing(items, start):
            first = start or 0
            return "\n".join(
                _item(item, f"{min(first + number, _LAST_NUMBER)}{signs[1]}")
                for number, item in enumerate(items)
            )
        case Table(head, rows, aligns):
            delimiters = "|".join(_DELIMITERS[align] for align in aligns)
            return "\n".join((_row(head), f"|{delimiters}|", *map(_row, rows)))


def _item(item: Item, sign: str) -> str:
    """Its blocks, set in; a list stands right below the words that it belongs to."""
    indent = "\n" + " " * (len(sign) + 1)
    lines: list[str] = []
    above: Block | None = None
    for block, written in _written(item.blocks):
        if above and not (isinstance(above, Paragraph) and _may_interrupt(block)):
            lines.append("")
        lines.extend(written.split("\n"))
        above = block
    if lines[:1] == ["---"]:
        lines[0] = "***"  # behind a list's sign the other would be a rule by itself
    return (
        f"{sign} " + "".join(f"{indent}{line}" if line else "\n" for line in lines)[len(indent) :]
    )


def _may_interrupt(block: Block) -> bool:
    """True for a list that needs no empty line above it."""
    return isinstance(block, Listing) and block.start in {None, 1} and bool(block.items[0].blocks)


def _row(row: Row) -> str:
    return "|" + "|".join(f" {_cell(cell)} " for cell in row) + "|"


def _cell(cell: Inlines) -> str:
    flat = tuple(_SPACE if isinstance(one, Break) else one for one in cell)
    return _words(flat).replace("|", "\\|").replace(_MEANT, "")


def _lines(inlines: Inlines) -> str:
    """Running text, no line of which begins a block."""
    lines = (line.lstrip(" \t") for line in _words(inlines).split("\n"))
    return "\n".join(_OPENING.sub(_opening, line) for line in lines).replace(_MEANT, "")


def _words(inlines: Inlines) -> str:
    return spans(tuple(_unlinked(inlines)), _leaf, _wrapped)


def _unlinked(inlines: Inlines) -> Iterator[Inline]:
    """Parts what would be an image or a link only because both stand side by side."""
    for one, after in pairwise((*inlines, _SPACE)):
        yield one
        match one, after:
            case (Text(words, marks, ""), Text(_, _, href)) if href and not marks:
                yield Text(_APART if words.endswith("!") else "")
            case (Citation(), Text(words, marks)) if words.startswith("(") and not marks:
                yield Text(_APART)
            case _:
                pass


def _leaf(inline: Inline) -> str:
    match inline:
        case Text(words, marks) if Mark.CODE in marks:
            return _code(words)
        case Text(words, _, href):
            return (_SPECIAL_IN_LINKS if href else _SPECIAL).sub(_escaped, words)
        case Break():
            return "  \n"
        case Citation(number):
            return f"[{number}]"


def _code(words: str) -> str:
    fence = _fence(words, 1)
    pad = " " if words[:1] in "` " or words[-1:] in "` " else ""
    return f"{fence}{pad}{_TOKEN.sub(f'<{_APART}', words)}{pad}{fence}"


def _fence(text: str, shortest: int) -> str:
    """More backticks than the text has anywhere."""
    longest = max((len(found) for found in _TICKS.findall(text)), default=0)
    return "`" * max(shortest, longest + 1)


def _wrapped(look: Mark | str, inside: str) -> str:
    if isinstance(look, str):
        return f"{_MEANT}[{inside}]({_address(look)})"
    return f"{_SIGNS[look]}{inside}{_SIGNS[look]}"


def _address(href: str) -> str:
    """With what would end it, or be read as an entity, in the form of addresses."""
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", href)


def _escaped(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0], f"\\{found[0]}")


def _opening(found: re.Match[str]) -> str:
    """A number is followed by its sign, which is escaped instead."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
