"""Walks the nodes of a page without recursion: markup may be thousands of levels deep."""

from collections.abc import Iterator

from selectolax.lexbor import LexborNode

_PARTING = frozenset({"br", "p", "div", "li", "tr", "td", "th", "dt", "dd", "section", "h1", "h2"})


def inside(root: LexborNode) -> Iterator[LexborNode]:
    """All nodes below, in order."""
    waiting = [root.first_child]
    while waiting:
        node = waiting.pop()
        if node is None:
            continue
        yield node
        waiting.append(node.next)
        if not node.is_text_node:
            waiting.append(node.first_child)


def text_of(root: LexborNode | None) -> str:
    """The text below, as one line of a cell or a title; spaces are left as they are."""
    if root is None:
        return ""
    out: list[str] = []
    for node in inside(root):
        if node.is_text_node:
            out.append(node.text_content or "")
        elif node.tag in _PARTING:
            out.append(" ")
    return "".join(out)
