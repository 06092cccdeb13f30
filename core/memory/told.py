"""Says a memory as a text, for prompts and for people.

The same memory always gives the same text, what changes least first, so that a server that keeps
the beginnings of prompts finds it again. Every fact is one line: whatever was said, it cannot look
like another line. Special tokens of models are the reader's business.
"""

from collections.abc import Iterable

from core.domain.memory import Fact, Kind, Memory
from core.domain.messages import Author

_HEADS = (
    ("Promised to the customer:", frozenset({Kind.PROMISE})),
    ("Asked by the customer and still open:", frozenset({Kind.QUESTION})),
    ("Said before, word by word:", frozenset(Kind) - {Kind.PROMISE, Kind.QUESTION}),
)
_BY = {Author.CUSTOMER: "", Author.BOT: ", assistant", Author.AGENT: ", agent"}


def told(memory: Memory) -> str:
    """The memory in lines: of the customer, the facts with their messages, the summary.

    A fact is shown as `- (12, agent) ...`: the number of its message, and who said it unless it
    was the customer. Empty for an empty memory.
    """
    parts = [_customer(memory.customer), *_facts(memory.facts)]
    if memory.text:
        parts.append(f"Summary of what else was said before:\n{memory.text}")
    return "\n\n".join(filter(None, parts))


def line(fact: Fact) -> str:
    """One fact on its line."""
    by = _BY.get(fact.by, f", {fact.by.value}")
    return f"- ({fact.seq}{by}) {' '.join(fact.text.split())}"


def _customer(sentences: Iterable[str]) -> str:
    lines = [f"- {' '.join(sentence.split())}" for sentence in sentences]
    return "\n".join(("Known of this customer from before:", *lines)) if lines else ""


def _facts(facts: tuple[Fact, ...]) -> Iterable[str]:
    for head, kinds in _HEADS:
        lines = [line(fact) for fact in facts if fact.kind in kinds]
        if lines:
            yield "\n".join((head, *lines))
