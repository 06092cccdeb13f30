"""Shows a document's words: as Markdown that reads the same, and as a quotation."""

import re
from collections.abc import Sequence

_LIST_MARK = re.compile(r"^(?:[-*•·–]|\d{1,2}[.)]|#{1,6}|>)\s+")
_LOOKS_CITED = re.compile(r"\[(\d{1,3})\]")


def is_entry(text: str) -> bool:
    """Whether a line is an entry of a list or a row of a table, rather than a sentence."""
    return _LIST_MARK.match(text) is not None or " | " in text or "\t" in text


def quote(text: str, sentences: Sequence[str], longest: int) -> str:
    """The passage's words from the first to the last sentence, or the first one's where far."""
    start = text.find(sentences[0])
    end = text.find(sentences[-1], max(start, 0)) + len(sentences[-1])
    if start < 0 or end <= start or end - start > longest:
        return sentences[0]
    return text[start:end]


def plain(text: str) -> str:
    """The sentence so that Markdown shows its words and nothing else, and no number as a citation.

    Words stay as they are; only signs that Markdown would read are taken off or moved apart.
    """
    shown = " ".join(_LIST_MARK.sub("", text).split())
    shown = _LOOKS_CITED.sub(r"(\1)", shown.replace("![", "[").replace("](", "] ("))
    for sign in ("*", "`", "_", "~~"):
        if shown.count(sign) > 1:
            shown = shown.replace(sign, f"\\{sign}")
    return shown
