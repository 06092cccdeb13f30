"""Keeps markup that no person wrote away from the HTML parser."""

import re

from knowledge.parsers.limits import Unreadable

_UNSEEN = re.compile(r"<(script|style)\b|<!--", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_NEVER_NESTED = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "  # noqa: SIM905
    "tbody thead tfoot option optgroup colgroup rp rt html head body path".split()
)
# Beyond these the parser takes quadratic time: 100,000 nested elements cost 20 s.
_DEEPEST = 3_000
_MOST_ATTRIBUTES = 500


def vetted(text: str) -> str:
    """The markup without scripts, styles and comments.

    Raises:
        Unreadable: nested too deeply, or a tag with too many attributes.
    """
    text = _seen(text)
    depth = 0
    for closing, tag in _TAG.findall(text):
        if tag.lower() not in _NEVER_NESTED:
            depth = max(depth - 1, 0) if closing else depth + 1
            if depth > _DEEPEST:
                raise Unreadable(f"its elements are nested deeper than {_DEEPEST:,} levels")
    for piece in text.split(">"):
        if len(piece) > _MOST_ATTRIBUTES * 2 and _attributes(piece) > _MOST_ATTRIBUTES:
            raise Unreadable(f"a tag of it has more than {_MOST_ATTRIBUTES} attributes")
    return text


def _seen(text: str) -> str:
    """One pass; what is never closed runs to the end, as in a browser."""
    kept, at = [], 0
    lowered = text.lower() if len(text.lower()) == len(text) else text
    while (found := _UNSEEN.search(text, at)) is not None:
        kept.append(text[at : found.start()])
        close = f"</{found[1].lower()}" if found[1] else "-->"
        end = lowered.find(close, found.end() if found[1] else found.start() + 2)
        at = len(text) if end < 0 else end + len(close)
        if found[1] and end >= 0:
            at = text.find(">", at) + 1 or len(text)
    kept.append(text[at:])
    return " ".join(kept)


def _attributes(piece: str) -> int:
    tags = [found.start() for found in _TAG.finditer(piece)]
    if not tags:
        return 0
    return len(_QUOTED.sub(" ", piece[tags[0] :]).replace("/", " ").split())
