"""Cuts text into the terms that search counts: stemmed words, character pairs of Chinese. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

from core.nlu.emotion.named import CHINESE, names_feeling
from core.nlu.words import is_telling
from knowledge.scripts import HAN

TERMS_VERSION = 1
"""Raise it with any change that cuts a text otherwise: documents are then put anew."""

_RUN = re.compile(rf"(?P<han>[{HAN}]+)|[^\W{HAN}]+(?:[-.,:/'’&+][^\W{HAN}]+)*\+*")
_HOST = re.compile(r"^[a-z][a-z0-9+.-]*://[^/]*", re.IGNORECASE)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_SIGNS = re.compile(r"[\W_]+")
_INNER = re.compile(r"[-.,:/_'’&+]+")
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Snowball's stemmers (https://snowballstem.org/algorithms/) by BCP 47 tag."""
_LONGEST = 64
"""A longer run is no word, and an index entry has a limit."""


def stemmed_as(language: str) -> str:
    """The language whose stemmer serves this one: its own, or English."""
    return language if language in _STEMMERS else "en"


def terms(text: str, language: str = "en") -> tuple[str, ...]:
    """The terms that say what a text is about, in order.

    Words of letters are stemmed as words of the language. A code such as `AB-1234`, `v2.1` or
    `max_tokens` is a term as a whole, and so is each of its parts. Chinese is cut into
    characters and overlapping pairs of them. Words that only bind or ask
    are left out: they are in every text, and a question's weight is better spent on others.
    """
    stem = _stem(stemmed_as(language))
    found: list[str] = []
    for run in _RUN.finditer(_folded(text)):
        if run.lastgroup:
            found.extend(filter(is_telling, (*run.group(), *_pairs(run.group()))))
        elif is_telling(run.group()):
            found.extend(_word(run.group(), stem))
    return tuple(term[:_LONGEST] for term in found)


def path_terms(uri: str, language: str = "en") -> frozenset[str]:
    """Terms of the folders and the name in a document's address, without host and ending."""
    path = _ENDING.sub("", _HOST.sub("", uri))
    return frozenset(terms(_SIGNS.sub(" ", path), language))


def counted(text: str, languages: Iterable[str]) -> Counter[str]:
    """How often each term is in a question that may be in any of these languages.

    Chinese is cut where words only ask or bind: a pair across such a place is no word, and
    being in no document it would seem to be what the question is about.
    """
    cut = _ONLY_ASKS.sub("\n", _folded(text))
    most: Counter[str] = Counter()
    for language in {stemmed_as(language) for language in languages} or {"en"}:
        most |= Counter(terms(cut, language))
    return most


def telling(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The words that say what a question is about, as written, each with its terms.

    Words that only ask, bind or name a feeling are left out; a run of Chinese is cut where they
    stand, and single characters that are left are no words.
    """
    told: dict[str, tuple[str, ...]] = {}
    for run in _RUN.finditer(unicodedata.normalize("NFKC", text)):
        for word in _asked_about(run.group()) if run.lastgroup else (run.group(),):
            folded = _folded(word)
            if folded not in told and (run.lastgroup or _is_matter(folded)):
                told[folded] = (word, *terms(word))
    return tuple((kept[0], kept[1:]) for kept in told.values())


_ONLY_ASKS = re.compile(
    "请问|什么时候|为什么|什么|多少|多久|多长|怎么样|怎么|怎样|如何|哪里|哪儿|哪个|哪些|哪年|几点|是否|谁"
    "|能不能|可不可以|可以|有没有|会不会|要不要|是不是|我们|你们|他们|咱们|自己|东西|需要|应该|如果|因为"
    "|[我你您他她它的了吗呢吧啊呀嘛哦么啥是在有和与要能想把被让就都也还再又很太着这那]"
)
"""Chinese words that only ask, point or bind."""


_KEPT_WHOLE = (
    "在线|有限|有效|有机|所有|要求|重要|主要|摘要|能量|功能|智能|性能|节能|把手|被子|被套|都市|还款|退还|归还|偿还"
    "|和服|目的|了解|想法|让利|着装|再生|太阳|太空|与会|他人|是非|自己动手|能源|快要"
)
"""Words with a character that by itself only binds."""
_NO_MATTER = (
    "没有|还没|没|不能|不会|不是|不要|不到|不了|已经|一直|现在|到底|真的|真是|非常|简直|总是|根本|这么|那么"
    "|这样|那样|这个|那个|你好|您好|谢谢|麻烦|帮我|告诉|知道|为何|一下|大家|让人"
)
"""Chinese words that say nothing of the matter, beside those that only ask."""
_DEGREES = """
    absolutely actually already always completely even ever extremely just literally never quite
    really seriously simply still totally utterly yet
"""
_HOW_MUCH = frozenset(_DEGREES.split())
_PLACES = re.compile(
    f"(?P<whole>{_KEPT_WHOLE})"
    f"|{'|'.join(sorted(CHINESE, key=len, reverse=True))}|{_NO_MATTER}|{_ONLY_ASKS.pattern}"
)


def _asked_about(run: str) -> list[str]:
    cut = _PLACES.sub(lambda place: place["whole"] or "\n", run)
    return [part for part in cut.split("\n") if len(part) > 1]


def _is_matter(word: str) -> bool:
    return is_telling(word) and word not in _HOW_MUCH and not names_feeling(word)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _word(run: str, stem: "_Stem") -> list[str]:
    run = run.removesuffix("'s")
    parts = [part for part in _INNER.split(run) if part]
    stems = [stem(part) for part in parts]
    whole = len(parts) > 1 and (any(sign.isdigit() for sign in run) or "_" in run)
    return [run, *stems] if whole else stems


class _Stem:
    """A stemmer that remembers: the same few words make up most of a text."""

    def __init__(self, algorithm: str) -> None:
        self._stemmer = Stemmer.Stemmer(algorithm)

    def __call__(self, word: str) -> str:
        return str(self._stemmer.stemWord(word))


@lru_cache(maxsize=len(_STEMMERS))
def _stem(language: str) -> _Stem:
    return _Stem(_STEMMERS[language])
