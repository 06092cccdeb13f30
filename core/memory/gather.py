"""Reads the facts off messages, by rules: the words in which they were said, and by whom.

What the bot says from documents is left out: search finds it again, as it is by then. All else
stands nowhere else: whatever names, counts, promises or tells something is gathered, and `fold`
keeps what there is room for. Promises need somebody who makes them, so a document's are none;
questions stay open while nobody knew the answer.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from core.domain.memory import Fact, Kind
from core.domain.messages import Author, Message
from core.memory.entities import Entity, entities, is_relative
from core.memory.sentences import is_chinese, sentences
from core.memory.speech import asks, knew_nothing, promises, states
from core.nlu.words import telling_terms

LONGEST = 160
"""Characters of a fact."""
_ENOUGH = 3
"""Telling terms of a sentence that neither names nor counts anything."""
_AROUND = 60
"""Characters kept on either side of what matters in a longer sentence."""
_ORDER = (Kind.REFERENCE, Kind.NAME, Kind.DATE, Kind.NUMBER)
"""Of several in one sentence the first says what the fact is."""


def gather(messages: Sequence[Message]) -> tuple[Fact, ...]:
    """The facts of these messages, in their order; a question is open if none of them answers."""
    return tuple(
        fact
        for place, message in enumerate(messages)
        for fact in _of(message, _answer(messages[place + 1 :]))
    )


def _answer(behind: Sequence[Message]) -> Message | None:
    """Who spoke next, apart from the customer."""
    return next((m for m in behind if m.author in {Author.BOT, Author.AGENT}), None)


def _of(message: Message, answer: Message | None) -> Iterator[Fact]:
    match message.author:
        case Author.CUSTOMER:
            yield from _customers(message, answer)
        case Author.AGENT:
            yield from _promised(message)
        case Author.BOT if not message.sources:
            yield from _promised(message)
        case _:
            return


def _customers(message: Message, answer: Message | None) -> Iterator[Fact]:
    unanswered = answer is None or knew_nothing(answer.text)
    for sentence in sentences(message.text):
        if unanswered and asks(sentence):
            yield _fact(Kind.QUESTION, sentence, message)
        elif found := entities(sentence):
            yield from _clauses(sentence, found, message)
        elif not asks(sentence) and (states(sentence) or _tells(sentence)):
            yield _fact(Kind.STATED, sentence, message)


def _tells(sentence: str) -> bool:
    """Whether a sentence says enough to be worth keeping."""
    return len(set(telling_terms(sentence))) >= _ENOUGH


def _promised(message: Message) -> Iterator[Fact]:
    for sentence in sentences(message.text):
        if promises(sentence):
            yield _fact(Kind.PROMISE, sentence, message)
        elif found := entities(sentence):
            yield from _clauses(sentence, found, message)
        elif _tells(sentence) and not asks(sentence) and not knew_nothing(sentence):
            yield _fact(Kind.STATED, sentence, message)


def _clauses(sentence: str, found: Sequence[Entity], message: Message) -> Iterator[Fact]:
    """The sentence, or of a longer one what lies around its entities."""
    if len(sentence) <= LONGEST:
        yield _fact(kind_of(found), sentence, message)
        return
    together: list[Entity] = []
    for entity in found:
        if together and entity.end - together[0].start > LONGEST - 2 * _AROUND // 3:
            yield _fact(kind_of(together), _around(sentence, together), message)
            together = []
        together.append(entity)
    yield _fact(kind_of(together), _around(sentence, together), message)


def _around(sentence: str, found: Sequence[Entity]) -> str:
    """Whole words on both sides of them, as many as a fact has room for."""
    spare = max(LONGEST - (found[-1].end - found[0].start), 0)
    left = min(_AROUND, spare // 2)
    start = max(found[0].start - left, 0)
    end = min(found[-1].end + spare - left, len(sentence))
    if not is_chinese(sentence):
        start = sentence.find(" ", start, found[0].start) + 1 if start else 0
        space = sentence.rfind(" ", found[-1].end, end)
        end = space if end < len(sentence) and space > 0 else end
    cut = sentence[start:end].strip()
    return f"{'…' if start else ''}{cut}{'…' if end < len(sentence) else ''}"


def kind_of(found: Sequence[Entity]) -> Kind:
    """What a fact with these entities is."""
    kinds = {entity.kind for entity in found}
    return next(kind for kind in _ORDER if kind in kinds)


def _fact(kind: Kind, text: str, message: Message) -> Fact:
    said = " ".join(text.split())
    if kind in {Kind.PROMISE, Kind.QUESTION, Kind.STATED}:
        said = _short(said)
    return Fact(kind=kind, text=_dated(said, message.at), seq=message.seq, by=message.author)


def _short(text: str) -> str:
    """The text, or of a longer one its beginning with all its entities."""
    longest = 2 * LONGEST
    if len(text) <= longest:
        return text
    behind = [one.text for one in entities(text) if one.end > longest]
    return " … ".join((text[:longest].rstrip(), *behind)) + " …"


def _dated(text: str, at: datetime) -> str:
    """With its day, where the words need one: `tomorrow` says nothing a week later."""
    return f"{text} (said on {at:%Y-%m-%d})" if is_relative(text) else text
