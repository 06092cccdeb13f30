"""What an agent reads before anything else: what it is about, and words to begin with. Pure."""

from collections.abc import Sequence

from core.domain.memory import Fact, Kind, Memory
from core.domain.messages import Author, Message
from core.memory.gather import gather
from core.memory.sentences import sentences
from core.memory.speech import asks
from core.nlu.matter import of_matter
from core.nlu.words import telling_terms

LINES = 3
_LONGEST = 200
_FACTS = 8
_SENTENCES = 3


def summary(memory: Memory, first: str, words: Sequence[Message]) -> list[str]:
    """At most three lines: of what is remembered, else the customer's first and latest words.

    Neither politeness nor the wish for a person, which every request has, takes a line where
    there is more to tell.
    """
    remembered = [_line(one) for one in sentences(memory.text)][: LINES - 1]
    said = [one.text for one in words if one.author is Author.CUSTOMER]
    before = remembered or [_line(one) for one in of_matter([first])]
    matter = [_line(one) for one in of_matter(said) or said or [first]]
    lines = [*before, *matter[-(LINES - len(before)) :]]
    return list(dict.fromkeys(line for line in lines if line))[:LINES]


def facts(memory: Memory, words: Sequence[Message]) -> list[Fact]:
    """What is remembered, and what was said since; the latest of them.

    Of the bot's own words only what it promised: the rest stands in the documents. Of questions
    only those that are open, and what was said twice once.
    """
    since = [one for one in words if one.seq > memory.upto]
    known = [one for one in (*memory.facts, *gather(since)) if _tells(one)]
    return list({one.text.casefold(): one for one in known}.values())[-_FACTS:]


def _tells(fact: Fact) -> bool:
    if fact.by is Author.BOT:
        return fact.kind is Kind.PROMISE
    return fact.kind is Kind.QUESTION or not asks(fact.text)


def telling(text: str, question: str) -> str:
    """The sentences of a passage that have most of the question's words, in their order."""
    wanted = set(telling_terms(question))
    told = list(sentences(text))
    best = sorted(
        range(len(told)), key=lambda at: (-len(wanted & set(telling_terms(told[at]))), at)
    )
    return " ".join(told[at] for at in sorted(best[:_SENTENCES]))


def _line(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
