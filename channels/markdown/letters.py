"""Which characters of a message reach a reader: none that commands, reverses or hides.

Whoever writes through a model or a document may try to steer terminals, to turn the order of
letters round, or to smuggle in words that nobody sees.
"""

import re
import unicodedata

_LINE_END = re.compile("\r\n?|\x85|\u2028")
# Controls (of both sets), halves of surrogate pairs, and marks of annotations.
_COMMANDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufff9-\ufffb]")
# Embeddings and overrides can show letters in another order than they have; isolates cannot.
# https://www.unicode.org/reports/tr9/#Explicit_Directional_Embeddings
_HIDDEN = re.compile("[\u202a-\u202e\ufeff]")
# Tags are for flags of regions only, after a black flag.
# https://www.unicode.org/reports/tr51/#Emoji_Tag_Sequences
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)|[\U000e0000-\U000e007f]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_POP = "\u2069"


def legible(text: str) -> str:
    """The text without such characters; what commanded leaves a U+FFFD."""
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    text = _HIDDEN.sub("", _COMMANDING.sub("\ufffd", text))
    text = _TAGS.sub(lambda found: found[1] or "", text)
    if not _ISOLATES.search(text):
        return text
    return "\n".join(map(_closed, text.split("\n")))


def _closed(line: str) -> str:
    """Without isolates when they are not in pairs: the rest of the line would be in one."""
    depth = 0
    for isolate in _ISOLATES.findall(line):
        depth += -1 if isolate == _POP else 1
        if depth < 0:
            break
    return line if depth == 0 else _ISOLATES.sub("", line)


def is_blank(text: str) -> bool:
    """True when a reader sees nothing: platforms refuse such messages."""
    return all(unicodedata.category(letter)[0] in "ZC" for letter in text)
