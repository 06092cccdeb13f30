"""Tells a page's menus, banners and controls from its text."""

import re

from selectolax.lexbor import LexborNode

from knowledge.parsers.nodes import inside

_ALWAYS = frozenset(
    "script style template noscript nav aside svg math canvas iframe object embed audio video "  # noqa: SIM905
    "button input select textarea label menuitem head".split()
)
_OUTSIDE_MAIN = frozenset({"header", "footer"})
_ROLES = frozenset(
    "navigation banner contentinfo complementary dialog alertdialog search menu menubar "  # noqa: SIM905
    "toolbar tablist".split()
)
_NAMED = re.compile(
    r"cookie[-_ ]?(?:banner|bar|consent|notice|popup|overlay|modal|dialog|wall|law)"
    r"|(?:gdpr|consent)[-_ ]?(?:banner|bar|notice|popup|overlay|modal|dialog)|onetrust"
    r"|(?:^|[\s_-])(?:breadcrumbs?|sidebar|skip-?link|skip-to-content|visually-hidden|sr-only"
    r"|social-?share|share-?buttons|newsletter-signup|advert(?:isement)?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_KEPT = frozenset({"html", "body", "main", "article", "h1"})
_FEWEST_LINKS = 4
_LINK_SHARE = 0.8
_LONGEST_MENU = 300
_MOST_NODES = 500
_HIGHEST_CLIMB = 50
_LINK_DEPTH = 3
_LONGEST_NAME = 500


class Furniture:
    """What to leave out of one page.

    Args:
        root: Where the reading starts.
        inside_main: True when the page marks its main part, which `root` is; its headers and
            lists of links then belong to the text.
    """

    def __init__(self, root: LexborNode, *, inside_main: bool) -> None:
        self._inside_main = inside_main
        self._done: set[int] = set()

    def done(self, node: LexborNode) -> None:
        """Its inside was read in another way."""
        self._done.add(node.mem_id)

    def is_done(self, node: LexborNode) -> bool:
        """Whether to pass over what is inside."""
        return node.mem_id in self._done

    def is_part(self, node: LexborNode) -> bool:
        """Whether the node, with all in it, is left out."""
        tag = node.tag or ""
        if node.is_text_node or tag in _KEPT:
            return False
        if tag in _ALWAYS or not node.is_element_node:
            return True
        if (
            tag in _OUTSIDE_MAIN
            and not self._inside_main
            and not _under(node, "article", _HIGHEST_CLIMB)
        ):
            return True
        return _is_hidden(node) or (
            not self._inside_main and tag in {"ul", "ol"} and _is_menu(node)
        )


def _under(node: LexborNode, tag: str, levels: int) -> bool:
    """Whether one of the elements around it, as far as that, is such a one."""
    parent = node.parent
    while parent is not None and levels and parent.tag != tag:
        parent, levels = parent.parent, levels - 1
    return parent is not None and parent.tag == tag


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    if (attributes.get("role") or "") in _ROLES:
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return bool(_NAMED.search(names[:_LONGEST_NAME]))


def _is_menu(node: LexborNode) -> bool:
    """A short list of which nearly every word is a link."""
    text = linked = links = 0
    for number, part in enumerate(inside(node)):
        if number > _MOST_NODES or text > _LONGEST_MENU:
            return False
        if part.is_text_node:
            length = len("".join((part.text_content or "").split()))
            text += length
            linked += length if _under(part, "a", _LINK_DEPTH) else 0
        links += part.tag == "a"
    return links >= _FEWEST_LINKS and linked >= _LINK_SHARE * text
