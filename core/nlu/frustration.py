"""How frustrated a customer is: a level from 0 to 1 that follows the conversation. Pure.

Every message adds heat for what it gives away, and rest takes some of the level away. What
tone alone gives away (a feeling, capitals, exclamation marks) stays below 0.7 in a first message:
in domain, a judge that is right 95 times in 100 misses a third, so that one message's tone
decides nothing, while a question that is asked again does.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp2, prod

from core.nlu.emotion.feelings import Feelings
from core.nlu.words import telling_terms

_FEELING = 0.5
_CAPITALS = 0.2
_EXCLAMATION = 0.15
_REPEAT = 0.35
_UNANSWERED = 0.25
_KEPT = 0.8
"""Of the level, from one message to the next."""
_HALF_LIFE_MINUTES = 30.0
_RELIEF = 0.5
_LOUD_AT = 3
"""So many exclamation marks are as loud as more of them."""
_ALIKE = 0.6
_COMPLAINT = 0.5
"""How likely frustration speaks from a complaint of service, at least: the head learned from
people who talk of anything. People found anger, disgust or sadness (where disappointment counts)
in more than half of the texts of its train split that complain in these words, in a fifth of
all."""
_COMPLAINTS = re.compile(
    r"""\b(?:
        (?:very|so|really|extremely)\ (?:disappoint|frustrat|annoy)(?:ed|ing)
      | (?:is|are|was|were)\ (?:so\ |just\ |completely\ |totally\ |really\ )?
        (?:terrible|awful|useless|ridiculous|unacceptable|pathetic|hopeless|a\ joke|a\ disgrace)
      | (?:terrible|awful|horrible|appalling|worst|poor)\ (?:customer\ )?(?:service|support)
      | (?:repeat|repeating|explain|explaining)\ (?:myself|this\ again)
      | how\ many\ (?:more\ )?times\ (?:do|must|have|did)\ (?:i|we)
      | waste\ of\ (?:my\ )?(?:time|money) | wast(?:ed|ing)\ my\ time
      | fed\ up | sick\ of | had\ enough | not\ good\ enough
      | still\ (?:nothing|no\ (?:answer|reply|response))
      | (?:nobody|no\ one)\ (?:answers|helps|cares|replies)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_SHOUTED = re.compile(r"\b[A-Z]{3,}\b")
_WORD = re.compile(r"\b[^\W\d_]{3,}\b")
_EXCLAIMED = re.compile(r"[!！]|[?？]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What one message gives away."""

    negative: float = 0.0
    """How likely it is that anger or disgust speaks, 0 to 1."""
    relief: float = 0.0
    """How likely it is that joy speaks, 0 to 1."""
    capitals: float = 0.0
    """The share of its words that are shouted, 0 to 1."""
    exclamations: int = 0
    repeats: int = 0
    """How many earlier messages ask the same."""
    unanswered: bool = False
    """The bot did not know the answer to the message before."""
    minutes: float = 0.0
    """Since the customer's message before; 0 for the first."""

    def __post_init__(self) -> None:
        shares = (self.negative, self.relief, self.capitals)
        if not all(0.0 <= share <= 1.0 for share in shares):
            raise ValueError("a share lies between 0 and 1")
        if min(self.exclamations, self.repeats, self.minutes) < 0:
            raise ValueError("counts and minutes are not negative")


def signs(
    text: str,
    feelings: Feelings | None,
    before: Sequence[str],
    minutes: float = 0.0,
    *,
    unanswered: bool = False,
) -> Signs:
    """What a message gives away.

    Args:
        text: The message.
        feelings: What the emotion judge says of it; None where it knows nothing.
        before: The customer's earlier messages.
        minutes: Since the latest of them.
        unanswered: Whether the bot did not know the answer to it.
    """  # fmt: skip
    return Signs(
        negative=max(feelings.frustrated if feelings else 0.0, _COMPLAINT * complains(text)),
        relief=feelings.by_name()["joy"] if feelings else 0.0,
        capitals=capitals(text),
        exclamations=len(_EXCLAIMED.findall(text)),
        repeats=repeats(text, before),
        unanswered=unanswered,
        minutes=minutes,
    )


def level(heard: Iterable[Signs]) -> float:
    """The level after all of a conversation's messages, oldest first; 0 before the first."""
    reached = 0.0
    for one in heard:
        reached = follow(reached, one)
    return reached


def follow(before: float, heard: Signs) -> float:
    """The level after one more message.

    Never falls when any sign but relief and the minutes grows, never rises when those two do.

    Args:
        before: The level until now, 0 to 1.
        heard: What the message gives away.
    """
    rested = before * _KEPT * exp2(-heard.minutes / _HALF_LIFE_MINUTES)
    rested *= 1.0 - _RELIEF * heard.relief
    return min(1.0, max(0.0, 1.0 - (1.0 - rested) * (1.0 - heat(heard))))


def heat(heard: Signs) -> float:
    """What one message adds, 0 to 1: the chance that at least one of its signs means it."""
    means = (
        _FEELING * heard.negative,
        _CAPITALS * heard.capitals,
        _EXCLAMATION * min(heard.exclamations, _LOUD_AT) / _LOUD_AT,
        1.0 - (1.0 - _REPEAT) ** heard.repeats,
        _UNANSWERED * heard.unanswered,
    )
    return 1.0 - prod(1.0 - one for one in means)


def complains(text: str) -> bool:
    """Whether an English text complains of service in words that seldom say anything else."""
    return _COMPLAINTS.search(text.replace("’", "'")) is not None


def capitals(text: str) -> float:
    """The share of words that are shouted; a single one may be a name, like IBAN."""
    shouted, words = len(_SHOUTED.findall(text)), len(_WORD.findall(text))
    return shouted / max(words, shouted) if shouted > 1 else 0.0


def repeats(text: str, before: Iterable[str]) -> int:
    """How many of the earlier messages ask the same: most of their telling words are shared."""
    asked = frozenset(telling_terms(text))
    return sum(_alike(asked, frozenset(telling_terms(one))) for one in before) if asked else 0


def _alike(asked: frozenset[str], earlier: frozenset[str]) -> bool:
    return len(asked & earlier) >= _ALIKE * len(asked | earlier)
