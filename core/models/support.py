"""How far a line of a passage supports the answer to a question."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.models.wording import is_entry
from core.nlu.words import telling_terms, terms

_OVERLAP = 0.9
_HEADING = 0.5
"""What a question's term is worth to a sentence when only its heading has it."""
_EARLIER = 0.4
"""What a term of the customer's earlier question is worth beside one of this question."""
_NUMBER = 0.1
_OTHER = 0.6
"""Taken off a line about a name that the follow-up has replaced by another."""
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'’-]+")
_TORN = 0.3
"""Taken off a line that says little by itself: a heading, the words before a list."""
_FEW_WORDS = 5
_ASKS_NUMBER = re.compile(
    r"""\b(?: how\ (?:much|many|long|old|far|often|big|tall|heavy|fast|soon|late)
          | when | what\ (?:time|date|year) | prices? | costs? | fees? )\b
      | 多少 | 几 | 何时 | 哪年 | 哪一年 | 什么时候 | 多久 | 多大
      | 多高 | 多长 | 日期 | 时间 | 哪天""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBERS = re.compile(r"\d|[一二三四五六七八九十百千万两]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence with its place and what it offers."""

    passage: int
    at: int
    text: str
    terms: frozenset[str]
    context: frozenset[str]
    near: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a question wants of a line."""

    wanted: Mapping[str, float]
    number: bool
    names: frozenset[str]
    gone: frozenset[str]
    """Names of the earlier question that this one has replaced."""

    def support(self, line: Line, worth: Mapping[str, float]) -> float:
        """How far the line answers, given what the terms are worth now."""
        number = _NUMBER if self.number and _NUMBERS.search(line.text) else 0.0
        torn = _TORN if is_torn(line) else 0.0
        strange = self.gone & (line.terms | line.context) and not self.names & line.terms
        other = _OTHER if strange else 0.0
        return line.near + _OVERLAP * share_of(line, worth, self.wanted) + number - torn - other


def asking(question: str, before: Sequence[str], lines: Sequence[Line]) -> Asking:
    """What the question wants, the customer's earlier words in mind.

    Args:
        question: what is asked now.
        before: earlier questions, oldest first; the last one counts a little.
        lines: all that may answer; terms that few of them have are worth more.
    """
    return Asking(
        wanted=_wanted(question, before, lines),
        number=_ASKS_NUMBER.search(question) is not None,
        names=_names(question),
        gone=_replaced(question, before),
    )


def _names(text: str) -> frozenset[str]:
    """Terms of words with a capital that do not begin a sentence."""
    return frozenset(term for name in _NAME.findall(text) for term in terms(name))


def _replaced(question: str, before: Sequence[str]) -> frozenset[str]:
    """Names of the earlier question in whose place this one puts its own: `and to Norway?`."""
    own = _names(question)
    return _names(before[-1]) - own if before and own else frozenset()


def _wanted(question: str, before: Sequence[str], lines: Sequence[Line]) -> dict[str, float]:
    """What each term of the question is worth: rare ones more, those of earlier words less."""
    spread = Counter(term for line in lines for term in line.terms)
    gone = _replaced(question, before)
    worth = {
        term: _EARLIER for text in before[-1:] for term in telling_terms(text) if term not in gone
    }
    worth |= dict.fromkeys(telling_terms(question), 1.0)
    return {
        term: share * math.log(1 + len(lines) / max(spread[term], 1))
        for term, share in worth.items()
    }


def share_of(line: Line, worth: Mapping[str, float], wanted: Mapping[str, float]) -> float:
    """How much of what is wanted the line has, 0 to 1; words of its headings count in part."""
    total = sum(wanted.values())
    had = sum(
        value if term in line.terms else _HEADING * value
        for term, value in worth.items()
        if term in line.terms or term in line.context
    )
    return had / total if total else 0.0


def is_torn(line: Line) -> bool:
    """Whether it says little by itself: a heading, the words before a list."""
    if line.text.endswith((":", "：")):
        return True
    return (
        len(line.terms) < _FEW_WORDS
        and line.text[-1] not in ".!?。！？"
        and not is_entry(line.text)
    )
