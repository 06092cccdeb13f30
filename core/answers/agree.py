"""What two questions must agree on, however alike they are: numbers, names, and what is denied.

An embedding hardly tells `cancel order 5` from `do not cancel order 6`. So the answer to one
question is never given to another whose numbers, names or denials differ; what is told here is
told by signs on the surface, in English and Chinese, and a doubt counts as a difference.
"""

import re
import unicodedata
from dataclasses import dataclass

from core.answers.numbers import numbers
from core.nlu.words import is_telling, terms

_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+(?:['\-][A-Za-z0-9\u00c0-\u024f]+)*")
_DENYING = """
    no non not never without cannot cant dont doesnt didnt wont wouldnt isnt arent wasnt werent
    couldnt shouldnt hasnt havent hadnt aint neither nor none nothing unable impossible trouble
    difficult difficulty difficulties fail fails failed failing stop stopped except exclude
    excluding
"""
_DENIALS = frozenset(_DENYING.split())
_ASIDES = re.compile(
    r"\b(?:(?:do ?n[o']?t|did ?n[o']?t|can ?n[o']?t) (?:know|understand|see) (?:how|what|where|"
    r"why|when|if|which)|not sure|no idea|or not|why not|no problem|no worries|not only)\b"
)
_CHINESE_ASIDES = re.compile(
    r"(.)[不没]\1|不好意思|对不起|不知道|不清楚|不明白|没关系|不同|不过|不错|不仅|不但|特别|区别|分别"
    r"|级别|类别|个别|别的|别人|识别|性别|告别|未来|非常|除非|无线|有没有|要不要|没问题"
)
_CHINESE_DENIAL = re.compile(r"[不没未无非勿莫别](?P<what>[\u3400-\u9fff]{0,2})")
_REACH = 2
"""Telling words behind a denial that it may deny."""
_BOTH_OR_NEITHER = {
    "why": r"\b(?:why|how come|reasons?|what for)\b|为什么|为何|为啥|什么原因",
    "other": r"\b(?:other|another|else|different|alternatives?|instead)\b|其他|其它|别的|另外",
    "must": r"\b(?:(?:do|must|should) (?:i|we) (?:need|have) to|must (?:i|we)|am i required|"
    r"the need to|is it (?:necessary|required|mandatory))\b|必须|一定要|需不需要|需要.*吗",
    "purpose": r"\b(?:purpose|used? (?:it |this )?for|(?:can|do) (?:i|you|we) use)\b"
    r"|有什么用|用途",
}
"""Signs of what is asked for, which two like questions have both or neither."""
_MAY_BE_LEFT_OUT = {
    "time": r"\b(?:when|how (?:long|soon|fast|quickly))\b|多久|多长时间|什么时候|何时|几天|几点",
    "amount": r"\bhow (?:much|many)\b|多少|几个",
    "place": r"\bwhere\b|哪里|哪儿|什么地方",
    "person": r"\bwho\b|谁",
}
"""Signs that one of two like questions may lack; both having others, they are not alike."""
_ASKING = {kind: re.compile(sign) for kind, sign in (_BOTH_OR_NEITHER | _MAY_BE_LEFT_OUT).items()}


@dataclass(frozen=True, slots=True)
class Facts:
    """The signs in one question."""

    numbers: frozenset[str]
    names: frozenset[str]
    """Terms of words that are written as names, or carry digits."""
    denied: frozenset[str]
    """Terms right behind a denial."""
    denials: int
    """How many there are."""
    asks: frozenset[str]
    """What is asked for, as far as a word says it."""
    terms: frozenset[str]


def facts(text: str) -> Facts:
    """Read the signs of a question."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'")
    denials, denied = _denials(plain)
    return Facts(
        numbers=numbers(plain),
        names=_names(plain),
        denied=denied,
        denials=denials,
        asks=frozenset(kind for kind, sign in _ASKING.items() if sign.search(plain.casefold())),
        terms=frozenset(terms(plain)),
    )


def agree(one: Facts, other: Facts) -> bool:
    """Whether nothing speaks against the two being the same question."""
    return (
        one.numbers == other.numbers
        and one.names <= other.terms
        and other.names <= one.terms
        and one.denials == other.denials
        and _asks_alike(one.asks, other.asks)
        and _denied_alike(one, other)
        and _denied_alike(other, one)
    )


def _asks_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    if (one ^ other) & _BOTH_OR_NEITHER.keys():
        return False
    one, other = one & _MAY_BE_LEFT_OUT.keys(), other & _MAY_BE_LEFT_OUT.keys()
    return not one or not other or bool(one & other)


def _denied_alike(one: Facts, other: Facts) -> bool:
    """Whether nothing that the one denies is said, and not denied, by the other."""
    return not (one.denied & other.terms) - other.denied


def _names(text: str) -> frozenset[str]:
    """Terms of words with a capital where no sentence begins, and of words with digits in them.

    Among Chinese every Latin word is a name.
    """
    found: set[str] = set()
    amid_chinese = _HAN.search(text) is not None
    end = 0
    for word in _WORD.finditer(text):
        between = text[end : word.start()]
        begins = not end or any(mark in between for mark in ".!?:\n")
        end = word.end()
        if _is_name(word.group(), begins=begins, amid_chinese=amid_chinese):
            found.update(terms(word.group()))
    return frozenset(found).intersection(terms(text))


def _is_name(word: str, *, begins: bool, amid_chinese: bool) -> bool:
    if any(sign.isdigit() for sign in word):
        return not word.isdigit()
    if not is_telling(word.casefold()) or "'" in word:
        return False
    shouted = len(word) > 1 and word.isupper()
    return amid_chinese or shouted or (word[0].isupper() and not begins)


def _denials(text: str) -> tuple[int, frozenset[str]]:
    """How many denials there are, and the terms behind them."""
    plain = _CHINESE_ASIDES.sub(" ", _ASIDES.sub(" ", text.casefold()))
    denied: set[str] = set()
    denials = reach = 0
    for word in re.findall(r"[a-z]+(?:'[a-z]+)?", plain):
        if word.replace("'", "") in _DENIALS or word.endswith("n't"):
            denials, reach = denials + 1, _REACH
        elif reach and is_telling(word):
            denied.update(terms(word))
            reach -= 1
    for found in _CHINESE_DENIAL.finditer(plain):
        denials += 1
        denied.update(terms(found["what"]))
    return denials, frozenset(denied)
