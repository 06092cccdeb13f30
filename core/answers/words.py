"""The words by which two questions are compared."""

import re
import unicodedata

from core.nlu.words import telling_terms, terms

_HAN = re.compile(r"[\u3400-\u9fff]")
_FILLING = re.compile(
    r"请问|请教|一下|你好|您好|麻烦|谢谢|我想知道|我想问|想问|我想|我要|我需要|请|怎么样|怎么|怎样|如何|能不能|可不可以"
    r"|可以|能否|是否|你们|您们|我们|我的|你的|您的|[吗呢啊呀吧嘛的了我你您]"
)
"""How Chinese asks, whatever it asks for."""
_KEPT = re.compile(r"[$€£¥#]?\w+(?:[.,:'\-]\w+)*[+#%€$£¥]*")
_POINTING_WORDS = """
    it its it's that that's this these those they them their then one ones he she him her same such
    else other another
"""
_POINTING = frozenset(_POINTING_WORDS.split())
_GOING_ON = re.compile(
    r"(?:and|but|or|so|also|then|what about|how about|what if)\b|那|还有|也|然后|另外"
)
_POINTING_CHINESE = re.compile(r"它|这|那|他们|她|该|上面|刚才|之前")
_BARE = 2
"""Terms of a question that says what it is about."""


def normal(text: str) -> str:
    """The form in which two questions are the same one: no case, no marks, no needless room."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(_KEPT.findall(folded))


def content(text: str) -> frozenset[str]:
    """The terms that say what is asked, whatever the manner of asking."""
    if not _HAN.search(text):
        return frozenset(telling_terms(text))
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = _FILLING.sub("", folded)
    return frozenset(terms(bare) or terms(folded))


def shared(one: frozenset[str], other: frozenset[str]) -> float:
    """Of both questions' terms the share that both have (Dice's coefficient), 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def leans(text: str) -> bool:
    """Whether the question, in a conversation, may be about what was said before it."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").strip(" ?!.？！。")
    words = re.findall(r"[a-z']+", folded)
    return (
        any(word in _POINTING for word in words)
        or _GOING_ON.match(folded) is not None
        or folded.endswith("呢")
        or _POINTING_CHINESE.search(folded) is not None
        or len(content(folded)) < _BARE
    )
