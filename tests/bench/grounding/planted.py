"""Makes supported sentences untrue, one kind of mistake at a time.

The lists of words here are not those of the check: it has never heard of some of the flips.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from core.nlu.words import telling_terms, terms
from tests.bench.grounding.cases import Said

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]+(?: [A-Z][\w-]+)*")
_MONTHS = "January February March April June July August September October November December"
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_UNITS = (
    ("seconds", "minutes"), ("minutes", "hours"), ("hours", "days"), ("days", "weeks"),
    ("weeks", "months"), ("months", "years"), ("years", "decades"), ("miles", "kilometers"),
    ("feet", "meters"), ("million", "billion"), ("KB", "MB"), ("MB", "GB"), ("GB", "TB"),
    ("percent", "percentage points"), ("pounds", "kilograms"), ("tokens", "characters"),
    ("dollars", "euros"),
)  # fmt: skip
_FLIPS = (
    ("before", "after"), ("more than", "less than"), ("at least", "at most"), ("higher", "lower"),
    ("increase", "decrease"), ("always", "rarely"), ("largest", "smallest"), ("first", "last"),
    ("best", "worst"), ("early", "late"), ("above", "below"), ("public", "private"),
    ("allow", "forbid"), ("enable", "disable"), ("open", "close"), ("must", "need not"),
    ("required", "optional"), ("all", "few"), ("north", "south"), ("east", "west"),
    ("success", "failure"), ("older", "younger"), ("internal", "external"), ("input", "output"),
    ("larger", "smaller"), ("improve", "worsen"), ("simple", "complex"), ("new", "old"),
)  # fmt: skip
_IS = re.compile(
    r"\b(is|are|was|were|can|will|should|has been|have been)\b(?! not|n't)", re.IGNORECASE
)
_VERB = re.compile(r"\b(allows|provides|helps|uses|includes|requires|offers|supports|enables)\b")
_NOT = re.compile(
    r"\b(?:is|are|was|were|can|will|should|do|does|did)(n't|not| not)\b", re.IGNORECASE
)
_INVENTED = (
    "A gift box of cedar wood is sent along with every third order.",
    "Support answers calls around the clock through a partner in Lisbon.",
    "Members of the loyalty club save points that never lose their worth.",
    "The founders met on a ferry and drew the first plan on a napkin.",
    "You should restart the router twice before entering the voucher.",
    "An extra blanket may be borrowed from the front desk at night.",
    "The premium plan comes with a personal trainer and a parking space.",
    "Refunds are paid in store credit by the regional warehouse manager.",
    "Every invoice is stamped by hand and archived in a salt mine.",
    "The battery charges through the strap while the owner sleeps.",
    "Our bakery delivers fresh bread to subscribers each morning.",
    "The license covers use aboard ships registered under a foreign flag.",
)

Plant = Callable[[str, random.Random], str | None]


def number(sentence: str, chance: random.Random) -> str | None:
    """One of its numbers becomes another one."""
    found = [*_NUMBER.finditer(sentence)]
    if not found:
        return None
    one = chance.choice(found)
    value = float(one.group())
    other = (
        value + chance.choice((1, 2, 5, 10)) if value < 1900 else value + chance.choice((1, 3, 10))
    )
    return f"{sentence[: one.start()]}{other:g}{sentence[one.end() :]}"


def date(sentence: str, chance: random.Random) -> str | None:
    """A month or a day of the week becomes another one."""
    for names in (_MONTHS.split(), _DAYS.split()):
        for name in names:
            if name in sentence:
                return sentence.replace(name, chance.choice([o for o in names if o != name]))
    return None


def unit(sentence: str, _: random.Random) -> str | None:
    """A unit becomes another one."""
    for one, other in _UNITS:
        changed = re.sub(rf"(?<=\d[ -]){one}\b|(?<=\d){one}\b", other, sentence)
        if changed != sentence:
            return changed
    return None


def denied(sentence: str, _: random.Random) -> str | None:
    """What is so is not so, or the other way round."""
    if found := _NOT.search(sentence):
        return sentence[: found.start(1)] + sentence[found.end(1) :]
    if found := _IS.search(sentence):
        return f"{sentence[: found.end()]} not{sentence[found.end() :]}"
    if found := _VERB.search(sentence):
        return f"{sentence[: found.start()]}never {sentence[found.start() :]}"
    return None


def opposite(sentence: str, _: random.Random) -> str | None:
    """A word becomes its opposite."""
    for one, other in (*_FLIPS, *((b, a) for a, b in _FLIPS)):
        changed = re.sub(rf"\b{one}\b", other, sentence, count=1)
        if changed != sentence:
            return changed
    return None


def plant(all_said: Sequence[Said], seed: int = 7) -> Iterator[Said]:
    """The planted sentences of each supported one; others of the same split lend their words."""
    chance = random.Random(seed)
    own: dict[str, Plant] = {
        "number changed": number, "date changed": date, "unit changed": unit,
        "denied": denied, "opposite": opposite,
    }  # fmt: skip
    for said in all_said:
        if said.kind == "verbatim":
            continue
        for kind, change in own.items():
            if (changed := change(said.sentence, chance)) and changed != said.sentence:
                yield replace(said, sentence=changed, kind=kind)
        if said.kind == "reference":
            yield from _borrowed(said, [o for o in all_said if _strange(o, said)], chance)


def _strange(other: Said, said: Said) -> bool:
    same = (other.set, other.tuning) == (said.set, said.tuning)
    return same and other.origin != said.origin and other.kind == "reference"


def _borrowed(said: Said, others: Sequence[Said], chance: random.Random) -> Iterator[Said]:
    if swapped := _swapped(said, chance):
        yield replace(said, sentence=swapped, kind="number of elsewhere")
    if renamed := _renamed(said, others, chance):
        yield replace(said, sentence=renamed, kind="name changed")
    yield replace(said, sentence=chance.choice(others).sentence, kind="of another passage")
    if near := _nearest(said, others):
        yield replace(said, sentence=near.sentence, kind="of a near passage")
    if half := _half(said, chance.choice(others)):
        yield replace(said, sentence=half, kind="half of another passage")
    yield replace(said, sentence=chance.choice(_INVENTED), kind="invented")


def _swapped(said: Said, chance: random.Random) -> str | None:
    """A number becomes another one that the passages have."""
    found = [*_NUMBER.finditer(said.sentence)]
    had = {n for p in said.cited for n in _NUMBER.findall(p.text)} - {m.group() for m in found}
    if not found or not had:
        return None
    one = chance.choice(found)
    return said.sentence[: one.start()] + chance.choice(sorted(had)) + said.sentence[one.end() :]


def _renamed(said: Said, others: Sequence[Said], chance: random.Random) -> str | None:
    names = _NAME.findall(said.sentence)
    ground = " ".join(p.text for p in said.cited)
    strange = [n for o in others for n in _NAME.findall(o.sentence) if n not in ground]
    if not names or not strange:
        return None
    return said.sentence.replace(chance.choice(names), chance.choice(strange))


def _nearest(said: Said, others: Sequence[Said]) -> Said | None:
    """The sentence of another question with most words in common, which these passages lack."""
    ground = {term for p in said.cited for term in terms(p.text)}
    strange = [o for o in others if len(set(telling_terms(o.sentence)) - ground) >= 3]
    return max(strange, key=lambda o: len(ground & set(telling_terms(o.sentence))), default=None)


def _half(said: Said, other: Said) -> str | None:
    mine, theirs = said.sentence.split(), other.sentence.split()
    if min(len(mine), len(theirs)) < 8:
        return None
    return " ".join((*mine[: len(mine) // 2], *theirs[len(theirs) // 2 :]))
