"""HTML: the main text of a page, without the menus, banners and scripts around it."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from knowledge.parsers.bullets import Bullets
from knowledge.parsers.furniture import Furniture
from knowledge.parsers.limits import Limits
from knowledge.parsers.markup import vetted
from knowledge.parsers.nodes import inside, text_of
from knowledge.parsers.normalise import squeeze
from knowledge.parsers.outline import Outline, Parsed
from knowledge.parsers.tables import caption_of, is_table, rows_of

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(_HEADINGS) | frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset "  # noqa: SIM905
    "figcaption figure footer form header hgroup hr html legend li main nav p pre section summary "
    "table tbody td tfoot th thead tr".split()
)
_LISTS = frozenset({"ul", "ol", "menu"})
_SPACE = re.compile("[ \t\n\r\f]+")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]{2,40})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")


def declared_charset(raw: bytes) -> str:
    """The encoding that the page names within its first 4 kB; empty when it names none."""
    start = raw[:4096]
    found = _XML_ENCODING.search(start) or _CHARSET.search(start)
    return found[1].decode("ascii") if found else ""


def read(text: str, limits: Limits) -> Parsed:
    """The main text; the title is the page's, or its first heading where that says the same.

    Raises:
        Unreadable: nested so deeply, or with so many attributes, that it is no page for people.
    """
    tree = LexborHTMLParser(vetted(text))
    outline = Outline(limits)
    root = _main(tree)
    if root is not None:
        _write(root, outline, Furniture(root, inside_main=root.tag != "body"))
    return Parsed(title=_title(tree), language=_language(tree), sections=outline.sections())


def add(outline: Outline, fragment: str) -> None:
    """Write a piece of HTML into the outline of another document."""
    body = LexborHTMLParser(vetted(fragment)).body
    if body is not None:
        _write(body, outline, Furniture(body, inside_main=True))


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    """`<main>`, the only `<article>`, or the body."""
    for selector in ("main", "[role=main]", "article"):
        found = [node for node in tree.css(selector) if _has_text(node)]
        if len(found) == 1:
            return found[0]
    return tree.body


def _has_text(node: LexborNode) -> bool:
    return any(part.is_text_node and (part.text_content or "").strip() for part in inside(node))


def _steps(
    root: LexborNode, furniture: Furniture | None = None
) -> Iterator[tuple[LexborNode, bool]]:
    """Every node below `root` in order: True on the way in, False on the way out."""
    waiting = [(root.first_child, False)]
    while waiting:
        node, leaving = waiting.pop()
        if node is None:
            continue
        if leaving:
            yield node, False
            continue
        waiting.append((node.next, False))
        if furniture is not None and furniture.is_part(node):
            continue
        yield node, True
        if node.first_child is not None and not node.is_text_node:
            waiting.append((node, True))
            if not (furniture is not None and furniture.is_done(node)):
                waiting.append((node.first_child, False))


def _write(root: LexborNode, outline: Outline, furniture: Furniture) -> None:
    walk = _Walk(outline, furniture)
    for node, entering in _steps(root, furniture):
        if node.is_text_node:
            walk.say(node.text_content or "")
        elif entering:
            walk.enter(node, node.tag or "")
        else:
            walk.leave(node.tag or "")
    walk.end()


class _Walk:
    """Writes the nodes of a page into an outline, one after the other."""

    def __init__(self, outline: Outline, furniture: Furniture) -> None:
        self._outline = outline
        self._furniture = furniture
        self._words: list[str] = []
        self._list = Bullets()
        self._heading = 0
        self._verbatim = 0
        self._term = ""

    def say(self, text: str) -> None:
        self._words.append(text if self._verbatim else _SPACE.sub(" ", text))

    def enter(self, node: LexborNode, tag: str) -> None:
        if tag == "br":
            self._words.append("\n")
        elif tag == "table" and is_table(node):
            self._table(node)
        elif tag in _LISTS:
            self._flush()
            self._list.open(_first_number(node) if tag == "ol" else 0)
        elif tag in _BLOCKS:
            self._flush()
            self._begin(tag)

    def _begin(self, tag: str) -> None:
        if tag == "li":
            self._list.begin_item()
        elif tag == "pre":
            self._verbatim += 1
        elif tag in _HEADINGS and not self._list.depth:
            self._heading = _HEADINGS[tag]

    def leave(self, tag: str) -> None:
        if tag == "dt":
            self._term = self._taken()
        elif tag in _HEADINGS and self._heading:
            level, self._heading = self._heading, 0
            self._outline.head(level, self._taken())
        elif tag in _LISTS:
            self._flush()
            self._list.close()
            if not self._list.depth:
                self._end_list()
        elif tag in _BLOCKS:
            self._flush()
            self._verbatim -= tag == "pre"

    def end(self) -> None:
        self._flush()
        self._outline.prose(self._term)
        self._term = ""
        self._end_list()

    def _table(self, node: LexborNode) -> None:
        self.end()
        self._outline.prose(caption_of(node))
        self._outline.table(rows_of(node, self._outline.cells))
        self._furniture.done(node)

    def _taken(self) -> str:
        text, self._words = "".join(self._words).strip(), []
        return text

    def _flush(self) -> None:
        """A block ends here; within a heading it is only a space."""
        if self._heading:
            self._words.append(" ")
            return
        text = self._taken()
        if not text:
            return
        if self._term:
            text, self._term = f"{self._term}: {text}", ""
        if self._list.depth:
            self._list.add(text)
        else:
            self._outline.prose(text)

    def _end_list(self) -> None:
        self._outline.prose(self._list.take())


def _first_number(node: LexborNode) -> int:
    stated = node.attributes.get("start") or ""
    return int(stated[:6]) if stated.isascii() and stated.isdigit() else 1


def _title(tree: LexborHTMLParser) -> str:
    """The page's title without the name of the site, where a heading shows what that is."""
    title = squeeze(text_of(tree.css_first("title")))
    headings = [squeeze(text_of(node)) for node in tree.css("h1")]
    inside = [heading for heading in headings if heading and heading in title]
    if inside:
        return inside[0]
    return title or next(filter(None, headings), "")


def _language(tree: LexborHTMLParser) -> str:
    node = tree.css_first("html")
    stated = node.attributes.get("lang") if node is not None else None
    found = _LANGUAGE.match(stated or "")
    return found[0].lower() if found else ""
