"""Plain text as an Atlassian document, and back.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from collections.abc import Iterator, Mapping
from typing import Any


def document(text: str) -> Mapping[str, Any]:
    """One paragraph per block of lines; lines keep their ends."""
    blocks = [block for block in text.split("\n\n") if block.strip()]
    return {"type": "doc", "version": 1, "content": [_paragraph(block) for block in blocks]}


def plain(node: object) -> str:
    """The words of a document, or of the text that servers of one's own have in its place."""
    return node if isinstance(node, str) else "".join(_words(node)).strip()


def _paragraph(block: str) -> Mapping[str, Any]:
    content: list[Mapping[str, Any]] = []
    for line in block.strip("\n").split("\n"):
        if content:
            content.append({"type": "hardBreak"})
        if line:
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def _words(node: object) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    if node.get("type") == "text":
        yield str(node.get("text", ""))
    if node.get("type") == "hardBreak":
        yield "\n"
    for child in node.get("content") or ():
        yield from _words(child)
    if node.get("type") in {"paragraph", "heading", "listItem", "codeBlock"}:
        yield "\n\n"
